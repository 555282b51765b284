import { z } from 'zod';
import type { EventKind } from '../capability.ts';
import { Side } from '../contract/sides.ts';

const kind = <Schema extends z.ZodType>(schema: Schema, sentence: (data: z.output<Schema>, who: string) => string): EventKind => ({
  schema,
  sentence: (event, who) => sentence(schema.parse(event.data), who),
});
const onDate = z.string();

/** What is recorded about a charter. Subject: `charter:<partnership id>`. */
export const events = {
  'charter.loaded': kind(z.object({ version: z.number() }), ({ version }) =>
    version === 1
      ? 'What we agreed was written down; both sides are asked to agree'
      : `What we agreed was changed (version ${version}); both sides are asked to agree`,
  ),
  'charter.agreed': kind(
    z.object({ version: z.number(), side: Side }),
    ({ version }, who) => `${who} agreed to version ${version} of what we agreed`,
  ),
  'charter.acknowledged': kind(
    z.object({ version: z.number() }),
    ({ version }) => `Both sides agreed to version ${version} of what we agreed`,
  ),
  'charter.calendarEdited': kind(
    z.object({ editId: z.string(), calendarKey: z.string(), kind: z.enum(['holiday', 'notHoliday', 'exception']), onDate }),
    (data, who) => `${who} changed a day of the calendar: ${data.onDate} ${DAY_WORDS[data.kind]}`,
  ),
  'charter.holidaysConfirmed': kind(
    z.object({ editId: z.string(), calendarKey: z.string() }),
    (_data, who) => `${who} confirmed the list of holidays`,
  ),
  'charter.siteClosed': kind(
    z.object({ editIds: z.array(z.string()), side: Side, calendarKey: z.string(), fromAt: z.string(), toAt: z.string() }),
    (_data, who) => `${who} said that the site is closed`,
  ),
  'charter.contactLeft': kind(z.object({ contactId: z.string() }), (_data, who) => `${who} said that somebody has left`),
  'charter.contactBack': kind(z.object({ contactId: z.string() }), (_data, who) => `${who} said that somebody is still here`),
  'charter.calendarUndone': kind(z.object({ editIds: z.array(z.string()) }), (_data, who) => `${who} took a change of the calendar back`),
} as const satisfies Record<string, EventKind>;

const DAY_WORDS = { holiday: 'is a holiday', notHoliday: 'is a working day', exception: 'has other hours' } as const;

/** After these, whatever was worked out from a charter may have changed. */
export const CHARTER_CHANGES = [
  'charter.loaded',
  'charter.acknowledged',
  'charter.calendarEdited',
  'charter.holidaysConfirmed',
  'charter.siteClosed',
  'charter.calendarUndone',
  'charter.contactLeft',
  'charter.contactBack',
] as const satisfies readonly (keyof typeof events)[];

/** Refusals of this room. */
export const refusals = {
  'charter.not_found': { status: 404, message: 'There is no such partnership here.' },
  'charter.owner_only': { status: 403, message: 'Only the person who answers for this side in the partnership can do this.' },
  'charter.other_side': { status: 403, message: 'Each side looks after its own calendar.' },
  'charter.changed': { status: 409, message: 'What we agreed was changed meanwhile. Please read it again before you agree.' },
  'calendar.not_found': { status: 404, message: 'There is no such calendar in what we agreed.' },
  'calendar.bad_date': { status: 422, message: 'Please give a date, from the first day to the last.' },
  'calendar.bad_hours': { status: 422, message: 'Please give hours such as 09:00-12:30, or closed.' },
  'calendar.edit_not_found': { status: 404, message: 'This change of the calendar is not there, or was taken back already.' },
} as const;
export type CharterRefusal = keyof typeof refusals;
