import { type Access, isActor, type Viewer } from '../capability.ts';
import type { Charter, Contact } from '../charter/charter.ts';
import { charters } from '../charter/index.ts';
import type { ObligationView } from '../contract/obligation.ts';
import { partyOf } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { loadThreads, type Thread } from '../threads/index.ts';
import type { Address, Message } from '../threads/message.ts';
import { contactOf } from './contact.ts';
import { questionsOf, type StoredObligation } from './store.ts';

/** A subject longer than that is nobody's; what people see of it is cut. */
const SUBJECT_LENGTH = 250;
const NAME_LENGTH = 100;

/** What one viewer may know of the mail behind an obligation. */
export interface Scope {
  readonly subject: string | null;
  readonly people: ObligationView['people'];
  /** The obligation's opening mail, where this viewer may open it. */
  readonly own: Message | null;
  readonly onThread: boolean;
  /** Whether he may read of people outside both sides: where another partnership takes part, only the client's people on the mail. */
  readonly outside: boolean;
}

/** @param charter - of the obligation's opening; `newest`: the newest that both sides agreed on */
export interface Shown {
  readonly o: StoredObligation;
  readonly charter: Charter;
  readonly newest: Charter;
  readonly thread: Thread | undefined;
  /** People of two partnerships take part in the thread. */
  readonly shared: boolean;
}

/**
 * Subject and names only for people on the thread; both sides may widen it in the charter. Where people of two partnerships take part,
 * only the client's people on it see the subject, and nobody the other provider's people.
 */
export function scopeOf({ o, charter, newest, thread, shared }: Shown, viewer: Viewer): Scope {
  const messages = thread?.messages ?? [];
  const opening =
    messages.find((message) => o.messageKeys.includes(message.key)) ?? messages.findLast((message) => message.at <= o.openedAt) ?? null;
  const contact = isActor(viewer) ? contactOf(charter, viewer) : null;
  const onThread = contact !== null && takesPartIn(messages, contact);
  // what is shown in the channel is for those who are in it
  const detail = shared || (viewer !== 'everyone' && !isActor(viewer)) ? 'roles' : narrower(charter.channelDetail, newest.channelDetail);
  const client = contact?.side === 'client';
  const seesSubject = opening !== null && (shared ? onThread && client : onThread || detail === 'subject');
  return {
    subject: seesSubject ? visible(opening.subject, SUBJECT_LENGTH) : null,
    people:
      onThread || detail !== 'roles'
        ? { asker: nameOf(charter, o.asker, messages), asked: o.asked.map((address) => nameOf(charter, address, messages)) }
        : null,
    own: onThread ? opening : null,
    onThread,
    outside: !shared || (onThread && client),
  };
}

const DETAIL: readonly Charter['channelDetail'][] = ['roles', 'names', 'subject'];
/** What was written under a narrow agreement stays hidden when it is widened; what is narrowed is hidden at once. */
const narrower = (one: Charter['channelDetail'], other: Charter['channelDetail']): Charter['channelDetail'] =>
  DETAIL[Math.min(DETAIL.indexOf(one), DETAIL.indexOf(other))]!;

/**
 * What was never shown to both sides (may not need an answer, was not counted, did not arrive) is a matter of the people on the mail, and of
 * whoever was asked about it.
 */
export const isPrivate = (o: StoredObligation): boolean =>
  o.pastDueAt === null && (o.verdict.answer !== 'expected' || o.state === 'notCounted' || o.state === 'notDelivered');

/** Whether somebody of the partnership may know of an obligation at all. */
export async function mayKnow(tx: Tx, o: StoredObligation, viewer: Access): Promise<boolean> {
  if (viewer.partnershipId !== o.partnershipId) return false;
  if (!isPrivate(o)) return true;
  if (!isActor(viewer)) return false;
  if ((await questionsOf(tx, [o.id])).some((question) => question.contactId === viewer.contactId)) return true;
  const charter = (await charters(tx, o.partnershipId)).find((version) => version.version === o.charterVersion);
  const contact = charter && contactOf(charter, viewer);
  const [thread] = contact ? await loadThreads(tx, [o.threadId]) : [];
  return Boolean(contact && thread && takesPartIn(thread.messages, contact));
}

const takesPartIn = (messages: readonly Message[], contact: Contact): boolean =>
  messages.some(({ from, to, cc }) => [from, ...to, ...cc].some(({ address }) => contact.addresses.includes(address)));

function nameOf(charter: Charter, address: string, messages: readonly Message[]): string {
  const known = partyOf(charter, address);
  if (known?.contact) return visible(known.contact.name, NAME_LENGTH);
  if (known?.service) return visible(known.service.name, NAME_LENGTH);
  const written = messages
    .flatMap((message): readonly Address[] => [message.from, ...message.to])
    .find((each) => each.address === address && each.name);
  return visible(written?.name || address, NAME_LENGTH);
}
