import { type Access, isActor, type JournalEvent } from '../capability.ts';
import type { AgreementView, CalendarView } from '../contract/charter.ts';
import type { ActionView } from '../contract/obligation.ts';
import { SIDES, type Side, toInstant } from '../contract/sides.ts';
import { buttonOf, choiceInput, textInput } from '../form.ts';
import { eventsOf, remarksOf } from '../journal/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { localDate } from '../worktime/index.ts';
import type { AgreedCalendar, AgreedCharter } from './charter.ts';
import { editIdsOf } from './closure.ts';
import { dayAndTime } from './readable.ts';
import { latestCharter } from './versions.ts';
import { charterView, closedNote, nextClosed, worksLines } from './view.ts';
import { dateText } from './wallClock.ts';

const CLOSED_DAYS = 8;
const CORRECTIONS = 12;

/** What both sides agreed, and its calendars with what can be said about them by this reader: an owner looks after those of his own side. */
export async function agreementView(tx: Tx, access: Access, now: Date): Promise<AgreementView> {
  const { partnershipId } = access;
  const charter = await latestCharter(tx, partnershipId);
  const actor = isActor(access) ? access : null;
  const corrections = await correctionsOf(tx, charter, now);
  const calendars = SIDES.flatMap((side) =>
    calendarsOf(charter, side).map((calendar) =>
      calendarView(charter, side, calendar, corrections, actor?.owner === true && actor.side === side, now),
    ),
  );
  return {
    now: toInstant(now),
    you: { side: actor?.side ?? 'client', owner: actor?.owner ?? false, looksAs: isActor(access) ? null : access.as },
    charter: (await charterView(tx, partnershipId, access, now))!,
    calendars,
  };
}

/** The side's own calendar first, then those of its people. */
function calendarsOf(charter: AgreedCharter, side: Side): AgreedCalendar[] {
  const { calendar, contacts } = charter.sides[side];
  const all = [calendar, ...contacts.flatMap((contact) => (contact.calendar && !contact.left ? [contact.calendar] : []))];
  return all.filter((each, index) => all.findIndex((other) => other.key === each.key) === index);
}

function calendarView(
  charter: AgreedCharter,
  side: Side,
  calendar: AgreedCalendar,
  corrections: readonly Correction[],
  mine: boolean,
  now: Date,
): CalendarView {
  const own = charter.sides[side];
  const today = localDate(calendar.work.zone, now);
  const said = corrections.filter((each) => each.calendarKey === calendar.key);
  return {
    key: calendar.key,
    side,
    place: calendar.place,
    roles:
      calendar.key === own.calendar.key
        ? []
        : [...new Set(own.contacts.filter((contact) => contact.calendar?.key === calendar.key).map(({ role }) => role))],
    hours: worksLines(calendar),
    closed: nextClosed(calendar, today, CLOSED_DAYS),
    note: closedNote(calendar, own.name, today),
    said: said.slice(0, CORRECTIONS).map(({ id, text, who, editIds }) => ({ id, text, who, undo: mine ? undoOf(editIds) : null })),
    actions: mine ? actionsFor(calendar, calendar.key === own.calendar.key, said) : [],
  };
}

/** A correction that holds: what was said, and which edits take it back. */
interface Correction {
  readonly id: string;
  readonly calendarKey: string;
  readonly kind: string;
  readonly text: string;
  readonly who: string;
  readonly editIds: readonly string[];
}

/** The newest first. */
async function correctionsOf(tx: Tx, charter: AgreedCharter, now: Date): Promise<Correction[]> {
  const events = await eventsOf(tx, { kind: 'charter', id: charter.partnershipId });
  const undone = new Set(events.filter((event) => event.kind === 'charter.calendarUndone').flatMap(editIdsOf));
  const said = events.filter((event) => editsOf(event).length && !editsOf(event).some((id) => undone.has(id)));
  const remarks = await remarksOf(
    tx,
    said.map(({ id }) => id),
  );
  return said.reverse().map((event) => ({
    id: event.id,
    calendarKey: String(event.data.calendarKey),
    kind: event.kind,
    text: textOf(event, charter, visible(remarks.get(event.id), 120), now),
    who: whoSaid(event, charter, now),
    editIds: editsOf(event),
  }));
}

