import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { wall } from '../../bot/clock.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import type { SentMail } from '../../infra/local/tenant/index.ts';
import { cardOf, subjectOf } from '../journeys/cards.ts';
import type { Life } from '../journeys/life.ts';
import type { Place } from '../journeys/place.ts';
import { cardTexts } from '../support/cards.ts';

/** Work has to go on within so long of a fault. */
export const GOES_ON_WITHIN_MS = 60_000;

/** One thing that happens on the day. Doing it again after a fault does what is not done yet. */
export interface Step {
  readonly name: string;
  run(): Promise<void>;
}

/** Presses that were answered, by what has to hold of them ever after. */
interface Answered {
  readonly subject: string;
  readonly holds: (said: readonly string[]) => boolean;
}

/**
 * A working day of one story, the same each time it is played: two questions of the client with two working hours each; a promise, an answer
 * by mail, an answer by phone; a warning and a card for each.
 * @param on - `2027-01-05`, a working day in Amsterdam and Manila. Manila opens at 01:00Z
 */
export function dayOf(place: Place, life: Life, on: string) {
  const at = (time: string) => `${on}T${time}Z`;
  const [stock, invoice] = [`Stock levels ${on}`, `Invoice ${on}`];
  const answered: Answered[] = [];
  let asked: SentMail | undefined;
  const once = new Set<string>();
  const write = (letter: Parameters<Life['write']>[0]): SentMail | undefined => {
    if (once.has(letter.subject + letter.at)) return undefined; // Graph lost nothing when we fell
    once.add(letter.subject + letter.at);
    return life.write(letter);
  };
  const said = async (subject: string): Promise<string[]> => {
    const { id } = await life.waitOf('anna', subject);
    return (await life.obligation('carlo', id)).history.filter((line) => line.said).map((line) => line.text);
  };
  /** Somebody looks at the newest card and presses, unless what he would say stands there already. */
  const press = async (key: string, subject: string, verb: string, inputs: Record<string, string>): Promise<void> => {
    const before = await said(subject);
    if (before.length > 0) return;
    const { id } = await life.waitOf('anna', subject);
    await goesOn('the card', async () => life.cards('fabrikam', id).length > 0);
    const pressed = await life.press(key, life.cards('fabrikam', id).at(-1)!, verb, { inputs });
    if (pressed.kind !== 'card') throw new Error(`a press was answered ${JSON.stringify(pressed).slice(0, 200)}`);
    answered.push({ subject, holds: (lines) => lines.length === 1 });
  };
  const steps: readonly Step[] = [
    {
      name: 'ask',
      async run() {
        asked = write({ at: at('01:10'), from: 'anna', to: ['carlo'], subject: stock, importance: 'high' }) ?? asked;
        await life.until(at('01:20'));
      },
    },
    { name: 'warn and post', run: () => life.until(at('03:20')) },
    { name: 'promise', run: () => press('carlo', stock, 'obligation.promise', { on }) },
    {
      name: 'answer and ask',
      async run() {
        write({ at: at('04:00'), from: 'carlo', to: ['anna'], subject: `Re: ${stock}`, ...(asked && { answers: asked }) });
        write({ at: at('04:05'), from: 'anna', to: ['joan'], subject: invoice, importance: 'high' });
        await life.until(at('04:20'));
      },
    },
    { name: 'post', run: () => life.until(at('06:20')) },
    { name: 'say', run: () => press('joan', invoice, 'obligation.answeredElsewhere', { how: 'phone' }) },
    { name: 'rest of the day', run: () => life.until(at('06:40')) },
  ];
  return {
    steps,
    /** What was answered before a fault holds after it. @returns the subjects for which it does not */
    async lost(): Promise<string[]> {
      const lost: string[] = [];
      for (const { subject, holds } of answered) if (!holds(await said(subject))) lost.push(subject);
      return lost;
    },
    outcome: () => outcomeOf(place, life, on, [stock, invoice]),
  };
}
export type Day = ReturnType<typeof dayOf>;

/** How the story stands: what is stored, what the history says, what people see; without the date, and without seconds of the wall. */
async function outcomeOf(place: Place, life: Life, on: string, subjects: readonly string[]) {
  const { db } = place.database;
  const outcome: unknown[] = [];
  for (const subject of subjects) {
    const { rows } = await sql<Record<string, unknown> & { id: string; openedAt: Date; dueAt: Date; pastDueAt: Date | null }>`
      select obligation.* from obligation join message on message.key = opening_key where message.subject = ${subject} order by opened_at`.execute(
      db,
    );
    const { rows: messages } = await sql<{ n: number; copies: number }>`
      select count(distinct message.key)::int as n, count(*)::int as copies from message join message_copy on message_key = message.key
      where bare_subject = ${subject.toLowerCase()} or subject = ${subject}`.execute(db);
    for (const row of rows) {
      const events = await db
        .selectFrom('journal')
        .select(['kind', 'bySide', 'through', 'seq'])
        .where('subjectKind', '=', 'obligation')
        .where('subjectId', '=', row.id)
        .orderBy('seq')
        .execute();
      const { state, ending, debtor, verdict, why, turns, record } = row as Record<string, unknown>;
      const looks = (cards: readonly StoredMessage[]) => cards.map((card) => cardTexts(cardOf(card)).map((text) => timeless(text, on)));
      outcome.push({
        ...{ subject: timeless(subject, on), state, ending, debtor, verdict, why, turns },
        inTime: (record as { inTime?: boolean } | null)?.inTime ?? null,
        dueSeconds: (row.dueAt.getTime() - row.openedAt.getTime()) / 1000,
        pastDueSeconds: row.pastDueAt && (row.pastDueAt.getTime() - row.openedAt.getTime()) / 1000,
        messages,
        events,
        channel: looks(life.cards('fabrikam', row.id)),
        ...Object.fromEntries(ALONE.map((key) => [key, looks(chatCards(place, life, key).filter((card) => isAbout(card, subject)))])),
      });
    }
  }
  return outcome;
}

