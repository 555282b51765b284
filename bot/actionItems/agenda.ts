import type { AgendaCandidate, Capability } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { currentCharter } from '../charter/index.ts';
import { dayOfSide, inBothPlaces } from '../charter/readable.ts';
import { SIDES, type Side } from '../contract/sides.ts';
import { shareFigure } from '../figure.ts';
import { briefOf } from '../matters/index.ts';
import { contactIn } from '../people/index.ts';
import { plain } from '../posts/parts.ts';
import { namedContact } from '../responses/index.ts';
import { weightOf } from '../weight.ts';
import { localDate } from '../worktime/index.ts';
import type { ActionItem } from './actionItem.ts';
import { subjectOf } from './keep.ts';
import { countOpenItems, doneByTheirDay, openActionItems } from './store.ts';

const zoneOf = (charter: AgreedCharter, side: Side): string => charter.sides[side].calendar.work.zone;

/**
 * Open action items on an agenda: those past their day under what is past the agreed time, the longest first; all others, the next one first,
 * under updates. They return until they are done.
 */
export const agenda: NonNullable<Capability['agenda']> = async (tx, partnershipId, { to: now }, most) => {
  const charter = await currentCharter(tx, partnershipId, now);
  const open = await openActionItems(tx, partnershipId);
  const past = open.filter((a) => a.pastDueAt);
  const others = open.filter((a) => !a.pastDueAt);
  const candidates = [
    ...past.slice(0, most).map((a) => candidate(a, charter, 'pastDue', now)),
    ...others.slice(0, most).map((a) => candidate(a, charter, 'update', now)),
  ];
  const counted = await countOpenItems(tx, partnershipId);
  return { candidates, more: counted.open - candidates.length };
};

function candidate(a: ActionItem, charter: AgreedCharter, section: 'pastDue' | 'update', now: Date): AgendaCandidate {
  const day = dayOfSide(charter, a.side, a.dueAt);
  const holder = contactIn(charter, a.holder);
  return {
    subject: subjectOf(a.id),
    section,
    text: `${plain(a.what, 120)}: ${a.pastDueAt ? `was expected by ${day}` : `expected by ${day}`}`,
    side: a.side,
    contactId: holder?.id ?? null,
    wish: a.pastDueAt ? 'discuss' : 'inform',
    weight: weightOf(a.dueAt, now),
  };
}

/** Per side: of those agreed for a day of the period, how many were done by the day that was agreed first. */
export const figures: NonNullable<Capability['figures']> = async (tx, partnershipId, period) =>
  (await doneByTheirDay(tx, partnershipId, period)).map(({ side, all, inTime }) =>
    shareFigure({ key: 'actions.inTime', label: 'Actions done by the day first agreed', side }, { count: inTime, of: all }),
  );

/** What is past its day, what is expected today by the date of whoever does it, and other days that wait for a word. */
export const brief: NonNullable<Capability['brief']> = async (tx, partnershipId, _viewer, now, only) => {
  const charter = await currentCharter(tx, partnershipId, now);
  const lines = (await openActionItems(tx, partnershipId)).flatMap((a) => {
    const zone = zoneOf(charter, a.side);
    const who = namedContact(charter, a.side, a.holder);
    const what = plain(a.what, 80);
    const mine = !only || a.side === only;
    const weight = weightOf(a.dueAt, now, mine && a.pastDueAt !== null);
    if (mine && a.pastDueAt) return [{ text: `${what}: waiting for ${who}, past the agreed day`, weight }];
    if (mine && localDate(zone, a.dueAt) === localDate(zone, now))
      return [{ text: `${what}: ${who}, expected by ${inBothPlaces(charter, a.dueAt, a.side)}`, weight }];
    const asked = SIDES.find((side) => side !== a.side)!;
    if (a.proposal && (!only || only === asked))
      return [{ text: `${what}: ${charter.sides[asked].name} is asked to agree to ${dayOfSide(charter, a.side, a.proposal.at)}`, weight }];
    return [];
  });
  return briefOf('Actions', lines);
};
