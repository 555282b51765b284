import type { Charter } from '../charter/charter.ts';
import { charterAt } from '../charter/index.ts';
import { otherSide, SIDES, type Side } from '../contract/sides.ts';
import { type Party, partyOf } from '../people/index.ts';
import type { Address, Message } from '../threads/message.ts';
import { parseSubject } from '../threads/subject.ts';
import { askersCalendar, attach, type Draft, draftOf, end, hold, lapseIfSilent, lapseKey, resumeIfTurned } from './draft.ts';
import { finish } from './finish.ts';
import { hearPress } from './hearing.ts';
import type { Obligation, Why } from './obligation.ts';
import type { Press, PressKind } from './press.ts';
import { oneWorkingDayAfter } from './times.ts';
import { askedIn, type LearnedPattern, verdictOf } from './verdict.ts';

/** A service address that answers within this time of the mail only confirms its receipt. */
const RECEIPT_MS = 3 * 60_000;
/** A fresh mail of the same people and bare subject joins a wait that began or was last chased within these days. */
const JOIN_MS = 15 * 24 * 3600_000;
/** From this many fresh mails of one sender and bare subject that nobody ever answered, the next is a habit. */
const HABIT_BEFORE = 2;

export interface FoldInput {
  readonly partnershipId: string;
  /** Every thread of the partnership that shares a fresh bare subject with the others (usually one), with all their messages. */
  readonly threads: readonly { readonly id: string; readonly messages: readonly Message[] }[];
  /** Human and meeting mail of other threads between the two sides: it may answer what waits here. */
  readonly otherMail: readonly Message[];
  /** All versions, ascending. */
  readonly charters: readonly Charter[];
  /** What people pressed on obligations of these threads, undone ones left out. */
  readonly presses: readonly Press[];
  readonly learned: readonly LearnedPattern[];
  /** Meetings to which people of the two sides invite: one that an invitation among the mail is about holds the alert until it ends. */
  readonly meetings: readonly Invitation[];
  /** Waits of these threads that silence has ended already: what ended stays ended when a calendar is corrected. */
  readonly lapses: readonly Lapse[];
}

export type Lapse = Pick<Obligation, 'debtor' | 'openingKey' | 'lastTouchAt'> & { readonly settledAt: Date };

export interface Invitation {
  readonly organizer: string;
  readonly bareSubject: string;
  readonly startAt: Date;
  readonly endAt: Date;
}

type Item = { readonly at: number; readonly order: number; readonly key: string } & (
  | { readonly kind: 'message'; readonly message: Message; readonly threadId: string }
  | { readonly kind: 'other'; readonly message: Message }
  | { readonly kind: 'press'; readonly press: Press }
);

/** A conversation as the fold walks it: a thread, with the threads of fresh mails that joined it. */
interface Lane {
  readonly threadId: string;
  readonly open: Partial<Record<Side, Draft>>;
  /** Addresses that stood anywhere in it so far. */
  readonly named: Set<string>;
  lastSide: Side | null;
  readonly turnsAt: Date[];
  count: number;
}

/**
 * obligations = fold(messages by (at, key), presses, facts of other threads, charter): pure, and the same for the same input in any order.
 * `now` only lets silence lapse. @see design.md, "What the clocks mean"
 * @returns every wait of these threads, ended ones too, in order of opening
 */
export function fold(input: FoldInput, now: Date): Obligation[] {
  const walk = new Walk(input);
  for (const item of inOrder(input)) walk.take(item);
  return walk.finish(now);
}

