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
import { useState } from 'react';
import type { ActionInput, ActionView } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './ActionForm.module.css';
import { type Draft, draftOf, missing, sentInputs, timeOf } from './formState.ts';

interface ActionFormProps {
  action: ActionView;
  /** What it is about, in words. */
  what: string;
  onSend(inputs: Record<string, string>): void;
  onCancel(): void;
}

/** Asks for what a button needs. Nothing is sent before everything required stands there. */
export default function ActionForm({ action, what, onSend, onCancel }: ActionFormProps) {
  const words = useWords();
  const [draft, setDraft] = useState<Draft>(() => draftOf(action.inputs));
  const [tried, setTried] = useState(false);
  const lacking = missing(action.inputs, draft);
  const change = (id: string, value: string) => setDraft((before) => ({ ...before, [id]: value }));
  const send = () => {
    setTried(true);
    if (lacking.length === 0) onSend(sentInputs(action.inputs, draft));
    else document.getElementById(inputId(lacking[0]!))?.focus();
  };
  return (
    <Dialog open onOpenChange={(_event, { open }) => open || onCancel()}>
      <DialogSurface className={css.surface} aria-describedby="form-about">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <DialogBody>
            <DialogTitle>{action.label.replace(/ ?…$/, '')}</DialogTitle>
            <DialogContent className={css.content}>
              <p className={css.about} id="form-about" dir="auto">
                {what}
              </p>
              {action.hint && <p className={css.hint}>{action.hint}</p>}
              {action.inputs.map((input) => (
                <Field
                  key={input.id}
                  label={input.label}
                  required={input.required}
                  validationMessage={tried && lacking.includes(input.id) ? words.form.required : undefined}
                  hint={input.kind === 'text' && input.max ? words.form.left(input.max - [...(draft[input.id] ?? '')].length) : undefined}
                >
                  <InputOf input={input} draft={draft} change={change} />
                </Field>
              ))}
            </DialogContent>
            <DialogActions>
              <Button appearance="secondary" onClick={onCancel}>
                {words.form.cancel}
              </Button>
              <Button appearance="primary" type="submit">
                {words.form.confirm}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

const inputId = (id: string): string => `input-${id}`;

/** Field hands its labels to its child through props: each kind of input passes them on. */
function InputOf({ input, draft, change, ...field }: { input: ActionInput; draft: Draft; change(id: string, value: string): void }) {
  const words = useWords();
  const { id, kind, placeholder, max } = input;
  const value = draft[id] ?? '';
  switch (kind) {
    case 'choice':
      return (
        <Select {...field} id={inputId(id)} value={value} onChange={(_event, data) => change(id, data.value)}>
          {!value && <option value="">{words.form.choose}</option>}
          {input.choices?.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.title}
            </option>
          ))}
        </Select>
      );
    case 'text':
      return (max ?? 0) > 120 ? (
        <Textarea
          {...field}
          id={inputId(id)}
          value={value}
          placeholder={placeholder}
          maxLength={max}
          rows={4}
          resize="vertical"
          onChange={(_event, data) => change(id, data.value)}
        />
      ) : (
        <Input
          {...field}
          id={inputId(id)}
          value={value}
          placeholder={placeholder}
          maxLength={max}
          onChange={(_event, data) => change(id, data.value)}
        />
      );
    case 'date':
      return <Input {...field} id={inputId(id)} type="date" value={value} onChange={(_event, data) => change(id, data.value)} />;
    case 'datetime':
      return (
        <div className={css.pair}>
          <Input {...field} id={inputId(id)} type="date" value={value} onChange={(_event, data) => change(id, data.value)} />
          <Input
            type="time"
            aria-label={`${input.label}: ${words.form.time}`}
            value={draft[timeOf(id)] ?? ''}
            onChange={(_event, data) => change(timeOf(id), data.value)}
          />
        </div>
      );
  }
}
