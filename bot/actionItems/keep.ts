import type { Subject } from '../capability.ts';
import { moveDeadline } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules, messagesOf } from '../matters/index.ts';
import type { World } from '../people/index.ts';
import { requestPosts } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import type { ActionItem } from './actionItem.ts';
import { nextAt, type Step } from './rules.ts';
import { saveActionItem } from './store.ts';

export const subjectOf = (id: string): Subject => ({ kind: 'actionItem', id });
/** The one deadline of an action item: when time changes something. */
export const NEXT = 'actionItem.next';

/** Everything that follows from a step, in the caller's transaction. The row is written whole. */
export async function keep(tx: Tx, before: ActionItem | null, { a, told }: Step, world: World, now: Date): Promise<ActionItem> {
  const after = { ...a, revision: (before?.revision ?? 0) + 1 };
  await saveActionItem(tx, after);
  await appendEvents(tx, eventsByRules('actionItem', a, told, now));
  await moveDeadline(tx, NEXT, subjectOf(a.id), nextAt(after, world, now));
  await requestPosts(tx, messagesOf('actionItemCall', a.id, after.asking));
  return after;
}
