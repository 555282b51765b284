import { sql } from 'kysely';
import type { Capability, DeadlineHandler } from '../../bot/capability.ts';
import { acknowledge } from '../../bot/charter/index.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { graphReader } from '../../bot/graph/index.ts';
import { noteWakes, takeWakes } from '../../bot/graph/waking.ts';
import { responses } from '../../bot/responses/index.ts';
import { setup } from '../../bot/setup/index.ts';
import { cardTexts } from '../support/cards.ts';
import { PEOPLE, TENANT, teamsWorld } from '../support/teams.ts';
import { type EdgeFault, faultyEdges } from './faultyEdges.ts';
import { type Disorder, faultyGraph, type GraphMail } from './faultyGraph.ts';

/** What goes wrong in one step of the story. */
export interface Trouble {
  readonly fault: EdgeFault | null;
  readonly pages: Disorder;
  readonly sweepers: 1 | 2;
}
export const CALM: Trouble = { fault: null, pages: { twice: false, backwards: false, pageSize: 10 }, sweepers: 1 };

interface Letter {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly answers?: string;
}
const ANNA = PEOPLE.anna.address;
const PIETER = PEOPLE.pieter.address;
const CARLO = PEOPLE.carlo.address;
const JOAN = PEOPLE.joan.address;
const on = (time: string) => `2026-11-24T${time}:00Z`;

/**
 * A morning in Manila (it opens at 01:00Z; half an hour is agreed): two questions come due, one of them is answered after its time, a third is
 * asked and answered in time, a fourth stays open.
 */
export const STEPS: readonly { readonly until: string; readonly mail: readonly Letter[] }[] = [
  {
    until: on('01:20'),
    mail: [
      { id: 'stock', at: on('01:05'), from: PIETER, to: [CARLO], cc: [ANNA] },
      { id: 'invoice', at: on('01:06'), from: PIETER, to: [JOAN] },
      { id: 'rosters', at: on('01:08'), from: ANNA, to: [JOAN] },
    ],
  },
  { until: on('01:34'), mail: [{ id: 'rosters-answer', at: on('01:25'), from: JOAN, to: [ANNA], answers: 'rosters' }] },
  { until: on('01:50'), mail: [] },
  {
    until: on('02:05'),
    mail: [
      { id: 'stock-answer', at: on('01:55'), from: CARLO, to: [PIETER], cc: [ANNA], answers: 'stock' },
      { id: 'badges', at: on('01:56'), from: ANNA, to: [CARLO] },
    ],
  },
  { until: on('02:40'), mail: [] },
  // Mail elsewhere that may be an answer is looked for when a wait comes to the end of its time, whenever that mail was read.
  { until: on('12:00'), mail: [] },
];

const BOXES = [PEOPLE.anna, PEOPLE.pieter];
const boxId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** Emptied before each play: what points at a row before the row. Deleting a few rows takes a fraction of truncating the tables. */
const TABLES = [
  ...['alert_spent', 'post', 'question', 'obligation', 'deadline', 'graph_wake', 'graph_subscription', 'graphile_worker._private_jobs'],
  ...['mail_wanted', 'message_to', 'message_copy', 'message', 'thread_partnership', 'thread_tie', 'thread'],
];

