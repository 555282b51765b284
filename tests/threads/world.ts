import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { AgreedCalendar, Charter, CharterSide, Contact } from '../../bot/charter/charter.ts';
import type { Side } from '../../bot/contract/sides.ts';
import type { Db } from '../../bot/store/index.ts';
import { gateOf, type IngestContext, ingest, type MailItem, type ThreadChange } from '../../bot/threads/index.ts';
import { messageKey } from '../../bot/threads/rules.ts';

const calendar = (zone: string): AgreedCalendar => ({ key: zone, place: zone, work: { zone, hours: {}, holidays: [] }, assumed: false });

/** A charter of which only the people matter: addresses are listed contacts unless they stand under `services`. */
export function aCharter(
  partnershipId: string,
  sides: Record<Side, { domains?: string[]; contacts?: string[]; services?: string[]; actsFor?: string[]; zone?: string }>,
): Charter {
  const side = (name: Side): CharterSide => {
    const { domains = [], contacts = [], services = [], actsFor = [], zone = 'Europe/Amsterdam' } = sides[name];
    const person = (address: string): Contact => ({
      id: randomUUID(),
      key: address,
      side: name,
      name: address,
      role: 'Contact',
      addresses: [address],
      owner: false,
      executive: false,
      standIn: null,
      left: false,
      calendar: null,
    });
    return {
      side: name,
      name,
      domains,
      serviceAddresses: services.map((address) => ({ address, name: address })),
      actsFor,
      calendar: calendar(zone),
      contacts: contacts.map(person),
    };
  };
  const target = { kind: 'hours', seconds: 28_800 } as const;
  const targets = { normal: target, high: target };
  return {
    partnershipId,
    version: 1,
    name: 'Test',
    effectiveAt: new Date('2026-01-01T00:00:00Z'),
    acknowledgedAt: null,
    sides: { client: side('client'), provider: side('provider') },
    targets: { client: targets, provider: targets },
    notExpected: [],
    alertsPerDay: 5,
    channelDetail: 'roles',
  } as unknown as Charter;
}

/** One mail as the test tells it. `thread` is what the mailboxes group it by; `replyTo` the id its header names. */
export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly subject?: string;
  readonly sentAt?: string;
  readonly replyTo?: string;
  readonly thread?: string;
}
const person = (address: string) => ({ address, name: address });

/** The copy of a mail in somebody's mailbox. Received copies come three seconds later and show headers; sent ones do not. */
export function copyOf(mail: Mail, owner: string, change: Partial<MailItem> = {}): MailItem {
  const sentAt = new Date(mail.sentAt ?? '2026-11-23T09:00:00Z');
  const sent = mail.from === owner;
  return {
    id: `${owner}/${mail.id}`,
    messageId: `<${mail.id}@mail>`,
    conversationId: mail.thread ?? mail.id,
    subject: mail.subject ?? 'Pump 4',
    from: person(mail.from),
    sender: person(mail.from),
    to: mail.to.map(person),
    cc: (mail.cc ?? []).map(person),
    receivedAt: sent ? sentAt : new Date(sentAt.getTime() + 3000),
    sentAt,
    flag: { status: 'none', due: null },
    categories: [],
    importance: 'normal',
    draft: false,
    headers: sent ? undefined : new Map(mail.replyTo ? [['in-reply-to', [`<${mail.replyTo}@mail>`]]] : []),
    ...change,
  };
}

export interface Delivery {
  readonly owner: string;
  readonly item: MailItem;
}

/** Mailboxes and their reader: it delivers pages to `ingest` and reads again what is wanted again, as the Graph reader does. */
export class World {
  readonly mailboxes = new Map<string, string>();
  readonly changes: ThreadChange[] = [];
  readonly db: Db;
  readonly charters: readonly Charter[];
  now = new Date('2026-11-24T08:00:00Z');
  /** When both sides agreed. */
  agreed: Date[] = [];
  #inbox: Delivery[] = [];

