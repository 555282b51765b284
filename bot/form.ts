import { z } from 'zod';
import type { ActionInput, ActionView } from './contract/obligation.ts';
import { visible } from './posts/plain.ts';

/** A line or a few for plain text of people. @param more - `max` is in characters */
export const textInput = (
  id: string,
  label: string,
  {
    required = true,
    max = 500,
    placeholder = '',
    value = '',
  }: { required?: boolean; max?: number; placeholder?: string; value?: string } = {},
): ActionInput => ({
  id,
  kind: 'text',
  label,
  required,
  max,
  ...(placeholder && { placeholder }),
  ...(value && { value }),
});

/** What comes from a text input: nothing but spaces is nothing. */
export const written = (max = 500) => z.string().trim().min(1).max(max);
/** What comes from one that may be left empty. */
export const maybeWritten = (max = 500) => z.string().trim().max(max).optional();

/** One of several. @param value - what is chosen until somebody chooses: the first */
export const choiceInput = (
  id: string,
  label: string,
  choices: NonNullable<ActionInput['choices']>,
  value = choices[0]?.value,
): ActionInput => ({ id, kind: 'choice', label, required: true, ...(value !== undefined && { value }), choices });

/** Makes the buttons of one kind of matter: `buttonOf('approval')('decline', 'Decline')` presses `approval.decline`. On the card, unless `more` says otherwise. */
export const buttonOf =
  (kind: string) =>
  (verb: string, label: string, inputs: readonly ActionInput[] = [], more: Partial<ActionView> = {}): ActionView => ({
    verb: `${kind}.${verb}`,
    label,
    rank: 'few',
    inputs: [...inputs],
    ...more,
  });

/** A button that opens a page, a message or a ready mail. On the card, unless `more` says otherwise. */
export const linkTo = (label: string, openUrl: string, more: Partial<ActionView> = {}): ActionView => ({
  verb: 'open',
  label,
  rank: 'few',
  inputs: [],
  openUrl,
  ...more,
});

/** As long as mail programs take. */
const MAIL_LENGTH = 1800;

/** Opens a ready mail: nothing is sent by itself. What is too long ends with a whole line, or a whole letter. */
export function mailto(to: readonly string[], subject: string, body: string, cc: readonly string[] = []): string {
  const all = (addresses: readonly string[]): string => addresses.map(encodeURIComponent).join(',');
  const copies = cc.length ? `cc=${all(cc)}&` : '';
  return `mailto:${all(to)}?${copies}subject=${encodeURIComponent(visible(subject, 150))}&body=${encodeURIComponent(shortened(body))}`;
}

/** Whole lines, as many as fit; of one that is too long by itself, whole letters. */
function shortened(body: string): string {
  if (body.length <= MAIL_LENGTH) return body;
  const end = body.lastIndexOf('\n', MAIL_LENGTH);
  return end > 0 ? `${body.slice(0, end)}\n…` : visible(body, MAIL_LENGTH);
}
