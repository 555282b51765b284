import { z } from 'zod';
import type { Action, Actor } from '../capability.ts';
import { Refusal } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { localDate } from '../worktime/index.ts';
import { acknowledge } from './acknowledge.ts';
import { confirmHolidays, editCalendar, siteClosed, undoCalendarEdits } from './edit.ts';
import type { CharterRefusal } from './events.ts';
import { latestCharter } from './versions.ts';
import { dateText, instantOf } from './wallClock.ts';

const version = z.coerce.number().int().positive().optional();
const localMoment = z.string().regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/);
const reason = z.string().trim().min(1).max(120);
const onDate = z.iso.date();

const charterSubject = (partnershipId: string) => ({ kind: 'charter', id: partnershipId });

/** The calendar of the person's own side, unless another of its calendars is named. */
const calendarOf = async (tx: Tx, partnershipId: string, actor: Actor, key: string | undefined): Promise<string> =>
  key ?? (await latestCharter(tx, partnershipId)).sides[actor.side].calendar.key;

/** What people can press about a charter. `subjectId` is the partnership. */
export const actions: Readonly<Record<string, Action>> = {
  'charter.acknowledge': {
    schema: z.object({ version }),
    subjectKind: 'charter',
    async run({ tx, now, actor, subjectId, input }) {
      const { charter, already } = await acknowledge(tx, { partnershipId: subjectId, version: input.version, by: actor, now });
      const { name, calendar } = charter.sides[actor.side];
      const { zone } = calendar.work;
      const on = dateText(localDate(zone, charter.acknowledged[actor.side]!.at), localDate(zone, now));
      const both = charter.acknowledgedAt ? ' Both sides agreed.' : '';
      const message = already ? `${name} agreed on ${on} already.${both}` : `Recorded: ${name} agrees.${both}`;
      return { subject: charterSubject(subjectId), message, undoEventId: null };
    },
  },
  /** `from` and `to` are wall-clock times of the site, `2026-11-24T14:00`. */
  'charter.siteClosed': {
    schema: z.object({ from: localMoment, to: localMoment, reason }),
    subjectKind: 'charter',
    async run({ tx, now, actor, subjectId, input }) {
      const { zone } = (await latestCharter(tx, subjectId)).sides[actor.side].calendar.work;
      const [from, to] = [input.from, input.to].map((text: string) => momentOf(zone, text));
      await siteClosed(tx, { partnershipId: subjectId, side: actor.side, from: from!, to: to!, reason: input.reason, by: actor, now });
      return {
        subject: charterSubject(subjectId),
        message: 'Recorded. The times of what is open are moved, and the other side is told once.',
        undoEventId: null,
      };
    },
  },
  'charter.confirmHolidays': {
    schema: z.object({ calendar: z.string().optional() }),
    subjectKind: 'charter',
    async run({ tx, now, actor, subjectId, input }) {
      const calendarKey = await calendarOf(tx, subjectId, actor, input.calendar);
      await confirmHolidays(tx, { partnershipId: subjectId, calendarKey, by: actor, now });
      return { subject: charterSubject(subjectId), message: 'Recorded: the list of holidays is confirmed.', undoEventId: null };
    },
  },
  'charter.editCalendar': {
    schema: z.object({
      calendar: z.string().optional(),
      kind: z.enum(['holiday', 'notHoliday', 'exception']),
      on: onDate,
      hours: z.string().max(80).default('closed'),
      reason: reason.optional(),
    }),
    subjectKind: 'charter',
    async run({ tx, now, actor, subjectId, input }) {
      const calendarKey = await calendarOf(tx, subjectId, actor, input.calendar);
      const words = input.reason ?? 'Closed';
      const edit =
        input.kind === 'exception'
          ? { kind: input.kind, onDate: input.on, hours: input.hours, reason: words }
          : { kind: input.kind, onDate: input.on, reason: words };
      await editCalendar(tx, { partnershipId: subjectId, calendarKey, by: actor, now, edit });
      return { subject: charterSubject(subjectId), message: 'Recorded. What is open follows the corrected calendar.', undoEventId: null };
    },
  },
  'charter.undoCalendar': {
    schema: z.object({
      edits: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(z.guid()).min(1).max(40)),
    }),
    subjectKind: 'charter',
    async run({ tx, now, actor, subjectId, input }) {
      await undoCalendarEdits(tx, { partnershipId: subjectId, editIds: input.edits, by: actor, now });
      return { subject: charterSubject(subjectId), message: 'Taken back.', undoEventId: null };
    },
  },
};

function momentOf(zone: string, text: string): Date {
  const [on, time] = text.split('T') as [string, string];
  try {
    return instantOf(zone, on, time);
  } catch {
    throw new Refusal<CharterRefusal>('calendar.bad_date');
  }
}