  constructor(db: Db, charters: readonly Charter[]) {
    this.db = db;
    this.charters = charters;
  }

  /** Empties the record and sets up the partnerships and mailboxes. */
  async start(...addresses: string[]): Promise<void> {
    await sql`truncate thread, thread_tie, thread_partnership, message, message_to, message_copy, mailbox, partnership cascade`.execute(
      this.db,
    );
    for (const { partnershipId } of this.charters)
      await sql`insert into partnership (id, slug, name, created_at) values (${partnershipId}, ${partnershipId}, 'Test', ${this.now})`.execute(
        this.db,
      );
    this.mailboxes.clear();
    this.changes.length = 0;
    this.#inbox = [];
    for (const address of addresses) {
      const id = randomUUID();
      this.mailboxes.set(address, id);
      await sql`insert into mailbox (id, address, state) values (${id}, ${address}, 'reading')`.execute(this.db);
    }
  }

  get context(): IngestContext {
    return {
      gate: gateOf(this.charters, this.agreed),
      now: this.now,
      onThreads: async (_tx, changes) => void this.changes.push(...changes),
    };
  }

  /** What the mailboxes hold, whether it was delivered yet or not: where reading again finds it. */
  hold(...deliveries: Delivery[]): void {
    this.#inbox.push(...deliveries);
  }

  /** A page of one folder. */
  deliver(
    owner: string,
    items: readonly MailItem[],
    { role = 'mail' as 'mail' | 'sent', removed = [] as string[], folder = role as string } = {},
  ) {
    return this.deliverTogether([{ owner, items, role, removed, folder }]);
  }

  /** Pages of folders of any mailboxes in one transaction, and then whatever passes because of them alone. */
  async deliverTogether(
    pages: readonly {
      owner: string;
      items: readonly MailItem[];
      role: 'mail' | 'sent';
      removed?: readonly string[];
      folder?: string;
    }[],
  ) {
    const taken = pages.map(({ owner, items, role, removed = [], folder = role }) => ({
      mailbox: { id: this.mailboxes.get(owner)!, address: owner, addresses: [owner] },
      folder: { id: folder, role, round: 1 },
      items,
      removed,
    }));
    const result = await this.db.transaction().execute((tx) => ingest(tx, taken, this.context));
    const ownerOf = new Map([...this.mailboxes].map(([address, id]) => [id, address]));
    for (const { mailboxId, id } of result.conversations)
      for (const { owner, item } of this.#inbox.filter((held) => held.owner === ownerOf.get(mailboxId) && held.item.conversationId === id))
        await this.#again(owner, item);
    for (const { key, addresses } of result.carried)
      for (const address of addresses)
        for (const { item } of this.#inbox.filter((held) => held.owner === address && messageKey(held.item) === key))
          await this.#again(address, item);
    return result;
  }
  async #again(owner: string, item: MailItem): Promise<void> {
    const known = await this.db.selectFrom('messageCopy').select('graphId').where('graphId', '=', item.id).execute();
    if (known.length === 0) await this.deliver(owner, [item], { role: item.from?.address === owner ? 'sent' : 'mail' });
  }

  /** Everything the record holds, without the ids that are drawn: equal records are equal values. */
  async record(): Promise<unknown> {
    const { rows } = await sql<{ thread: string; mail: unknown }>`
      select coalesce(string_agg(key, ' ' order by key collate "C"), '') as thread,
        json_agg(json_build_object('key', key, 'at', at, 'kind', kind, 'from', from_address, 'to', to_addresses, 'cc', cc_addresses, 'subject', subject,
          'reply', is_reply, 'copies', (select json_agg(json_build_array(graph_id, sent_copy, flag, flag_due_at, categories, removed_at is null)
            order by graph_id collate "C") from message_copy where message_key = key)) order by key collate "C") as mail,
        (select json_agg(json_build_array(partnership_id, bare_subject) order by partnership_id) from thread_partnership as link where link.thread_id = message.thread_id) as links
      from message group by thread_id order by 1`.execute(this.db);
    return rows;
  }
}
