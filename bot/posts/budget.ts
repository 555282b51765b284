import { sql } from 'kysely';
import type { CardKind, DeadlineHandler, Subject } from '../capability.ts';
import { subjectKey } from '../capability.ts';
import { setDeadline } from '../deadlines/index.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { requestAlerts, requestPost } from './request.ts';
import { openChannel } from './store.ts';

/** The deadline at which a new day's room is given out. */
export const ALERTS_DEADLINE = 'post.alerts';

/** What was agreed about alerts in a channel, for the day of `now`. `onDate` is the provider's date. */
export interface AlertTerms {
  readonly perDay: number;
  readonly onDate: string;
  readonly nextDayAt: Date;
}

interface Waiting {
  readonly subject: Subject;
  readonly weight: number;
}

/**
 * Gives the room that is left today in a channel to the alert cards that wait for it, most important first; the rest is looked at on the
 * provider's next working day. A card that nobody wants any more leaves the queue.
 */
export async function giveRoom(
  tx: Tx,
  kinds: ReadonlyMap<string, CardKind>,
  partnershipId: string,
  terms: AlertTerms,
  now: Date,
): Promise<void> {
  await lockSubject(tx, { kind: 'alerts', id: partnershipId });
  const channel = await openChannel(tx, partnershipId);
  if (!channel) return;
  const { onDate, perDay, nextDayAt } = terms;
  const waiting = await stillWaiting(tx, kinds, channel.id, partnershipId, now);
  const { used } = await tx
    .selectFrom('alertSpent')
    .select(({ fn }) => fn.countAll<string>().as('used'))
    .where('partnershipId', '=', partnershipId)
    .where('onDate', '=', onDate)
    .executeTakeFirstOrThrow();
  const room = Math.max(0, perDay - Number(used));
  for (const { subject } of waiting.slice(0, room)) {
    await tx
      .insertInto('alertSpent')
      .values({ partnershipId, onDate, subjectKey: subjectKey(subject) })
      .execute();
    await requestPost(tx, subject);
  }
  if (waiting.length > room)
    await setDeadline(tx, { kind: ALERTS_DEADLINE, subject: { kind: 'partnership', id: partnershipId }, at: nextDayAt });
}

/** Cards that wait for room and are still wanted, by what they weigh now. */
async function stillWaiting(
  tx: Tx,
  kinds: ReadonlyMap<string, CardKind>,
  channelId: string,
  partnershipId: string,
  now: Date,
): Promise<Waiting[]> {
  const { rows } = await sql<Subject>`
    select subject_kind as kind, subject_id as id from post
    where conversation_id = ${channelId} and state = 'intended' and alert_weight is not null
      and not exists (select 1 from alert_spent where partnership_id = ${partnershipId} and subject_key = subject_kind || ':' || subject_id)
    order by alert_weight desc, intended_at, subject_id limit 200`.execute(tx);
  const weighed: Waiting[] = [];
  for (const subject of rows) {
    const placements = (await kinds.get(subject.kind)?.placements(tx, subject.id, now)) ?? [];
    const here = placements.find(({ where }) => where.kind === 'channel' && where.partnershipId === partnershipId);
    if (here?.state === 'wanted' && here.alertWeight !== undefined) weighed.push({ subject, weight: here.alertWeight });
    else await requestPost(tx, subject); // sent without the budget, or dropped
  }
  return weighed.sort((a, b) => b.weight - a.weight);
}

/** A new day: the cards that wait for room are looked at again. */
export const alertsDeadline: DeadlineHandler = { run: ({ subject }, { tx }) => requestAlerts(tx, subject.id) };