/** Mail is read, deadlines are swept and cards are posted by one process that can die anywhere, and is made anew from the database alone. */
export async function openStory() {
  const edges = faultyEdges();
  const mail = faultyGraph((call) => edges.across('graph', call));
  const newReader = () =>
    graphReader({
      graph: mail.graph,
      config: {
        ...{ MAILBOXES: 'contacts', TENANT_ID: TENANT, BACKFILL_DAYS: 90, SWEEP_SECONDS: 3600 },
        ...{ PUBLIC_URL: 'http://localhost:3978', OUT_OF_SCOPE_MAILBOX: undefined },
      },
      onThreads: (tx, threads, now) => responses.on!.mail!(tx, threads, now),
      onMeetings: async () => {},
    }).jobs!;
  let reader = newReader();
  const reading: Capability = {
    name: 'graph',
    jobs: { 'graph.mailbox': { schema: reader['graph.mailbox']!.schema, run: (...given) => reader['graph.mailbox']!.run(...given) } },
  };
  const deadlines: Record<string, DeadlineHandler> = {};
  const world = await teamsWorld({
    capabilities: (all) => {
      const house = [setup(all), responses, reading];
      Object.assign(deadlines, ...house.map((each) => each.deadlines ?? {}));
      return house;
    },
    members: ['anna'],
    edges,
  });
  const { db } = world.ports;
  const ports = edges.ports(world.ports);
  await world.bind('anna');
  await world.client.install('fabrikam', 'anna');
  await world.drain();
  await db
    .updateTable('conversation')
    .set({ audienceConfirmedAt: world.ports.clock.now(), audienceHash: '' })
    .where('kind', '=', 'channel')
    .execute();
  for (const [side, key] of [
    ['client', 'anna'],
    ['provider', 'joan'],
  ] as const) {
    const by = { partnershipId: world.partnershipId, contactId: world.contactId(key), side, owner: true, through: 'card' } as const;
    await world.ports.transaction((tx) => acknowledge(tx, { partnershipId: world.partnershipId, by, now: world.ports.clock.now() }));
  }

  /** Runs what waits in the worker's order; a job that fails waits for another try, that of a process that died stays taken. */
  async function work(): Promise<void> {
    while (!edges.isDead()) {
      const { rows } = await sql<{ id: string; task: string; payload: unknown }>`
        update graphile_worker._private_jobs as job set locked_at = clock_timestamp(), locked_by = 'process', attempts = attempts + 1
        from (select id from graphile_worker._private_jobs where locked_at is null and attempts < max_attempts
          and run_at <= clock_timestamp() + interval '1 second' order by priority, run_at, id limit 1) as next, graphile_worker._private_tasks as task
        where job.id = next.id and task.id = job.task_id
        returning job.id, task.identifier as task, job.payload`.execute(db);
      const job = rows[0];
      if (!job) return;
      const handler = world.handlers[job.task];
      try {
        const end = await handler?.run(handler.schema.parse(job.payload), { ports, lastAttempt: false });
        await end?.();
        if (edges.isDead()) return;
        await sql`delete from graphile_worker._private_jobs where id = ${job.id}`.execute(db);
      } catch {
        if (edges.isDead()) return;
        await sql`update graphile_worker._private_jobs set locked_at = null, locked_by = null, run_at = clock_timestamp() + interval '1 hour'
          where id = ${job.id}`.execute(db);
      }
    }
  }

  const dueBy = async (at: Date) =>
    (await db.selectFrom('deadline').select('at').where('parkedAt', 'is', null).where('at', '<=', at).orderBy('at').limit(1).execute())[0]
      ?.at;
  /** Time passes until an instant, stopping at what is due on the way. */
  async function passTo(until: string, sweepers: number): Promise<void> {
    for (let met = await dueBy(new Date(until)); met && !edges.isDead(); met = await dueBy(new Date(until))) {
      if (met > world.ports.clock.now()) world.setClock(met.toISOString());
      const swept = await Promise.all(Array.from({ length: sweepers }, () => sweep(ports, deadlines)));
      if (swept.some(({ failed }) => failed) || swept.every(({ run }) => run === 0)) break;
      await work();
    }
    if (!edges.isDead()) world.setClock(until);
  }

  /** A process is started where one died, and time goes by until leases, paces and waits for another try are over. */
  async function rest(until: string): Promise<void> {
    edges.restart();
    reader = newReader();
    for (let round = 0; round < 12; round++) {
      await sql`update graphile_worker._private_jobs set locked_at = null, locked_by = null, run_at = least(run_at, clock_timestamp())
        where attempts < max_attempts`.execute(db);
      await sql`update post set lease_until = null where lease_until is not null`.execute(db);
      await sql`update deadline set lease_until = null where lease_until is not null`.execute(db);
      await sql`update conversation set pace_short_at = null, pace_long_at = null, wait_until = null`.execute(db);
      await takeWakes(ports);
      await work();
      await passTo(until, 1);
      const { rows } = await sql<{ left: number }>`
        select ((select count(*) from graphile_worker._private_jobs where attempts < max_attempts) + (select count(*) from graph_wake)
          + (select count(*) from deadline where at <= ${new Date(until)} or lease_until is not null))::int as left`.execute(db);
      if (rows[0]!.left === 0) return;
    }
    throw new Error('work is left that does not end');
  }

  async function begin(): Promise<void> {
    edges.restart();
    mail.empty();
    mail.order(CALM.pages);
    await sql
      .raw(`${TABLES.map((table) => `delete from ${table}`).join('; ')}; delete from journal where subject_kind = 'obligation'`)
      .execute(db);
    world.setClock(on('00:50'));
    // the folders were listed and read once: the mailboxes are empty again, and are followed from there
    for (const { objectId } of BOXES)
      await sql`update mail_folder set next_link = null, due = 0, complete = true,
        delta_link = ${mail.start(objectId)} || folder_id || '/messages/delta?from=0'
        from mailbox where mailbox.id = mailbox_id and user_id = ${objectId}`.execute(db);
  }

  async function openMailboxes(): Promise<void> {
    await begin();
    for (const [n, { address, objectId }] of BOXES.entries()) {
      await sql`insert into mailbox (id, address, addresses, user_id, state, calendar_due)
        values (${boxId(n)}, ${address}, ${[address]}, ${objectId}, 'reading', false)`.execute(db);
      await sql`insert into mailbox_partnership (mailbox_id, partnership_id, contact_id)
        values (${boxId(n)}, ${world.partnershipId}, ${world.contactId(BOXES[n]!.key)})`.execute(db);
    }
    await noteWakes(
      db,
      BOXES.map((_, n) => boxId(n)),
    );
    await rest(on('00:55'));
  }

  await openMailboxes();

  let plays = 0;
  /** Plays the story. @returns how many of the faults were met */
  async function play(troubles: readonly Trouble[]): Promise<number> {
    await begin();
    plays += 1;
    let met = 0;
    for (const [index, { until, mail: letters }] of STEPS.entries()) {
      const { fault, pages, sweepers } = troubles[index] ?? CALM;
      mail.order(pages);
      if (letters.length > 0) world.setClock(letters.at(-1)!.at);
      for (const letter of letters) lay(letter);
      if (letters.length > 0)
        await noteWakes(
          db,
          BOXES.map((_, n) => boxId(n)),
        );
      edges.arm(fault);
      try {
        await takeWakes(ports);
        await work();
        await passTo(until, sweepers);
        await work();
      } catch {} // it died, or its connection was cut: whatever is left is found below
      if (edges.restart()) met += 1;
      await rest(until);
    }
    world.troubles.splice(0);
    return met;
  }

  function lay({ id, at, from, to, cc = [], answers }: Letter): void {
    const party = (address: string) => ({ emailAddress: { address, name: address } });
    const named = (one: string) => `<${one}-${plays}@mail>`;
    for (const { address, objectId } of BOXES.filter((box) => [from, ...to, ...cc].includes(box.address))) {
      const sent = from === address;
      const copy: GraphMail = {
        id: `${address}/${id}-${plays}`,
        internetMessageId: named(id),
        conversationId: `${address}/${answers ?? id}-${plays}`,
        subject: `${answers ? 'Re: ' : ''}About ${answers ?? id}`,
        ...{ from: party(from), sender: party(from), toRecipients: to.map(party), ccRecipients: cc.map(party) },
        ...{
          receivedDateTime: at,
          sentDateTime: at,
          importance: 'high',
          isDraft: false,
          categories: [],
          flag: { flagStatus: 'notFlagged' },
        },
        ...(!sent && { internetMessageHeaders: answers ? [{ name: 'In-Reply-To', value: named(answers) }] : [] }),
      };
      mail.put(objectId, sent ? 'sentitems' : 'inbox', copy);
    }
  }

  /** What is wrong of a card that stands twice heals when it is pressed; that it may has to be on record. @returns how many there were */
  async function healDoubles(): Promise<number> {
    const posts = await db.selectFrom('post').selectAll().execute();
    const held = new Set(posts.filter(({ state }) => state === 'posted').map(({ activityId }) => activityId));
    let strays = 0;
    for (const { id } of await db.selectFrom('obligation').select('id').execute())
      for (const stray of cardsOf(id).filter((card) => !held.has(card.id))) {
        if (!posts.some(({ subjectId, possibleDouble }) => subjectId === id && possibleDouble))
          throw new Error('a card stands twice, and nothing says that it may');
        strays += 1;
        const data = { subjectKind: 'obligation', subjectId: id };
        await world.client.press('anna', stray.id, { type: 'Action.Execute', verb: 'card.refresh', data });
      }
    await rest(STEPS.at(-1)!.until);
    return strays;
  }
  /** A card that is done with has no button that names its obligation: it is known by its post. */
  const cardsOf = (id: string, held: ReadonlySet<string | null> = new Set()) =>
    world.posted().filter((message) => held.has(message.id) || JSON.stringify(message.content).includes(id));

  /** How the story stands: what is recorded, what happened, what is still to come, what people see. Without ids that are drawn. */
  async function outcome(): Promise<unknown> {
    const { rows } = await sql<Record<string, unknown> & { id: string; subject: string }>`
      select obligation.*, message.subject from obligation join message on key = opening_key order by message.subject, opened_at`.execute(
      db,
    );
    const minute = (at: unknown) => (at instanceof Date ? at.toISOString().slice(0, 16) : at);
    const waits = [];
    for (const row of rows) {
      const events = await db
        .selectFrom('journal')
        .select(['seq', 'kind', 'bySide', 'through', 'at'])
        .where('subjectKind', '=', 'obligation')
        .where('subjectId', '=', row.id)
        .orderBy('seq')
        .execute();
      const deadlines = await db.selectFrom('deadline').select(['kind', 'at']).where('subjectId', '=', row.id).orderBy('kind').execute();
      const posts = await db.selectFrom('post').select(['state', 'activityId']).where('subjectId', '=', row.id).execute();
      const { subject, state, ending, debtor, verdict, priority, openedAt, dueAt, warnAt, alertAt, pastDueAt, endedAt } = row;
      waits.push({
        ...{ subject, state, ending, debtor, verdict, priority },
        at: [openedAt, dueAt, warnAt, alertAt, pastDueAt, endedAt].map(minute),
        events: events.map((event) => ({ ...event, at: minute(event.at) })),
        deadlines,
        posts: posts.map(({ state }) => state),
        cards: cardsOf(row.id, new Set(posts.map(({ activityId }) => activityId))).map((card) =>
          cardTexts(world.cardOf(card)).map((text) => text.replaceAll(row.id, 'id')),
        ),
      });
    }
    const { rows: mails } = await sql<Record<string, unknown>>`
      select subject, is_reply, (select count(*)::int from message_copy where message_key = key) as copies from message order by subject, at`.execute(
      db,
    );
    const { rows: folders } = await sql<Record<string, unknown>>`
      select address, folder_id, due, complete, (select count(*)::int from mail_wanted where mailbox_id = mailbox.id) as wanted
      from mail_folder join mailbox on mailbox.id = mailbox_id order by 1, 2`.execute(db);
    return { waits, mails, folders };
  }

  return { play, healDoubles, outcome, close: () => world.close() };
}