const SAYS: readonly string[] = ['charter.calendarEdited', 'charter.holidaysConfirmed', 'charter.siteClosed'];
const editsOf = (event: JournalEvent): readonly string[] => {
  if (!SAYS.includes(event.kind)) return [];
  return typeof event.data.editId === 'string' ? [event.data.editId] : editIdsOf(event);
};

const DAY: Readonly<Record<string, string>> = { holiday: 'a holiday', notHoliday: 'a working day', exception: 'other hours' };

function textOf(event: JournalEvent, charter: AgreedCharter, remark: string, now: Date): string {
  const { data, kind } = event;
  const why = remark ? ` (${remark})` : '';
  if (kind === 'charter.holidaysConfirmed') return 'The list of holidays is right';
  const zone = charter.calendars[String(data.calendarKey)]?.work.zone ?? 'UTC';
  if (kind === 'charter.siteClosed')
    return `Closed from ${dayAndTime(zone, new Date(String(data.fromAt)))} to ${dayAndTime(zone, new Date(String(data.toAt)))}${why}`;
  return `${dateText(String(data.onDate), localDate(zone, now))}: ${DAY[String(data.kind)] ?? 'changed'}${why}`;
}

/** `Fabrikam (Delivery lead), Mon 23 Nov`. */
function whoSaid({ by, at }: JournalEvent, charter: AgreedCharter, now: Date): string {
  if (!by) return '';
  const { name, contacts, calendar } = charter.sides[by.side];
  const role = contacts.find(({ id }) => id === by.contactId)?.role;
  const { zone } = calendar.work;
  return `${name}${role ? ` (${role})` : ''}, ${dateText(localDate(zone, at), localDate(zone, now))}`;
}

const undoOf = (editIds: readonly string[]): ActionView => ({
  verb: 'charter.undoCalendar',
  label: 'Take back',
  rank: 'few',
  inputs: [],
  carries: { edits: editIds.join(',') },
});

const button = buttonOf('charter');
const REASON = textInput('reason', 'Why, or its name', { max: 120 });

function actionsFor({ key, place, assumed }: AgreedCalendar, ofSide: boolean, said: readonly Correction[]): ActionView[] {
  const carries = { calendar: key };
  const confirmed = said.some(({ kind }) => kind === 'charter.holidaysConfirmed');
  return [
    ...(assumed && !confirmed
      ? [button('confirmHolidays', 'The list is right', [], { carries, hint: 'Its days are not called assumed any more.' })]
      : []),
    button(
      'editCalendar',
      'Change one day …',
      [
        choiceInput('kind', 'That day is', [
          { value: 'holiday', title: 'A holiday' },
          { value: 'notHoliday', title: 'A working day after all' },
          { value: 'exception', title: 'A day with other hours' },
        ]),
        { id: 'on', kind: 'date', label: 'Day', required: true },
        textInput('hours', 'Other hours, if any', { required: false, max: 80, placeholder: '09:00-12:30, or closed' }),
        REASON,
      ],
      { carries, hint: 'What is open follows the corrected calendar; what was answered stays.' },
    ),
    ...(ofSide
      ? [
          button(
            'siteClosed',
            'Our site is closed …',
            [
              { id: 'from', kind: 'datetime', label: `From, in ${place}`, required: true },
              { id: 'to', kind: 'datetime', label: `Until, in ${place}`, required: true },
              { ...REASON, label: 'Why' },
            ],
            { hint: 'What is open moves by that much, and the other side is told once.' },
          ),
        ]
      : []),
  ];
}
