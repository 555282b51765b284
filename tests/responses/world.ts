import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import type { Actor, Capability, Viewer } from '../../bot/capability.ts';
import { acknowledge, contactIdOf, currentCharter, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { obligationView, placements, responses } from '../../bot/responses/index.ts';
import { gateOf, ingest, type MailItem } from '../../bot/threads/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const CHARTERS = path.join(import.meta.dirname, '..', 'support', 'charters');
const mailboxId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const person = (address: string) => ({ address, name: address.split('@')[0]! });

export interface Letter {
  id: string;
  from: string;
  to: readonly string[];
  cc?: readonly string[];
  subject?: string;
  /** UTC */
  at: string;
  replyTo?: string;
  importance?: MailItem['importance'];
  /** An automatic reply, or an invitation. */
  kind?: 'automatic' | 'invitation';
}

const headersOf = ({ replyTo, kind }: Letter): Map<string, string[]> => {
  const headers = new Map<string, string[]>();
  if (replyTo) headers.set('in-reply-to', [`<${replyTo}@mail>`]);
  if (kind === 'automatic') headers.set('auto-submitted', ['auto-replied']);
  return headers;
};

/** Contoso with Fabrikam on a real database: mail goes in through `ingest`, time passes through `sweep`, presses through the actions. */
export class ResponsesWorld {
  readonly partnershipId = partnershipIdOf('fabrikam');
  capability: Capability = responses;
  readonly base: TestDatabase;
  private readonly mailboxes = ['anna@contoso.com', 'pieter@contoso.com'];

  private constructor(base: TestDatabase) {
    this.base = base;
  }

  static async open(start: string, agreed = true): Promise<ResponsesWorld> {
    const world = new ResponsesWorld(await testDatabase());
    const { clock, db } = world.base;
    clock.set('2026-11-02T07:00:00Z');
    await world.agree((text) => text, agreed);
    for (const [n, address] of world.mailboxes.entries())
      await sql`insert into mailbox (id, address, state) values (${mailboxId(n)}, ${address}, 'reading')`.execute(db);
    clock.set(start);
    return world;
  }

  /** Loads what the charter file becomes by `change`, and lets both sides agree to it. */
  async agree(change: (text: string) => string, agreed = true): Promise<void> {
    const { ports, clock } = this.base;
    const folder = await mkdtemp(path.join(tmpdir(), 'charters-'));
    await writeFile(path.join(folder, 'fabrikam.yaml'), change(await readFile(path.join(CHARTERS, 'fabrikam.yaml'), 'utf8')));
    const { problems } = await loadCharters(ports, folder);
    if (problems.length) throw new Error(JSON.stringify(problems));
    await rm(folder, { recursive: true });
    if (agreed)
      for (const by of [this.actor('client', 'anna'), this.actor('provider', 'joan')])
        await ports.transaction((tx) => acknowledge(tx, { partnershipId: this.partnershipId, by, now: clock.now() }));
  }

  /** What follows once a change of the charter is committed: the capability is told, and its jobs run. */
  async charterChanged(): Promise<void> {
    const { ports, clock, db } = this.base;
    await ports.transaction((tx) => this.capability.on!.charter!(tx, this.partnershipId, clock.now()));
    const { rows } = await sql<{ payload: unknown }>`
      with gone as (delete from graphile_worker._private_jobs using graphile_worker._private_tasks as tasks
        where tasks.id = task_id and tasks.identifier = 'responses.refold' returning payload)
      select payload from gone`.execute(db);
    const job = this.capability.jobs!['responses.refold']!;
    for (const { payload } of rows) await job.run(job.schema.parse(payload), { ports, lastAttempt: false });
  }

  actor(side: Side, key: string, owner = true): Actor {
    return { partnershipId: this.partnershipId, contactId: contactIdOf(this.partnershipId, key), side, owner, through: 'tab' };
  }

  /** Delivers each letter to every mailbox of somebody on it, in the order given; `again` delivers all twice. */
  async deliver(
    letters: readonly Letter[],
    { again = false, boxes = this.mailboxes }: { again?: boolean; boxes?: readonly string[] } = {},
  ): Promise<void> {
    for (const letter of again ? [...letters, ...letters] : letters)
      for (const address of boxes)
        if ([letter.from, ...letter.to, ...(letter.cc ?? [])].includes(address)) await this.copy(letter, address);
  }

  private async copy(letter: Letter, address: string): Promise<void> {
    const { ports } = this.base;
    const sent = letter.from === address;
    const sentAt = new Date(letter.at);
    const item: MailItem = {
      id: `${address}/${letter.id}`,
      messageId: `<${letter.id}@mail>`,
      conversationId: `${address}/${letter.replyTo ?? letter.id}`,
      subject: letter.subject ?? 'Server move',
      from: person(letter.from),
      to: letter.to.map(person),
      cc: (letter.cc ?? []).map(person),
      receivedAt: sentAt,
      sentAt,
      importance: letter.importance ?? 'normal',
      headers: sent ? undefined : headersOf(letter),
      ...(letter.kind === 'invitation' && { type: '#microsoft.graph.eventMessageRequest' }),
      webLink: `https://outlook.office.com/mail/${letter.id}`,
    };
    await ports.transaction(async (tx) => {
      const charter = await currentCharter(tx, this.partnershipId, ports.clock.now());
      await ingest(
        tx,
        [
          {
            mailbox: { id: mailboxId(this.mailboxes.indexOf(address)), address, addresses: [address] },
            folder: { id: sent ? 'sent' : 'inbox', role: sent ? 'sent' : 'mail', round: 1 },
            items: [item],
            removed: [],
          },
        ],
        { gate: gateOf([charter]), now: ports.clock.now(), onThreads: (t, threads, now) => this.capability.on!.mail!(t, threads, now) },
      );
    });
  }

  /** Time passes until an instant, through the deadlines. */
  async until(at: string): Promise<void> {
    const { clock, ports, db } = this.base;
    for (;;) {
      const next = await db
        .selectFrom('deadline')
        .select('at')
        .where('parkedAt', 'is', null)
        .where('at', '<=', new Date(at))
        .orderBy('at')
        .limit(1)
        .executeTakeFirst();
      if (!next) break;
      if (next.at > clock.now()) clock.set(next.at);
      const { failed } = await sweep(ports, this.capability.deadlines!);
      if (failed) throw new Error('a deadline did not run');
    }
    clock.set(at);
  }

  async press(verb: string, id: string, actor: Actor, input: Record<string, unknown> = {}, revision?: number) {
    const { ports } = this.base;
    const action = this.capability.actions![`obligation.${verb}`]!;
    return ports.transaction((tx) =>
      action.run({ tx, now: ports.clock.now(), actor, subjectId: id, input: action.schema.parse(input), revision }),
    );
  }

  /** Forgets all mail and what was made of it. */
  async forget(): Promise<void> {
    const { db } = this.base;
    await sql`truncate thread, thread_tie, thread_partnership, message, message_to, message_copy, obligation, question, learned_pattern,
      deadline, calendar_event cascade`.execute(db);
    await sql`delete from graphile_worker._private_jobs`.execute(db);
  }

  /** What one reader sees of an obligation now. */
  view(id: string, viewer: Viewer): Promise<ObligationView> {
    const { ports, clock } = this.base;
    return ports.transaction(async (tx) => (await obligationView(tx, id, viewer, clock.now()))!);
  }

  /** What stands open to people about an obligation: `anna: expected`. */
  async questions(id: string): Promise<string[]> {
    const { ports, clock, db } = this.base;
    const { sides } = await ports.transaction((tx) => currentCharter(tx, this.partnershipId, clock.now()));
    const people = [...sides.client.contacts, ...sides.provider.contacts];
    const rows = await db.selectFrom('question').selectAll().where('obligationId', '=', id).where('answeredAt', 'is', null).execute();
    return rows.map((row) => `${people.find((each) => each.id === row.contactId)!.key}: ${row.kind}`).sort();
  }

  rows() {
    return this.base.db.selectFrom('obligation').selectAll().orderBy('openedAt').orderBy('id').execute();
  }

  /** Where the card of an obligation is wanted now: `channel`, or the keys of people. */
  async wanted(id: string): Promise<string[]> {
    const { ports, clock } = this.base;
    const found = await ports.transaction((tx) => placements(tx, id, clock.now()));
    const { sides } = await ports.transaction((tx) => currentCharter(tx, this.partnershipId, clock.now()));
    const people = [...sides.client.contacts, ...sides.provider.contacts];
    return found
      .filter((each) => each.state === 'wanted')
      .map(({ where }) => (where.kind === 'personal' ? people.find((each) => each.id === where.contactId)!.key : where.kind))
      .sort();
  }

  /** Takes away, and names, the jobs that wait for an obligation's card. */
  async jobsOf(id: string): Promise<string[]> {
    const { rows } = await sql<{ task: string }>`
      with gone as (delete from graphile_worker._private_jobs where key = ${`post:obligation:${id}`} returning task_id)
      select identifier as task from gone join graphile_worker._private_tasks as tasks on tasks.id = gone.task_id`.execute(this.base.db);
    return rows.map((row) => row.task);
  }

  async close(): Promise<void> {
    await this.base.close();
  }
}