function inOrder(input: FoldInput): Item[] {
  const items: Item[] = [];
  for (const thread of input.threads)
    for (const message of thread.messages)
      items.push({ at: message.at.getTime(), order: 0, key: message.key, kind: 'message', message, threadId: thread.id });
  for (const message of input.otherMail) items.push({ at: message.at.getTime(), order: 1, key: message.key, kind: 'other', message });
  for (const press of input.presses)
    items.push({ at: press.at.getTime(), order: 2, key: press.id.padStart(20, '0'), kind: 'press', press });
  return items.sort((a, b) => a.at - b.at || a.order - b.order || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

class Walk {
  private readonly lanes = new Map<string, Lane>();
  private readonly drafts: Draft[] = [];
  /** Fresh mails by sender, bare subject and side asked: what they opened. */
  private readonly fresh = new Map<string, Draft[]>();
  private readonly corrections: ReadonlyMap<string, 'expected'>;
  private readonly lapses: ReadonlyMap<string, Date>;
  private readonly input: FoldInput;

  constructor(input: FoldInput) {
    this.input = input;
    this.corrections = correctionsOf(input.presses);
    this.lapses = new Map(input.lapses.map((lapse) => [lapseKey(lapse), lapse.settledAt]));
  }

  take(item: Item): void {
    const at = new Date(item.at);
    this.lapseSilent(at);
    if (item.kind === 'press') this.hearPress(item.press);
    else if (item.kind === 'other') this.holdElsewhere(item.message, null, this.charterOf(item.message));
    else this.read(item.message, item.threadId);
  }

  finish(now: Date): Obligation[] {
    this.lapseSilent(now);
    return this.drafts.filter((draft) => !draft.absorbed).map((draft) => finish(draft, this.laneOf(draft.threadId).turnsAt, now));
  }

  private charterOf(message: Message): Charter {
    return charterAt(this.input.charters, message.at) ?? this.input.charters[0]!;
  }

  /** One message of these threads: what it settles, holds, opens or adds to. */
  private read(message: Message, threadId: string): void {
    const charter = this.charterOf(message);
    const lane = this.lanes.get(threadId) ?? this.enter(message, threadId, charter);
    const party = partyOf(charter, message.from.address);
    const first = lane.count === 0;
    lane.count += 1;
    if (message.kind === 'nonDelivery') this.notDelivered(lane, message);
    else if (message.kind === 'automatic') this.away(lane, message, party);
    else if (message.kind === 'meeting') this.holdForMeeting(message, party?.side ?? null);
    else if (message.kind !== 'robot') {
      if (party) this.hear(lane, message, charter, party.side, party.service !== null, first);
      else this.holdForNewcomer(lane, message);
      this.holdElsewhere(message, lane, charter);
    }
    lane.named.add(message.from.address);
    for (const list of [message.to, message.cc]) for (const { address } of list) lane.named.add(address);
  }

  /** The human words of one side: they answer what waits for it, and may wait for the other. */
  private hear(lane: Lane, message: Message, charter: Charter, side: Side, service: boolean, first: boolean): void {
    const other = otherSide(side);
    const isOther = (to: Address): boolean => partyOf(charter, to.address)?.side === other;
    if (!message.to.some(isOther) && !message.cc.some(isOther)) return;
    const waiting = lane.open[side];
    const receipt = waiting && service && message.at.getTime() - waiting.lastAskedAt.getTime() <= RECEIPT_MS;
    const settles = waiting !== undefined && !receipt;
    if (settles) {
      end(waiting, 'mail', message.at, message.key);
      delete lane.open[side];
    }
    if (!receipt && lane.lastSide !== side) {
      if (lane.lastSide !== null) lane.turnsAt.push(message.at);
      lane.lastSide = side;
    }
    const own = lane.open[other];
    if (own) resumeIfTurned(own, message.at);
    if (askedIn(charter, message, side).length === 0 || receipt) return;
    if (own && !own.flaggedComplete) {
      attach(own, message, this.corrections.get(message.key) ?? null);
      if (fresh(message)) this.freshBefore(message, other).push(own);
      return;
    }
    if (own) end(own, 'flag', own.lastAskedAt, null);
    this.open(lane, message, charter, side, { first: first && fresh(message), settles });
  }

  private open(lane: Lane, message: Message, charter: Charter, side: Side, found: { first: boolean; settles: boolean }): void {
    const alike = fresh(message) ? this.freshBefore(message, otherSide(side)) : [];
    const habit = isHabit(alike);
    const correction = this.corrections.get(message.key) ?? null;
    const verdict = verdictOf(message, { ...found, charter, side, habit, learned: this.input.learned, correction });
    const again = habit && (alike.some((each) => each.habit) ? 'again' : 'first');
    const draft = draftOf(lane.threadId, message, charter, side, verdict, again || null);
    this.drafts.push(draft);
    alike.push(draft);
    if (verdict.answer === 'notExpected') end(draft, 'notCounted', message.at, message.key);
    else lane.open[draft.debtor] = draft;
  }

  /** The lane of a thread's first message: its own, or that of an open wait which a fresh mail of the same people takes up again. */
  private enter(message: Message, threadId: string, charter: Charter): Lane {
    const joined = fresh(message) && message.kind === 'human' ? this.joinable(message, charter) : undefined;
    const lane = joined ?? { threadId, open: {}, named: new Set<string>(), lastSide: null, turnsAt: [], count: 0 };
    this.lanes.set(threadId, lane);
    return lane;
  }

  private joinable(message: Message, charter: Charter): Lane | undefined {
    const side = partyOf(charter, message.from.address)?.side;
    if (!side || message.bareSubject === '') return undefined;
    const alike = this.freshBefore(message, otherSide(side));
    if (isHabit(alike)) return undefined;
    const patterned = verdictOf(message, {
      charter,
      side,
      first: true,
      settles: false,
      habit: false,
      learned: this.input.learned,
      correction: null,
    });
    if (patterned.answer === 'notExpected') return undefined;
    const to = new Set(message.to.map((each) => each.address));
    const earlier = alike.find(
      (draft) =>
        draft.ending === null &&
        draft.asked.some((address) => to.has(address)) &&
        message.at.getTime() - draft.lastAskedAt.getTime() <= JOIN_MS,
    );
    return earlier && this.laneOf(earlier.threadId);
  }

  private freshBefore(message: Message, debtor: Side): Draft[] {
    const key = `${debtor} ${message.from.address} ${message.bareSubject}`;
    const found = this.fresh.get(key) ?? [];
    this.fresh.set(key, found);
    return found;
  }

  /** A mail of the side asked to the asker in another conversation: the alert waits for his word, once. */
  private holdElsewhere(message: Message, lane: Lane | null, charter: Charter): void {
    const side = partyOf(charter, message.from.address)?.side;
    if (!side) return;
    if (message.kind === 'meeting') this.holdForMeeting(message, side);
    else for (const each of this.lanes.values()) if (each !== lane) this.holdIf(each.open[side], message, 'otherThread', null);
  }

  private holdForMeeting(message: Message, side: Side | null): void {
    if (side === null || parseSubject(message.subject).kind === 'meeting-response') return;
    for (const lane of this.lanes.values()) this.holdIf(lane.open[side], message, 'meeting', null);
  }

  private holdForNewcomer(lane: Lane, message: Message): void {
    if (lane.named.has(message.from.address)) return;
    for (const side of SIDES) this.holdIf(lane.open[side], message, 'newcomer', message.from.address);
  }

  private holdIf(draft: Draft | undefined, message: Message, why: 'otherThread' | 'meeting' | 'newcomer', address: string | null): void {
    if (!draft || !message.to.some((to) => to.address === draft.asker)) return;
    const meeting = why === 'meeting' ? this.meetingOf(message) : undefined;
    const untilAt = meeting?.endAt ?? oneWorkingDayAfter(askersCalendar(draft), message.at);
    hold(draft, { why, at: message.at, untilAt, messageKey: message.key, address, meetingAt: meeting?.startAt ?? null });
  }

  /** The next meeting that an invitation is about, as the calendar shows it now. */
  private meetingOf(invitation: Message): Invitation | undefined {
    return this.input.meetings
      .filter(
        ({ organizer, bareSubject, endAt }) =>
          organizer === invitation.from.address && bareSubject === invitation.bareSubject && endAt > invitation.at,
      )
      .sort((a, b) => a.startAt.getTime() - b.startAt.getTime() || a.endAt.getTime() - b.endAt.getTime())[0];
  }

  /** The mail did not arrive: nobody can be waited for. With several people asked, only one of them is known to be out of reach. */
  private notDelivered(lane: Lane, message: Message): void {
    for (const side of SIDES) {
      const draft = lane.open[side];
      if (draft && draft.asked.length === 1 && message.to.some((to) => to.address === draft.asker)) {
        end(draft, 'notDelivered', message.at, message.key);
        draft.toldAt = message.at;
        delete lane.open[side];
      }
    }
  }

  /** A person's automatic reply says that he is away; a ticket system's says nothing. */
  private away(lane: Lane, message: Message, party: Party | null): void {
    const draft = party && !party.service ? lane.open[party.side] : undefined;
    const { address } = message.from;
    if (draft?.asked.includes(address) && !draft.away.has(address)) draft.away.set(address, message.at);
  }

  private laneOf(threadId: string): Lane {
    const lane = this.lanes.get(threadId);
    if (!lane) throw new Error(`fold: thread ${threadId} has no lane`);
    return lane;
  }

  /** A press is heard by the wait it was about, wherever a new fold puts that: by its opening message and the side asked. */
  private hearPress(press: Press): void {
    const draft = this.drafts.find((each) => each.debtor === press.debtor && !each.absorbed && each.messageKeys.includes(press.messageKey));
    if (!draft) return;
    if (makesPattern(press.kind, draft.verdict.why)) this.endAlike(draft, press);
    const opposite = hearPress(draft, press, charterAt(this.input.charters, press.at) ?? draft.charter);
    const lane = this.laneOf(draft.threadId);
    const present = lane.open[draft.debtor];
    if (draft.ending !== null) {
      if (present === draft) delete lane.open[draft.debtor];
    } else if (present !== draft) {
      // It goes on: a later wait of the same side is taken into it.
      if (present) {
        present.absorbed = true;
        draft.messageKeys.push(...present.messageKeys);
      }
      lane.open[draft.debtor] = draft;
    }
    if (opposite && !lane.open[opposite.debtor]) {
      this.drafts.push(opposite);
      lane.open[opposite.debtor] = opposite;
    }
  }

  /** What a person never expects an answer to, he does not wait for now: mail like it that is open ends with it. */
  private endAlike(like: Draft, press: Press): void {
    for (const draft of this.drafts) {
      if (draft === like || draft.ending !== null || draft.debtor !== like.debtor || draft.absorbed) continue;
      if (draft.asker !== like.asker || draft.bareSubject !== like.bareSubject || draft.openingKey.startsWith('press:')) continue;
      end(draft, 'notCounted', press.at, press.id);
      draft.verdict = { answer: 'notExpected', why: 'pattern' };
      delete this.laneOf(draft.threadId).open[draft.debtor];
    }
  }

  private lapseSilent(at: Date): void {
    for (const lane of this.lanes.values())
      for (const side of SIDES) {
        const draft = lane.open[side];
        if (draft && lapseIfSilent(draft, at, this.lapses)) delete lane.open[side];
      }
  }
}

/** No reply header and no prefix: somebody began something. */
export const fresh = (message: Message): boolean => !message.isReply && message.prefix === 'none';

const isHabit = (alike: readonly Draft[]): boolean => alike.length >= HABIT_BEFORE && alike.every((draft) => draft.firstAnswerAt === null);

/** Whether a press makes a pattern of the mail it is about: its own words, or the no to the question about a habit. */
export const makesPattern = (kind: PressKind, why: Why): boolean => kind === 'neverLikeThis' || (kind === 'notExpected' && why === 'habit');

/** Mail of which people's last word is that an answer is expected: it is from the beginning, whenever that was said. */
function correctionsOf(presses: readonly Press[]): ReadonlyMap<string, 'expected'> {
  const corrections = new Map<string, 'expected'>();
  for (const press of [...presses].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || (a.id.padStart(20, '0') < b.id.padStart(20, '0') ? -1 : 1),
  )) {
    if (press.kind === 'expected') corrections.set(press.messageKey, 'expected');
    else if (press.kind === 'notExpected' || press.kind === 'neverLikeThis') corrections.delete(press.messageKey);
  }
  return corrections;
}
