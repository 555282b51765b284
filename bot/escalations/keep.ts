import type { Subject } from '../capability.ts';
import { moveDeadlines } from '../deadlines/index.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules, messageOf, messagesOf } from '../matters/index.ts';
import { requestPosts, standingOf } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import type { Escalation } from './escalation.ts';
import { nextAt, type Step } from './rules.ts';
import { saveEscalations } from './store.ts';
import { tellTrees, withTrees } from './trees.ts';

export const subjectOf = (id: string): Subject => ({ kind: 'escalation', id });
/** One asking: whoever is asked in it gets one message. */
const callSubject = ({ id, asking }: Escalation): Subject => messageOf('escalationCall', id, asking);
/** The one deadline of an escalation: when time changes something. */
export const NEXT = 'escalation.next';

/** Everything that follows from a step, in the caller's transaction. The rows are written whole. */
export async function keep(tx: Tx, before: Escalation | null, step: Step, now: Date): Promise<void> {
  await keepAll(tx, [{ before, step }], now);
}

/** The same for many. */
export async function keepAll(
  tx: Tx,
  kept: readonly { readonly before: Escalation | null; readonly step: Step }[],
  now: Date,
): Promise<void> {
  const after = await withTrees(
    tx,
    kept.map(({ before, step: { e } }): Escalation => ({ ...e, revision: (before?.revision ?? 0) + 1 })),
    now,
  );
  await saveEscalations(tx, after);
  await appendEvents(
    tx,
    kept.flatMap(({ step: { e, told } }) => eventsByRules('escalation', e, told, now)),
  );
  await moveDeadlines(
    tx,
    NEXT,
    'escalation',
    after.map((e) => ({ id: e.id, at: nextAt(e, now) })),
  );
  const current = after.filter((e) => e.asking > 0).map(callSubject);
  const earlier = after.flatMap(({ id, asking }) => messagesOf('escalationCall', id, Math.max(0, asking - 1)));
  const standing = await standingOf(
    tx,
    'escalationCall',
    earlier.map(({ id }) => id),
  );
  // of earlier askings only what stands in somebody's chat is kept true
  await requestPosts(tx, [...after.map(({ id }) => subjectOf(id)), ...current, ...earlier.filter(({ id }) => standing.has(id))]);
  await tellTrees(
    tx,
    after.filter((e) => e.tree),
  );
}
