import type { Charter, NotExpectedPattern } from '../charter/charter.ts';
import { like } from '../charter/like.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import { partyOf } from '../people/index.ts';
import type { Address, Message } from '../threads/message.ts';
import type { Verdict, Why } from './obligation.ts';

/** More people than this in To, and nobody in particular was asked. */
const MOST_ADDRESSED = 5;
/** The category with which an author or an addressed reader says that an answer is needed. */
export const ANSWER_NEEDED = 'answer needed';

/** What the fold knows beside the message itself. */
export interface Context {
  readonly charter: Charter;
  /** The author's side. */
  readonly side: Side;
  /** First of its conversation, no reply header, no prefix. */
  readonly first: boolean;
  readonly settles: boolean;
  /** The third fresh message or later of one sender and bare subject, none ever answered. */
  readonly habit: boolean;
  /** Mail that a person said never expects an answer, beside the charter's own patterns. */
  readonly learned: readonly LearnedPattern[];
  /** A person said so of this mail. That none is expected ends the wait when it is said. */
  readonly correction: 'expected' | null;
}

/** A pattern counts for mail from when somebody said so. */
export type LearnedPattern = NotExpectedPattern & { readonly fromAt: Date };

/**
 * Is an answer expected? The first rule that fits decides (design.md, clocks, 4). The caller has made sure that a person wrote it and that
 * the other side stands in To.
 */
export function verdictOf(message: Message, context: Context): Verdict {
  const { charter, side } = context;
  if (context.correction) return { answer: context.correction, why: 'corrected' };
  const learned = context.learned.filter((pattern) => pattern.fromAt <= message.at);
  if ([...charter.notExpected, ...learned].some((pattern) => fits(pattern, message))) return { answer: 'notExpected', why: 'pattern' };
  const sign = signOf(message);
  if (sign) return { answer: 'expected', why: sign };
  if (context.habit) return unsure('habit');
  if (context.settles) return unsure('settles');
  if (!toFew(message)) return unsure('manyAddressed');
  if (message.kind === 'list' || message.to.some((to) => isList(charter, to))) return unsure('list');
  if (message.to.some((to) => partyOf(charter, to.address)?.side === side)) return unsure('ownSide');
  return context.first ? { answer: 'expected', why: 'first' } : unsure('unclear');
}

/** Written to so few that somebody is meant. */
export const toFew = (message: Message): boolean => message.to.length <= MOST_ADDRESSED;

const unsure = (why: Why): Verdict => ({ answer: 'unsure', why });

/** A sign by which the author (or an addressed reader) says that an answer is wanted. A flag on a reader's copy means nothing. */
export function signOf(message: Message): 'importance' | 'flag' | 'category' | null {
  if (message.importance === 'high') return 'importance';
  const readers = new Set(message.to.map((to) => to.address));
  const author = message.marks.filter((mark) => mark.owner === message.from.address);
  if (author.some((mark) => mark.flag === 'flagged')) return 'flag';
  const category = message.marks.some(
    (mark) =>
      (mark.owner === message.from.address || readers.has(mark.owner)) &&
      mark.categories.some((name) => name.toLowerCase() === ANSWER_NEEDED),
  );
  return category ? 'category' : null;
}

/** The end of the day that the author asked for with his flag. */
export const askedByOf = (message: Message): Date | null =>
  message.marks.find((mark) => mark.owner === message.from.address && mark.flag === 'flagged')?.flagDueAt ?? null;

/** The people of the side asked who stand in To, in order. */
export const askedIn = (charter: Charter, message: Message, side: Side): readonly Address[] =>
  message.to.filter((to) => partyOf(charter, to.address)?.side === otherSide(side));

const isList = (charter: Charter, to: Address): boolean =>
  !partyOf(charter, to.address) && (/@lists?\./.test(to.address) || /^(list-|all@|everyone@)|-(list|all)@/.test(to.address));

/** `subject` is compared as a bare subject with `*` for anything; `from` is an address or a domain. Both given parts must fit. */
export function fits(pattern: NotExpectedPattern, message: Message): boolean {
  const from = message.from.address;
  if (pattern.from !== null && from !== pattern.from && !from.endsWith(`@${pattern.from}`)) return false;
  if (pattern.subject === null) return pattern.from !== null;
  return like(pattern.subject.toLowerCase(), message.bareSubject.toLowerCase());
}
