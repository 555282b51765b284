import type { AgendaCandidate, Capability, Period } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { dayOfSide, inBothPlaces } from '../charter/readable.ts';
import { shareFigure } from '../figure.ts';
import { briefOf } from '../matters/index.ts';
import { plain } from '../posts/parts.ts';
import { weightOf } from '../weight.ts';
import { localDate } from '../worktime/index.ts';
import { subjectOf } from './course.ts';
import { type DateInShort, datesSince, givenInTime, lastDates } from './store.ts';

const zoneOf = (charter: AgreedCharter, { side }: Pick<DateInShort, 'side'>): string => charter.sides[side].calendar.work.zone;
const rhythmKey = ({ side, title }: DateInShort): string => `${side} ${title}`;

/** How far back it is looked since when an update has not been given, or has been blocked. */
const BACK_MS = 200 * 24 * 3600_000;

/**
 * Updates on an agenda, all in section `update`: those that missed a date since the review before, to discuss; and whatever the latest words
 * of one say is blocked, to inform. What goes on keeps its subject, the date with which it began: so a review knows it as carried.
 */
export const agenda: NonNullable<Capability['agenda']> = async (tx, partnershipId, period, most) => {
  const charter = await currentCharter(tx, partnershipId, period.to);
  const dates = await datesSince(tx, partnershipId, new Date(period.to.getTime() - BACK_MS));
  const byRhythm = new Map<string, DateInShort[]>();
  for (const d of dates) {
    const own = byRhythm.get(rhythmKey(d));
    if (own) own.push(d);
    else byRhythm.set(rhythmKey(d), [d]);
  }
  const candidates = [...byRhythm.values()]
    .flatMap((own) => {
      const [late, stuck] = [missed(own, period, charter), blocked(own)];
      return [...(late ? [late] : []), ...(stuck && stuck.subject.id !== late?.subject.id ? [stuck] : [])];
    })
    .sort((a, b) => b.weight - a.weight);
  return { candidates: candidates.slice(0, most), more: Math.max(0, candidates.length - most) };
};

const isMissed = (d: DateInShort): boolean => d.givenAt === null;
/** @param dates - of one rhythm, the earliest in front */
function missed(dates: readonly DateInShort[], { from, to }: Period, charter: AgreedCharter): AgendaCandidate | null {
  const lately = dates.filter((d) => isMissed(d) && d.dueAt >= from && d.dueAt < to);
  const last = lately.at(-1);
  if (!last) return null;
  const times = lately.length > 1 ? ` (${lately.length} times since the last review)` : '';
  const text = `${last.title}: not given for ${dayOfSide(charter, last.side, last.dueAt)}${times}`;
  return item(beginOf(dates, last, isMissed), text, 'discuss', lately.length);
}

const isBlocked = (d: DateInShort): boolean => d.blocked !== null;
/** @param dates - of one rhythm, the earliest in front */
function blocked(dates: readonly DateInShort[]): AgendaCandidate | null {
  const said = dates.filter(({ done }) => done !== null);
  const last = said.at(-1);
  if (!last || !isBlocked(last)) return null;
  return item(beginOf(said, last, isBlocked), `${last.title}, blocked: ${plain(last.blocked, 160)}`, 'inform', 0);
}

/** The first of the dates in a row, up to this one, of which something holds. */
function beginOf(dates: readonly DateInShort[], last: DateInShort, holds: (d: DateInShort) => boolean): DateInShort {
  const before = dates.slice(0, dates.indexOf(last));
  const end = before.findLastIndex((d) => !holds(d));
  return before[end + 1] ?? last;
}

const item = (d: DateInShort, text: string, wish: AgendaCandidate['wish'], weight: number): AgendaCandidate => ({
  subject: subjectOf(d.id),
  section: 'update',
  text,
  side: d.side,
  contactId: null,
  wish,
  weight,
});

/** Per side: of the dates of the period, how many updates were given by the agreed time. Those that were never given are counted. */
export const figures: NonNullable<Capability['figures']> = async (tx, partnershipId, period) =>
  (await givenInTime(tx, partnershipId, period)).map(({ side, all, inTime }) =>
    shareFigure({ key: 'rhythms.inTime', label: 'Agreed updates given in time', side }, { count: inTime, of: all }),
  );

/** What is past its time, and what is expected today by the date of the side that gives it. */
export const brief: NonNullable<Capability['brief']> = async (tx, partnershipId, _viewer, now, only) => {
  const charter = await currentCharter(tx, partnershipId, now);
  const lines = (await lastDates(tx, partnershipId))
    .filter((d) => d.state === 'open' && (!only || d.side === only))
    .flatMap((d) => {
      const zone = zoneOf(charter, d);
      const text = `${d.title} from ${charter.sides[d.side].name}: `;
      const weight = weightOf(d.dueAt, now, d.pastDueAt !== null);
      if (d.pastDueAt) return [{ text: `${text}past the agreed time (${inBothPlaces(charter, d.dueAt, d.side)})`, weight }];
      if (localDate(zone, d.dueAt) !== localDate(zone, now)) return [];
      return [{ text: `${text}expected by ${inBothPlaces(charter, d.dueAt, d.side)}`, weight }];
    });
  return briefOf('Updates', lines);
};