/** Who is warned alone, in his own chat with the bot. */
const ALONE = ['carlo', 'joan'];
const chatCards = (place: Place, life: Life, key: string): StoredMessage[] =>
  place.connector.messagesIn(life.chatOf(key)).filter(({ from, content }) => from === 'bot' && content.attachments?.length);
/** A card that is done with has no button that names its obligation; in private it names the mail. */
const isAbout = (card: StoredMessage, subject: string): boolean => cardTexts(cardOf(card)).some((text) => text.includes(`“${subject}”`));

const WEEKDAY = /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(day|sday|nesday|rsday|urday)?\b/g;
const DATE = /\b\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*( \d{4})?\b/g;
const timeless = (text: string, on: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'instant')
    .replaceAll(on, 'today')
    .replaceAll(WEEKDAY, 'day')
    .replaceAll(DATE, 'date')
    .replaceAll(/\b\d\d:\d\d\b/g, 'time');

/** Waits until an instance is there and well, for no longer than work may stand still. */
export async function ready(place: Place): Promise<void> {
  const giveUpAt = wall.now().getTime() + GOES_ON_WITHIN_MS;
  for (;;) {
    const answer = await fetch(`${place.url()}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    if (wall.now().getTime() > giveUpAt) throw new Error(`not ready: ${answer ? await answer.text() : 'no answer'}`);
    await sleep(50);
  }
}

/** Waits until something holds by itself, for no longer than work may stand still. An expectation that throws does not hold yet. */
export async function goesOn(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = wall.now().getTime() + GOES_ON_WITHIN_MS;
  for (;;) {
    let why: unknown;
    try {
      if (await holds()) return;
    } catch (error) {
      why = error;
    }
    if (wall.now().getTime() > giveUpAt) throw why ?? new Error(`${what}: not within a minute`);
    await sleep(100);
  }
}

/** Time goes by until leases, paces and waits for another try are over; then what is left is done. Nothing else is touched. */
export async function rest(place: Place): Promise<void> {
  for (let round = 0; round < 12; round++) {
    const { db } = place.database;
    await sql`update post set lease_until = null where lease_until is not null`.execute(db);
    await sql`update deadline set lease_until = null where lease_until is not null`.execute(db);
    await sql`update conversation set pace_short_at = null, pace_long_at = null, wait_until = null`.execute(db);
    const { rows } = await sql<{ left: number }>`
      with late as (
        update graphile_worker._private_jobs set run_at = least(run_at, created_at)
        where last_error is not null and locked_at is null and attempts < max_attempts returning 1 -- one at its last is replaced, and swept soon
      )
      select (select count(*) from late)::int as left`.execute(db);
    await sql`select pg_notify('jobs:insert', '{"count":8}')`.execute(db);
    await place.mover.catchUp();
    const { rows: sending } = await sql`select 1 from post where state = 'sending' and not possible_double`.execute(db);
    if (rows[0]!.left === 0 && sending.length === 0) return;
    for (const { id } of await db.selectFrom('post').select('subjectId as id').where('state', '=', 'sending').execute())
      await sql`select graphile_worker.add_job('post.refresh', ${JSON.stringify({ kind: 'obligation', id })}::json, job_key => ${`post:obligation:${id}`})`.execute(
        db,
      );
  }
  throw new Error(`work is left that does not end: ${JSON.stringify(await left(place))}`);
}

/** What `rest` waits for in vain: kinds, states and times, for whoever has to find out why. */
async function left({ database: { db } }: Place): Promise<unknown> {
  const { rows: jobs } = await sql`
    select key, attempts, run_at, locked_at, locked_by, last_error, now() from graphile_worker.jobs where last_error is not null`.execute(
    db,
  );
  const { rows: posts } = await sql`
    select subject_kind, post.state, possible_double, lease_until, wait_until
    from post join conversation on conversation.id = post.conversation_id where post.state = 'sending'`.execute(db);
  return { jobs, posts };
}

/** Whoever finds a card twice presses on it, and it heals. A card twice has to be on record as possible. @returns how many there were */
export async function healDoubles(place: Place, life: Life): Promise<number> {
  const { db } = place.database;
  const held = new Set(
    (await db.selectFrom('post').select('activityId').where('state', '=', 'posted').execute()).map(({ activityId }) => activityId),
  );
  const seen = [
    ...life.cards('fabrikam').map((card) => ['anna', card] as const),
    ...ALONE.flatMap((key) => chatCards(place, life, key).map((card) => [key, card] as const)),
  ];
  const strays = seen.filter(([, { id }]) => !held.has(id));
  for (const [key, stray] of strays) {
    const subject = subjectOf(cardOf(stray));
    if (subject?.kind !== 'obligation') throw new Error(`nobody knows what a card is about: ${cardTexts(cardOf(stray)).join(' | ')}`);
    const known = await db.selectFrom('post').select('id').where('subjectId', '=', subject.id).where('possibleDouble', '=', true).execute();
    if (known.length === 0) throw new Error(`a card stands twice, and nothing says that it may: ${subject.id}`);
    const data = { subjectKind: 'obligation', subjectId: subject.id };
    await life.pressButton(key, stray, { type: 'Action.Execute', verb: 'card.refresh', data });
  }
  if (strays.length > 0) await rest(place);
  return strays.length;
}
