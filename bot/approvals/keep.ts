import type { Subject } from '../capability.ts';
import { moveDeadline } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules, messagesOf } from '../matters/index.ts';
import type { World } from '../people/index.ts';
import { arrivals, requestPosts } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import type { Approval } from './approval.ts';
import { type Arrivals, nextAt, type Step } from './rules.ts';
import { saveApproval } from './store.ts';

export const subjectOf = (id: string): Subject => ({ kind: 'approval', id });
/** The one deadline of a decision: when time changes something. */
export const NEXT = 'approval.next';

/** When what is asked now first arrived with whom: by a card in his own chat, or by a press of his. */
export async function arrivalsOf(tx: Tx, a: Approval): Promise<Arrivals> {
  const askings = messagesOf('approvalCall', a.id, a.asking)
    .slice(a.firstAsking - 1)
    .map(({ id }) => id);
  return new Map([...(await arrivals(tx, 'approvalCall', askings)), ...Object.entries(a.heard)]);
}

/** Everything that follows from a step, in the caller's transaction. The row is written whole. */
export async function keep(tx: Tx, before: Approval | null, { a, told }: Step, world: World, now: Date): Promise<Approval> {
  const after = { ...a, revision: (before?.revision ?? 0) + 1 };
  await saveApproval(tx, after);
  await appendEvents(tx, eventsByRules('approval', a, told, now));
  await moveDeadline(tx, NEXT, subjectOf(a.id), nextAt(after, world, now));
  // of each asking: whoever is told in it gets one message
  await requestPosts(tx, [subjectOf(a.id), ...messagesOf('approvalCall', a.id, after.asking)]);
  return after;
}
