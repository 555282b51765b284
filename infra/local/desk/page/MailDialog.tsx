import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Select,
  Textarea,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { DeskMail, DeskPerson } from '../contract.ts';
import { api } from './api.ts';
import { dayAndTime } from './times.ts';

export interface MailDraft {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly replyTo: string | null;
}

/** A small mail form: write as somebody, fresh or as an answer, and watch what the cards make of it. */
export function MailDialog(props: { draft: MailDraft; people: readonly DeskPerson[]; as: DeskPerson; onClose: () => void }) {
  const [as, setAs] = useState(props.as.key);
  const [draft, setDraft] = useState(props.draft);
  const [mails, setMails] = useState<readonly DeskMail[]>([]);
  const [addresses, setAddresses] = useState<readonly { name: string; address: string }[]>([]);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const zone = props.people.find(({ key }) => key === as)?.zone ?? 'UTC';
  useEffect(() => void api.addresses().then(setAddresses, () => {}), []);
  useEffect(() => {
    setMails([]);
    void api.mails(as).then(setMails, () => {});
  }, [as]);

  const own = addresses.find(({ name }) => name === props.people.find(({ key }) => key === as)?.name)?.address;
  const answer = (id: string) => {
    const mail = mails.find((one) => one.id === id);
    if (!mail) return setDraft({ ...draft, replyTo: null });
    const to = mail.from === own ? mail.to : [mail.from];
    setDraft({ ...draft, replyTo: id, to: to.join(', '), subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}` });
  };
  const send = async () => {
    setBusy(true);
    try {
      const to = draft.to
        .split(/[,;]/)
        .map((one) => one.trim())
        .filter(Boolean);
      await api.send({ as, replyTo: draft.replyTo, to, subject: draft.subject, text: draft.text });
      props.onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && props.onClose()}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <DialogBody>
            <DialogTitle>Write a mail</DialogTitle>
            <DialogContent className="mail-form">
              <Field label="From">
                <Select
                  value={as}
                  onChange={(_event, { value }) => {
                    setAs(value);
                    setDraft({ ...draft, replyTo: null });
                  }}
                >
                  {props.people.map(({ key, name, company }) => (
                    <option key={key} value={key}>
                      {name} ({company})
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label="As an answer to" hint="The newest mails of this person.">
                <Select value={draft.replyTo ?? ''} onChange={(_event, { value }) => answer(value)}>
                  <option value="">nothing: a new mail</option>
                  {mails.map((mail) => (
                    <option key={mail.id} value={mail.id}>
                      {dayAndTime(mail.at, zone)}: {mail.subject} ({mail.from === own ? `to ${mail.to.join(', ')}` : `from ${mail.from}`})
                    </option>
                  ))}
                </Select>
              </Field>
              <Field label="To" required>
                <Input
                  value={draft.to}
                  onChange={(_event, { value }) => setDraft({ ...draft, to: value })}
                  list="desk-addresses"
                  autoComplete="off"
                />
              </Field>
              <datalist id="desk-addresses">
                {addresses.map(({ name, address }) => (
                  <option key={address} value={address}>
                    {name}
                  </option>
                ))}
              </datalist>
              <Field label="Subject">
                <Input value={draft.subject} onChange={(_event, { value }) => setDraft({ ...draft, subject: value })} />
              </Field>
              <Field label="Text" {...(problem && { validationMessage: problem, validationState: 'error' as const })}>
                <Textarea rows={5} value={draft.text} onChange={(_event, { value }) => setDraft({ ...draft, text: value })} />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={busy || !draft.to.includes('@')}>
                {busy ? 'Sending' : 'Send'}
              </Button>
              <Button onClick={props.onClose}>Close</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
