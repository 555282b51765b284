import { type Ports, type Subject, subjectKey } from '../capability.ts';
import type { Tx } from '../store/database.ts';

interface ActivitySeenTable {
  activityKey: string;
  answer: unknown;
  seenAt: Date;
}
declare module '../store/database.ts' {
  interface Database {
    activitySeen: ActivitySeenTable;
  }
}

/** Teams gives up delivering an activity long before. */
const KEPT_MS = 3 * 86_400_000;

/**
 * Runs once per activity: a second delivery waits for the first and gets its answer. What `run` did and that it was done commit together;
 * when it throws, the activity was not seen.
 */
export async function once<Answer>(tx: Tx, key: string | null, at: Date, run: () => Promise<Answer>): Promise<Answer> {
  if (key === null) return run();
  const fresh = await tx
    .insertInto('activitySeen')
    .values({ activityKey: key, answer: null, seenAt: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('activityKey')
    .executeTakeFirst();
  if (!fresh) {
    const seen = await tx.selectFrom('activitySeen').select('answer').where('activityKey', '=', key).executeTakeFirst();
    return (seen?.answer as { given: Answer } | undefined)?.given as Answer;
  }
  const answer = await run();
  await tx
    .updateTable('activitySeen')
    .set({ answer: JSON.stringify({ given: answer ?? null }) })
    .where('activityKey', '=', key)
    .execute();
  return answer;
}

/** What a person was told last about a subject: kept for a while, since each change of a card asks for his view anew. */
export interface Notice {
  readonly sentence: string;
  readonly undo?: { readonly verb: string; readonly subjectId: string; readonly eventId: string };
}
const NOTICE_MS = 2 * 60_000;
const noticeKey = (subject: Subject, contactId: string): string => `notice|${subjectKey(subject)}|${contactId}`;

export async function keepNotice(tx: Tx, subject: Subject, contactId: string, notice: Notice, at: Date): Promise<void> {
  const said = { answer: JSON.stringify(notice), seenAt: at };
  await tx
    .insertInto('activitySeen')
    .values({ activityKey: noticeKey(subject, contactId), ...said })
    .onConflict((conflict) => conflict.column('activityKey').doUpdateSet(said))
    .execute();
}

export async function noticeOf(tx: Tx, subject: Subject, contactId: string, now: Date): Promise<Notice | null> {
  const row = await tx
    .selectFrom('activitySeen')
    .select('answer')
    .where('activityKey', '=', noticeKey(subject, contactId))
    .where('seenAt', '>', new Date(now.getTime() - NOTICE_MS))
    .where('seenAt', '<', new Date(now.getTime() + NOTICE_MS)) // else a wall that was set back would let it stand for as long
    .executeTakeFirst();
  return (row?.answer as Notice | undefined) ?? null;
}

/** Answers hold cards: they are kept as long as a delivery may repeat, no longer. */
export const forgetAnswers = async ({ db, wall }: Pick<Ports, 'db' | 'wall'>): Promise<void> => {
  const before = new Date(wall.now().getTime() - KEPT_MS);
  await db.deleteFrom('activitySeen').where('seenAt', '<', before).execute();
};
