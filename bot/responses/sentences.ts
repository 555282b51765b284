import type { Charter } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import { dayText, durationText, timeView } from '../charter/readable.ts';
import type { ExplanationView, ObligationView } from '../contract/obligation.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import { explain, localDate } from '../worktime/index.ts';
import { dateText } from './dateText.ts';
import type { StoredObligation } from './store.ts';
import { later } from './times.ts';
import { calendarOf, named, roleOf } from './whose.ts';
import { ENDED, WHY } from './words.ts';

/** Segments of working time that an explanation lists at most; longer waits name their sum. */
const SEGMENTS_SHOWN = 12;

type Words = Omit<ObligationView, 'question' | 'notes' | 'subject' | 'people' | 'actions' | 'history' | 'openMailUrl'>;

/** What anyone of the two sides may know: sides, roles and times. */
export function wordsOf(o: StoredObligation, charter: Charter, now: Date): Words {
  const debtor = charter.sides[o.debtor];
  const creditor = charter.sides[otherSide(o.debtor)];
  const time = (at: Date) => timeView(charter, at, o.debtor);
  const open = o.state === 'open';
  const expected = o.verdict.answer === 'expected';
  return {
    id: o.id,
    partnershipId: o.partnershipId,
    revision: o.revision,
    state: o.state,
    waitingFor: { side: o.debtor, name: debtor.name, role: roleOf(charter, o.debtor, o.asked) },
    waitingSide: { side: otherSide(o.debtor), name: creditor.name, role: roleOf(charter, otherSide(o.debtor), [o.asker]) },
    lead: leadOf(o, charter),
    sentence: sentenceOf(o, charter),
    status: statusOf(o, charter, now),
    tone: toneOf(o, now),
    priority: o.priority,
    since: time(o.openedAt),
    expectedBy: expected ? time(o.dueAt) : null,
    agreedBy: expected && o.promise && o.promise.at > o.agreedAt ? time(o.agreedAt) : null,
    settledAt: o.settledAt && !open ? time(o.settledAt) : null,
    pastDue: open && expected && o.alertAt !== null && o.dueAt <= now,
    verdict: o.verdict.answer,
    why: WHY[o.verdict.why],
    turns: o.turns,
    explanation: expected ? explanationOf(o, charter, o.dueAt) : null,
  };
}

/** `Tue 24 Nov, 17:00 in Manila`, by the clock of a side. */
export function whenAt(charter: Charter, at: Date, side: Side): string {
  const [zone] = timeView(charter, at, side).zones;
  return `${zone!.text} in ${zone!.place}`;
}

/** Who waits for whom since when, and where it stands; the expected time is said beside it. */
function leadOf(o: StoredObligation, charter: Charter): string {
  const [since] = timeView(charter, o.openedAt, o.debtor).zones;
  const who = named(charter, o.debtor, o.asked);
  const asker = named(charter, otherSide(o.debtor), [o.asker]);
  if (o.state !== 'open')
    return `${who}: ${ENDED[o.ending ?? 'notCounted'].toLowerCase()}, ${whenAt(charter, o.settledAt ?? o.dueAt, o.debtor)}.`;
  if (o.verdict.answer === 'unsure') return `${asker} wrote to ${who}, ${since!.text}. It may not need an answer.`;
  if (o.turned) return `${who} asked what was meant. Its time rests until ${charter.sides[otherSide(o.debtor)].name} answers.`;
  if (o.verdict.why === 'asked') return `${asker} asked ${who} what was meant, ${since!.text}.`;
  return `Waiting for ${who} since ${since!.text}.`;
}

/** All of it in one piece, for a reader who sees nothing else. */
function sentenceOf(o: StoredObligation, charter: Charter): string {
  const lead = leadOf(o, charter);
  if (o.state !== 'open' || o.verdict.answer === 'unsure' || o.turned) return lead;
  const seen = o.verdict.why === 'asked' ? '' : ' No answer seen in the mail that Rapport reads.';
  return `${lead} Expected by ${whenAt(charter, o.dueAt, o.debtor)}.${seen}`;
}

/** What the row says in a word or two. */
function statusOf(o: StoredObligation, charter: Charter, now: Date): string {
  if (o.state !== 'open') return ENDED[o.ending ?? 'notCounted'];
  const zone = calendarOf(charter, o).work.zone;
  if (o.verdict.answer === 'unsure') return 'May not need an answer';
  if (o.turned) return 'Asked what was meant';
  if (o.holds.length && o.alertAt && o.alertAt > now && o.dueAt <= now) return 'May be answered already';
  if (o.dueAt <= now)
    return `${o.promise ? 'Past the date given' : 'Past the agreed time'}${o.proposal ? `. Proposed: ${dateText(o.proposal.on)}` : ''}`;
  if (o.promise) return `Answer by ${dateText(o.promise.on)}`;
  if (o.proposal) return `Proposed: ${dateText(o.proposal.on)}`;
  const day = localDate(zone, o.dueAt) === localDate(zone, now) ? 'Expected today' : `Expected ${dayText(zone, o.dueAt)}`;
  return toneOf(o, now) === 'soon' ? `${day}, little time left` : day;
}

function toneOf(o: StoredObligation, now: Date): ObligationView['tone'] {
  if (o.state !== 'open') return 'done';
  if (o.verdict.answer === 'unsure') return 'unsure';
  if (o.dueAt <= now && o.alertAt && o.alertAt <= now) return 'past';
  if (o.promise) return 'dated';
  return o.warnAt && o.warnAt <= now ? 'soon' : 'calm';
}

function explanationOf(o: StoredObligation, charter: Charter, until: Date): ExplanationView {
  const calendar = calendarOf(charter, o);
  const { segments, closed } = explain(compiled(calendar), later(o.expectedFromAt, o.openedAt), until);
  const time = (at: Date) => timeView(charter, at, o.debtor);
  const target = charter.targets[o.debtor][o.priority];
  return {
    calendar: `Working time of ${charter.sides[o.debtor].name} in ${calendar.place}`,
    target:
      target.kind === 'hours'
        ? `${durationText(target.seconds)} of working time`
        : target.days === 1
          ? 'the end of the next working day'
          : `the end of working day ${target.days}`,
    segments: segments.slice(0, SEGMENTS_SHOWN).map(({ fromAt, toAt, seconds }) => ({ from: time(fromAt), to: time(toAt), seconds })),
    closed: closed.slice(0, SEGMENTS_SHOWN).map(({ on, why, name }) => ({
      on,
      text:
        why === 'weekend'
          ? 'No working day'
          : `${name ?? 'Closed'}${why === 'holiday' && calendar.assumed ? ' (assumed, not confirmed yet)' : ''}`,
    })),
    pausedSeconds: o.pausedSeconds,
    assumed: calendar.assumed && closed.some((day) => day.why === 'holiday'),
  };
}
