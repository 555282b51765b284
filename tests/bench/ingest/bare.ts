// What the reader is held against: the same pages, fetched by the same client, each inserted as it is in one statement.
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { wall } from '../../../bot/clock.ts';
import { readConfig } from '../../../bot/config.ts';
import { credential } from '../../../bot/credential.ts';
import { graphClient } from '../../../bot/graph/index.ts';
import { selectMail } from '../../../bot/graph/item.ts';
import { connect } from '../../../bot/store/index.ts';
import { MAILBOXES, objectIdOf } from './tenant.ts';

interface Item {
  readonly id: string;
  readonly internetMessageId: string;
  readonly conversationId: string;
  readonly subject: string;
  readonly from: unknown;
  readonly toRecipients: unknown;
  readonly receivedDateTime: string;
  readonly sentDateTime: string;
}
interface Page {
  readonly value: readonly Item[];
  readonly '@odata.nextLink'?: string;
}

const AT_ONCE = 8;
const config = readConfig(process.env);
const graph = graphClient(config, wall, credential(config));
const { db, end } = connect(config.DATABASE_URL!);
await sql`create table bare (mailbox text, id text, message_id text, conversation text, subject text, sender jsonb, recipients jsonb, received timestamptz,
  sent timestamptz, folder text, primary key (mailbox, id))`.execute(db);
await sql`create table bare_link (folder text primary key, link text)`.execute(db);

let items = 0;
async function readFolder(mailbox: string, folder: string): Promise<void> {
  for (
    let link: string | undefined =
      `/users/${mailbox}/mailFolders/${folder}/messages/delta?${selectMail(true)}&$orderby=receivedDateTime%20desc`;
    link;
  ) {
    const page: Page = (await graph.call({ url: link, mailbox, pageSize: 200 })) as Page;
    const rows = page.value;
    items += rows.length;
    await db.transaction().execute(async (tx) => {
      await sql`
        insert into bare select ${mailbox}, id, message_id, conversation, subject, sender::jsonb, recipients::jsonb, received, sent, ${folder} from unnest(
          ${rows.map((row) => row.id)}::text[], ${rows.map((row) => row.internetMessageId)}::text[], ${rows.map((row) => row.conversationId)}::text[],
          ${rows.map((row) => row.subject)}::text[], ${rows.map((row) => JSON.stringify(row.from))}::text[],
          ${rows.map((row) => JSON.stringify(row.toRecipients))}::text[], ${rows.map((row) => row.receivedDateTime)}::timestamptz[],
          ${rows.map((row) => row.sentDateTime)}::timestamptz[]
        ) as row (id, message_id, conversation, subject, sender, recipients, received, sent)`.execute(tx);
      await sql`insert into bare_link values (${`${mailbox}/${folder}`}, ${page['@odata.nextLink'] ?? null})
        on conflict (folder) do update set link = excluded.link`.execute(tx);
    });
    link = page['@odata.nextLink'];
  }
}

const queue = Array.from({ length: MAILBOXES }, (_, n) => ['sentitems', 'inbox'].map((folder) => [objectIdOf(n), folder] as const)).flat();
const started = performance.now();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await readFolder(...next);
  }),
);
console.log(JSON.stringify({ items, seconds: (performance.now() - started) / 1000 }));
await sql`drop table bare, bare_link`.execute(db);
await end();
