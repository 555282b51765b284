import { randomUUID } from 'node:crypto';
import type { Charter, Contact } from '../charter/charter.ts';
import { otherSide } from '../contract/sides.ts';
import type { Tx } from '../store/database.ts';
import { type Hands, inHandsOf, ownerOf } from './hands.ts';
import type { Question } from './obligation.ts';
import { markAnswered, type PutQuestion, putQuestions, questionsOf, questionsSince, type StoredObligation } from './store.ts';

/** Nobody is asked more of `EVERYDAY` than this a day. */
const QUESTIONS_A_DAY = 3;
const DAY_MS = 24 * 3600_000;

/** Questions in the order in which they matter to the person asked: what changes a time comes before whether an answer is expected. */
const ORDER: readonly Question['kind'][] = [
  'wasAnswer',
  'newcomer',
  'agreeDate',
  'stillNeeded',
  'hasLeft',
  'away',
  'told',
  'stillWaiting',
  'expected',
];
export const orderOf = (kind: string): number => ORDER.indexOf(kind as Question['kind']);
/** What can wait for another day. What somebody did, and what holds a time until the answer, is asked at once (decision 17). */
const EVERYDAY: ReadonlySet<string> = new Set<Question['kind']>(['stillNeeded', 'stillWaiting', 'expected']);

/**
 * What to ask, what nobody needs to answer any more, what stands again because what had answered it was taken back, and when to look again
 * at what did not fit into somebody's day.
 */
export interface Asking {
  readonly put: readonly PutQuestion[];
  readonly over: readonly string[];
  readonly again: readonly string[];
  readonly againAt: ReadonlyMap<string, Date>;
}

/** Decides which questions are put now, the weightiest first, at most three in 24 hours to one person. */
export async function whatToAsk(
  tx: Tx,
  versions: readonly Charter[],
  hands: Hands,
  list: readonly StoredObligation[],
  now: Date,
): Promise<Asking> {
  const known = await questionsOf(
    tx,
    list.map((o) => o.id),
  );
  const over: string[] = [];
  const again: string[] = [];
  const wanted: { o: StoredObligation; question: Question; contact: Contact }[] = [];
  for (const o of list) {
    const charter = versions.find((version) => version.version === o.charterVersion)!;
    const standing = (o.history ? [] : o.questions).flatMap((question) => {
      const contact = question.fromAt <= now ? whoAnswers(hands, charter, o, question) : null;
      return contact ? [{ o, question, contact }] : [];
    });
    const rows = known.filter((row) => row.obligationId === o.id);
    const fits = (row: PutQuestion, { question, contact }: (typeof standing)[number]): boolean =>
      row.kind === question.kind && row.contactId === contact.id;
    over.push(...rows.filter((row) => !row.answeredAt && !standing.some((each) => fits(row, each))).map((row) => row.id));
    for (const each of standing) {
      // A question that stands unanswered is not put once more because there is a further cause for it.
      const row = rows.findLast((one) => fits(one, each) && (one.answeredAt === null || one.askedAt >= each.question.fromAt));
      if (!row) wanted.push(each);
      else if (row.answeredAt) again.push(row.id);
    }
  }
  wanted.sort((a, b) => orderOf(a.question.kind) - orderOf(b.question.kind));
  const asked = await questionsSince(tx, [...new Set(wanted.map(({ contact }) => contact.id))], new Date(now.getTime() - DAY_MS));
  const put: PutQuestion[] = [];
  const againAt = new Map<string, Date>();
  for (const { o, question, contact } of wanted) {
    const today = [...asked, ...put].filter((row) => row.contactId === contact.id && EVERYDAY.has(row.kind));
    if (EVERYDAY.has(question.kind) && today.length >= QUESTIONS_A_DAY) {
      againAt.set(o.id, new Date(Math.min(...today.map((row) => row.askedAt.getTime())) + DAY_MS));
      continue;
    }
    put.push({ id: randomUUID(), obligationId: o.id, kind: question.kind, contactId: contact.id, askedAt: now, answeredAt: null });
  }
  return { put, over, again, againAt };
}

export async function ask(tx: Tx, { put, over, again }: Asking, now: Date): Promise<void> {
  await markAnswered(tx, over, now);
  await markAnswered(tx, again, null);
  await putQuestions(tx, put);
}

/**
 * About somebody whom mail does not reach, the owner of his side. Else the asker himself where he is a contact, or whoever looks after what is his; about a newcomer, the owner of his side. Where the asker is
 * nobody whom Rapport can reach: about a habit its reader, about a date and an ending the owner of his side.
 */
function whoAnswers(hands: Hands, charter: Charter, o: StoredObligation, { kind, to }: Question): Contact | null {
  const side = otherSide(o.debtor);
  if (to === 'owner') return ownerOf(hands, side);
  if (to === 'askedOwner') {
    const owner = ownerOf(hands, o.debtor);
    return owner?.addresses.includes(o.asked[0]!) ? null : owner;
  }
  const asker = inHandsOf(hands, charter, o.asker);
  if (asker) return asker;
  if (kind === 'expected' && o.verdict.why === 'habit')
    return o.asked.map((address) => inHandsOf(hands, charter, address)).find(Boolean) ?? null;
  return kind === 'agreeDate' || kind === 'told' ? ownerOf(hands, side) : null;
}
