import type { BriefSection, Viewer } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import { compiled, currentCharter } from '../charter/index.ts';
import { dayOfSide, inBothPlaces } from '../charter/readable.ts';
import { SIDES, type Side } from '../contract/sides.ts';
import type { Tx } from '../store/database.ts';
import { weightOf } from '../weight.ts';
import { localDate, workingDay } from '../worktime/index.ts';
import { whenAt } from './sentences.ts';
import { endedSince, openObligations, type StoredObligation } from './store.ts';
import { named } from './whose.ts';

const DAY_MS = 24 * 3600_000;
const LINES = 6;
/** How far back the working day before today is looked for. */
const PATIENCE_DAYS = 14;

/**
 * What stands in the brief: what waits on each side past its time; what is expected today, by the day of the side asked; how much else waits;
 * what was answered since the working day before.
 * @param only - what waits for this side alone
 */
export async function briefSections(tx: Tx, partnershipId: string, _viewer: Viewer, now: Date, only?: Side): Promise<BriefSection[]> {
  const charter = await currentCharter(tx, partnershipId, now);
  // Whose time rests until the other side says what was meant is not waited for now; what was asked of the other side is.
  const open = (await openObligations(tx, partnershipId)).filter((o) => !o.turned && (!only || o.debtor === only));
  const past = open.filter((o) => o.alertAt !== null && o.alertAt <= now);
  const today = open.filter((o) => o.dueAt > now && isToday(o, charter.sides[o.debtor].calendar.work.zone, now));
  const rest = open.filter((o) => !past.includes(o) && !today.includes(o));
  const sections: BriefSection[] = [];
  for (const side of SIDES) {
    const late = past.filter((o) => o.debtor === side);
    const lines = late.map((o) => ({ text: pastLine(o, charter), weight: weightOf(o.dueAt, now) }));
    if (lines.length) sections.push(section(`Waiting for ${charter.sides[side].name}, past the agreed time`, lines));
  }
  if (today.length)
    sections.push(
      section(
        'Expected today',
        today.map((o) => ({ text: waitingLine(o, charter), weight: -o.dueAt.getTime() })),
      ),
    );
  const others = SIDES.flatMap((side) => restLine(rest, side, charter, now));
  if (others.length) sections.push(section(sections.length ? 'Also waiting' : 'Waiting', others));
  const since = workingDayBefore(charter, now);
  const answered = (await endedSince(tx, partnershipId, since)).filter(
    (o) => o.state === 'settled' && o.verdict.answer === 'expected' && !o.history && (!only || o.debtor === only),
  );
  const lines = SIDES.flatMap((side) => answeredLine(answered, side, charter));
  if (lines.length) sections.push(section(`Answered since ${dayOfSide(charter, 'provider', since)}`, lines));
  return sections;
}

/** `Fabrikam (Service desk): by Tue 24 Nov, 17:00 in Manila (10:00 in Amsterdam)`. */
export const waitingLine = (o: StoredObligation, charter: Charter): string =>
  `${named(charter, o.debtor, o.asked)}: by ${inBothPlaces(charter, o.dueAt, o.debtor)}`;

/** `Fabrikam (Service desk): since Mon 23 Nov, 10:12; expected by Tue 24 Nov, 17:00 in Manila (10:00 in Amsterdam)`. */
export const pastLine = (o: StoredObligation, charter: Charter): string => {
  const since = whenAt(charter, o.openedAt, o.debtor).replace(/ in .*$/, '');
  return `${named(charter, o.debtor, o.asked)}: since ${since}; expected by ${inBothPlaces(charter, o.dueAt, o.debtor)}`;
};

function restLine(rest: readonly StoredObligation[], side: Side, charter: Charter, now: Date) {
  const own = rest.filter((o) => o.debtor === side);
  if (own.length === 0) return [];
  const [next] = own.filter((o) => o.dueAt > now);
  const held = own.filter((o) => o.dueAt <= now).length;
  const parts = [
    own.length === 1 ? 'one answer' : `${own.length} answers`,
    ...(next ? [`the next by ${inBothPlaces(charter, next.dueAt, side)}`] : []),
    ...(held ? [`${held} may be there already`] : []),
  ];
  return [{ text: `${charter.sides[side].name}: ${parts.join(', ')}`, weight: 0 }];
}

function answeredLine(answered: readonly StoredObligation[], side: Side, charter: Charter) {
  const own = answered.filter((o) => o.debtor === side);
  if (own.length === 0) return [];
  const inTime = own.filter((o) => o.settledAt && o.settledAt <= o.agreedAt).length;
  const share = inTime === own.length ? 'within' : inTime ? `${inTime} within` : 'after';
  return [{ text: `${charter.sides[side].name}: ${own.length}, ${share} the agreed time`, weight: 0 }];
}

/** All of it makes a brief worth sending: something waits, or was answered. */
function section(heading: string, lines: { text: string; weight: number }[]): BriefSection {
  const sorted = [...lines].sort((a, b) => b.weight - a.weight);
  const shown = sorted.slice(0, LINES);
  const more = sorted.length - shown.length;
  return { heading, changed: true, lines: more > 0 ? [...shown, { text: `… and ${more} more`, weight: Number.NEGATIVE_INFINITY }] : shown };
}

/** The start of the last day before today on which the provider works, by its own date: when the brief before this one came. */
function workingDayBefore(charter: Charter, now: Date): Date {
  const { calendar } = charter.sides.provider;
  for (let n = 1; n <= PATIENCE_DAYS; n += 1) {
    const day = workingDay(compiled(calendar), localDate(calendar.work.zone, new Date(now.getTime() - n * DAY_MS)));
    if (day) return day.startAt;
  }
  return new Date(now.getTime() - DAY_MS);
}

const isToday = (o: StoredObligation, zone: string, now: Date): boolean => localDate(zone, o.dueAt) === localDate(zone, now);
