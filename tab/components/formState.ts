import type { ActionInput } from '../../bot/contract/obligation.ts';

/** What a form holds, by input id; the time of day of a `datetime` stands under `<id>~time`. */
export type Draft = Readonly<Record<string, string>>;
export const timeOf = (id: string): string => `${id}~time`;

export function draftOf(inputs: readonly ActionInput[]): Draft {
  return Object.fromEntries(
    inputs.flatMap(({ id, kind, value = '' }) => {
      if (kind !== 'datetime') return [[id, value]];
      const [day = '', time = ''] = value.split('T');
      return [
        [id, day],
        [timeOf(id), time.slice(0, 5)],
      ];
    }),
  );
}

/** The inputs that still have to be filled in. */
export const missing = (inputs: readonly ActionInput[], draft: Draft): string[] =>
  inputs
    .filter(
      ({ id, kind, required }) =>
        (required && !draft[id]?.trim()) ||
        (kind === 'datetime' && Boolean(draft[id]) !== Boolean(draft[timeOf(id)]) && (required || draft[timeOf(id)])),
    )
    .map(({ id }) => id);

/** What is sent: a day and its time as one `2026-11-26T15:00`, text without outer spaces, empty ones not at all. */
export function sentInputs(inputs: readonly ActionInput[], draft: Draft): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const { id, kind, max } of inputs) {
    const value = draft[id]?.trim() ?? '';
    const time = kind === 'datetime' ? draft[timeOf(id)] : '';
    if (value) sent[id] = time ? `${value}T${time}` : [...value].slice(0, max).join('');
  }
  return sent;
}
