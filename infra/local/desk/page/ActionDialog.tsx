import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  MessageBar,
  MessageBarBody,
  Spinner,
} from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import type { DeskDialogue, DeskPerson } from '../contract.ts';
import { api } from './api.ts';
import { Card } from './Card.tsx';

export interface Called {
  readonly conversation: string;
  readonly message: string;
  readonly command: { readonly id: string; readonly title: string };
}

/** The dialog that a command of the app opens over a message, page by page, as the Teams client shows it. */
export function ActionDialog(props: { called: Called; person: DeskPerson; onClose: () => void }) {
  const { called, person, onClose } = props;
  const [shown, setShown] = useState<DeskDialogue>();
  const [busy, setBusy] = useState(false);
  const asked = useRef(false);
  const ask = async (data?: unknown) => {
    setBusy(true);
    const { conversation, message, command } = called;
    const answer = await api
      .dialog({ as: person.key, conversation, message, command: command.id, ...(data !== undefined && { data }) })
      .catch((error): DeskDialogue => ({ kind: 'error', code: '', message: error instanceof Error ? error.message : String(error) }));
    setShown(answer);
    setBusy(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when it opens
  useEffect(() => {
    if (!asked.current) void ask();
    asked.current = true;
  }, []);
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{shown?.kind === 'page' ? shown.title : called.command.title}</DialogTitle>
          <DialogContent>
            {!shown && <Spinner label="Asking Rapport" />}
            {shown?.kind === 'page' && (
              <Card card={shown.card} zone={person.zone} busy={busy} onPress={({ data }) => void ask(data ?? {})} onOpen={() => {}} />
            )}
            {shown && shown.kind !== 'page' && (
              <MessageBar intent={shown.kind === 'error' ? 'warning' : 'success'} layout="multiline">
                <MessageBarBody>{shown.kind === 'message' ? shown.text : shown.message}</MessageBarBody>
              </MessageBar>
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>Close</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
