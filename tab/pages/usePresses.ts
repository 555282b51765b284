import { useMemo, useState } from 'react';
import type { ActionView, ObligationView } from '../../bot/contract/obligation.ts';
import type { ActionResult } from '../../bot/contract/today.ts';
import type { Host } from '../api/host.ts';
import { isLink } from '../api/link.ts';
import { Problem } from '../api/problem.ts';
import type { Desk } from '../components/desk.ts';
import { useWords } from '../strings/index.ts';
import { rowLink } from './useKeptFocus.ts';
import { type Said, useNotice } from './useNotice.ts';
import type { Today } from './useToday.ts';

/** The one press that does both: it is recorded, and a mail to write is opened. */
const ASK_AGAIN = 'obligation.askAgain';
const UNDO = 'obligation.undo';

/** A form that stands open: what it asks for, and what happens when it is sent or left. */
export interface OpenForm {
  readonly row: ObligationView;
  readonly action: ActionView;
  send(inputs: Record<string, string>): void;
  cancel(): void;
}

/** What happens when somebody presses a button: the service is told, and what came of it is said, with a way back. */
export function usePresses(host: Host, { act, state }: Today) {
  const words = useWords();
  const { notice, say, quiet } = useNotice();
  const [asking, setAsking] = useState<Pick<OpenForm, 'row' | 'action'> | null>(null);
  const { busy, fresh } = state;

  const { desk, send } = useMemo(() => {
    const openLink = (url: string): void => {
      if (isLink(url)) void host.open(url);
    };
    const told = async (acted: Promise<ActionResult>, more: (result: ActionResult) => Partial<Said>): Promise<void> => {
      try {
        const result = await acted;
        say({ tone: 'done', text: result.message, ...more(result) });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        say({ tone: 'note', text: error.sentence ?? words.problem.notDone });
      }
    };
    const undo: Desk['undo'] = (subjectId, eventId) => void told(act(UNDO, subjectId, { eventId }), () => ({}));
    const send = (row: ObligationView, action: ActionView, inputs: Record<string, string>): void =>
      void told(act(action.verb, row.id, { ...action.carries, ...inputs }, row.revision), (result) => {
        const mail = action.verb === ASK_AGAIN ? mailOf(action, result.obligation) : null;
        if (mail) openLink(mail);
        return {
          ...(result.undo && { undo: () => backTo(row.id, () => undo(result.undo!.subjectId, result.undo!.eventId)) }),
          ...(mail && isLink(mail) && { link: mail }),
        };
      });
    const press: Desk['press'] = (row, action) => {
      if (busy.has(row.id)) return;
      if (action.inputs.length) setAsking({ row, action });
      else if (action.openUrl !== undefined && action.verb !== ASK_AGAIN) openLink(action.openUrl);
      else send(row, action, {});
    };
    return { desk: { busy, fresh, press, undo, openLink } satisfies Desk, send };
  }, [host, act, say, busy, fresh, words]);

  const form: OpenForm | null = asking && {
    ...asking,
    send(inputs) {
      setAsking(null);
      send(asking.row, asking.action, inputs);
    },
    cancel: () => setAsking(null),
  };
  return { desk, form, notice, quiet };
}

/** The button that did it goes away with what it said: the keyboard goes to the row it was about, where that can be reached. */
function backTo(rowId: string, press: () => void): void {
  if (!document.querySelector('[role=dialog]')) rowLink(rowId)?.focus({ preventScroll: true });
  press();
}

/** The mail in which to ask again: the reader's own copy, else a ready one among the buttons that came back. */
const mailOf = (action: ActionView, row: ObligationView | null): string | undefined =>
  action.openUrl ?? row?.openMailUrl ?? row?.actions.find(({ openUrl }) => openUrl !== undefined)?.openUrl;
