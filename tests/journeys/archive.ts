import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { acknowledge, activePartnerships, contactIdOf, currentCharter, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import { SIDES } from '../../bot/contract/sides.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { graphMessage } from '../../bot/graph/item.ts';
import { responses } from '../../bot/responses/index.ts';
import { type StoredObligation, stored } from '../../bot/responses/store.ts';
import { type Gate, gateOf, ingest, type MailItem } from '../../bot/threads/index.ts';
import { messageJson } from '../../infra/local/graph/message-json.ts';
import type { Copy } from '../../infra/local/graph/model.ts';
import { postOffice } from '../../infra/local/graph/post-office.ts';
import { readTenant, type SentMail, type Tenant, writeCharters } from '../../infra/local/tenant/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/** Before the first mail of the archive, when both sides agree here; after the last wait of it can have lapsed. */
const AGREED_AT = '2019-04-15T16:00:00Z';
const AFTER_ALL = '2026-07-01T00:00:00Z';
const OWNERS = { 'provider-a': { client: 'stella', provider: 'aldo' }, 'provider-b': { client: 'ada', provider: 'vera' } };
export type ArchiveSlug = keyof typeof OWNERS;
export const ALL: readonly ArchiveSlug[] = ['provider-a', 'provider-b'];
const VIEW = { select: null, immutableIds: true, bodies: false, headersHidden: false };
const PAGE = 100;

interface Held {
  readonly copy: Copy;
  readonly item: MailItem;
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/**
 * The archive of real mail as the client's mailboxes hold it, read into a database of its own by the rules of production: the gate, joining,
 * the fold and its deadlines. Its charters count from before the first mail, so that all of it is judged alike.
 */
export class Archive {
  readonly tenant: Tenant;
  readonly mails: readonly SentMail[];
  readonly base: TestDatabase;
  private readonly held: readonly Held[];
  private readonly charters: string;
  private gate: Gate | null = null;

  private constructor(tenant: Tenant, mails: readonly SentMail[], held: readonly Held[], base: TestDatabase, charters: string) {
    this.tenant = tenant;
    this.mails = mails;
    this.held = held;
    this.base = base;
    this.charters = charters;
  }

  static async open(): Promise<Archive> {
    const tenant = await readTenant('infra/local/tenants/real-mail', { anchor: new Date(AGREED_AT) });
    const office = await postOffice(tenant);
    office.release(new Date(AFTER_ALL));
    const copies = [...office.stores.values()].flatMap((store) => [...store.copies.values()]);
    // `$select` of the reader leaves the headers of sent copies out, as Graph does.
    const select = [
      'internetMessageHeaders',
      ...Object.keys(messageJson(copies[0]!, VIEW)).filter((name) => name !== 'id' && !name.startsWith('@')),
    ];
    const held = copies.map((copy) => ({ copy, item: graphMessage(messageJson(copy, { ...VIEW, select }, true) as { id: string }) }));
    const mails: SentMail[] = [];
    for await (const mail of tenant.mail()) mails.push(mail);

    const charters = await mkdtemp(path.join(tmpdir(), 'archive-charters-'));
    const early = tenant.charters.map((file) => ({ ...file, text: file.text.replace(/^effective: .*$/m, `effective: ${AGREED_AT}`) }));
    await writeCharters({ charters: early }, charters);
    const archive = new Archive(tenant, mails, held, await testDatabase(), charters);
    await archive.agree();
    return archive;
  }

  private async agree(): Promise<void> {
    const { clock, ports, db } = this.base;
    await this.at(new Date(AGREED_AT));
    for (const [slug, owners] of Object.entries(OWNERS)) {
      const partnershipId = partnershipIdOf(slug);
      for (const side of SIDES) {
        const by = { partnershipId, contactId: contactIdOf(partnershipId, owners[side]), side, owner: true, through: 'tab' as const };
        await ports.transaction((tx) => acknowledge(tx, { partnershipId, by, now: clock.now() }));
      }
    }
    for (const { objectId, address } of this.tenant.mailboxes)
      await sql`insert into mailbox (id, address, state) values (${objectId}, ${address}, 'reading')`.execute(db);
    this.gate = gateOf(await Promise.all((await activePartnerships(db)).map(({ id }) => currentCharter(db, id, clock.now()))));
  }

  /** Sets the clock. Charters are looked at whenever a year begins, as the service does it: lists of holidays are continued. */
  private async at(now: Date): Promise<void> {
    const { clock, ports } = this.base;
    const before = this.gate ? clock.now().getUTCFullYear() : now.getUTCFullYear() - 1;
    for (let year = before + 1; year <= now.getUTCFullYear(); year += 1) {
      clock.set(year === now.getUTCFullYear() ? now : `${year}-01-01T00:00:00Z`);
      await loadCharters(ports, this.charters);
    }
    clock.set(now);
  }

  /** All at once, long after: mailbox by mailbox, newest first, as the back-fill reads. */
  async readAtOnce(): Promise<void> {
    await this.at(new Date(AFTER_ALL));
    const folders = groupBy(this.held, ({ copy }) => `${copy.mailbox.settings.address} ${copy.sent}`);
    for (const folder of folders.values()) {
      const newest = folder.toSorted((a, b) => b.copy.receivedMs - a.copy.receivedMs);
      for (let from = 0; from < newest.length; from += PAGE) await this.take(newest.slice(from, from + PAGE));
    }
  }

  /** Mail by mail as it came, time passing in between through the deadlines. */
  async readAsItCame(): Promise<void> {
    const byMail = groupBy(this.held, ({ copy }) => copy.message.mail.messageId);
    const arrived = (copies: readonly Held[]) => Math.max(...copies.map(({ copy }) => copy.receivedMs));
    const mails = [...byMail.values()].sort((a, b) => arrived(a) - arrived(b));
    for (const copies of mails) {
      await this.until(new Date(arrived(copies)));
      for (const copy of copies) await this.take([copy]);
    }
    await this.until(new Date(AFTER_ALL));
  }

  private async until(to: Date): Promise<void> {
    const { clock, ports, db } = this.base;
    for (;;) {
      const next = await db
        .selectFrom('deadline')
        .select('at')
        .where('kind', '=', 'obligation.next')
        .orderBy('at')
        .limit(1)
        .executeTakeFirst();
      if (!next || next.at > to) break;
      if (next.at > clock.now()) await this.at(next.at);
      const { failed } = await sweep(ports, responses.deadlines!);
      if (failed) throw new Error('a deadline did not run');
    }
    if (to > clock.now()) await this.at(to);
  }

  /** A page of one folder, and then again whatever passes only because of it. */
  private async take(page: readonly Held[]): Promise<void> {
    const { ports } = this.base;
    const { mailbox, sent } = page[0]!.copy;
    const { objectId: id, address, aliases } = mailbox.settings;
    const { conversations, carried } = await ports.transaction((tx) =>
      ingest(
        tx,
        [
          {
            mailbox: { id, address, addresses: [address, ...aliases] },
            folder: { id: sent ? 'sent' : 'inbox', role: sent ? 'sent' : 'mail', round: 1 },
            items: page.map(({ item }) => item),
            removed: [],
          },
        ],
        { gate: this.gate!, now: ports.clock.now(), onThreads: (t, threads, now) => responses.on!.mail!(t, threads, now) },
      ),
    );
    const keys = new Set(carried.map(({ key }) => key));
    const now = ports.clock.now().getTime();
    for (const held of this.held) {
      const { copy, item } = held;
      const again =
        (copy.mailbox === mailbox && conversations.some((one) => one.id === item.conversationId)) ||
        (copy.mailbox !== mailbox && keys.has(item.messageId!));
      if (!again || copy.receivedMs > now || page.includes(held)) continue;
      const known = await this.base.db.selectFrom('messageCopy').select('graphId').where('graphId', '=', item.id).executeTakeFirst();
      if (!known) await this.take([held]);
    }
  }

  /** Every wait found, ended ones too, in order of opening. */
  async waits(slug: ArchiveSlug): Promise<StoredObligation[]> {
    const rows = await this.base.db
      .selectFrom('obligation')
      .selectAll()
      .where('partnershipId', '=', partnershipIdOf(slug))
      .where('mergedInto', 'is', null)
      .orderBy('openedAt')
      .orderBy('openingKey')
      .execute();
    return rows.map(stored).filter(({ retired }) => !retired);
  }

  async close(): Promise<void> {
    await this.base.close();
    await rm(this.charters, { recursive: true });
  }
}
