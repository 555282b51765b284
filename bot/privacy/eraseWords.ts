import { sql } from 'kysely';
import { ERASED_WORDS } from '../people/erased.ts';
import { removeCards } from '../posts/index.ts';
import type { Tx } from '../store/database.ts';
import { refreshSubjects } from './empty.ts';
import { INVENTORY } from './inventory.ts';
import type { Somebody } from './somebody.ts';

/**
 * Empties everything somebody wrote in Rapport: remarks, what he asked for, corrections of calendars. Briefs and answers in Teams, which are not
 * written anew, are taken away where they may quote it.
 * @returns how many texts
 */
export async function emptyWords(tx: Tx, { contacts }: Somebody, now: Date): Promise<number> {
  const ids = contacts.map(({ id }) => id);
  const { rows: remarks } = await sql<{ id: string; kind: string }>`
    delete from remark using journal where journal.id = journal_id and by_contact_id = any(${ids}::uuid[])
    returning subject_id as id, subject_kind as kind`.execute(tx);
  const touched = remarks.map(({ id }) => id);
  let texts = remarks.length;
  for (const [table, { by, columns, matter }] of Object.entries(INVENTORY)) {
    const words = (columns.words ?? '').split(' ').filter(Boolean);
    if (!by || words.length === 0) continue;
    // a text that may be missing goes; another is covered
    const set = words.map((column) => sql`${sql.ref(column)} = case when ${sql.ref(column)} is null then null else ${ERASED_WORDS} end`);
    const { rows } = await sql<{ id: string; of: string }>`
      update ${sql.table(table)} set ${sql.join(set)} where ${sql.ref(by)} = any(${ids}::uuid[]) returning id, ${sql.ref(matter?.of?.column ?? 'id')}::text as of`.execute(
      tx,
    );
    texts += rows.length * words.length;
    if (matter) touched.push(...rows.flatMap(({ id, of }) => [id, of]));
  }
  touched.push(...(await emptyQuotes(tx, touched)));
  await refreshSubjects(tx, [...new Set(touched)]);
  if (touched.length) await takeQuotesAway(tx, contacts, now);
  await sql`
    update activity_seen set answer = case jsonb_typeof(answer -> 'given')
      when 'array' then '{"given": []}'::jsonb else '{"given": {"card": null, "sentence": "Recorded.", "done": true}}'::jsonb end
    where answer ? 'given'`.execute(tx);
  await sql`delete from activity_seen where activity_key like 'notice|%'`.execute(tx);
  return texts;
}

async function takeQuotesAway(tx: Tx, contacts: Somebody['contacts'], now: Date): Promise<void> {
  const partnerships = contacts.map(({ partnershipId }) => partnershipId);
  const { rows } = await sql<{ id: string }>`
    select conversation.id from conversation left join contact on contact.id = conversation.contact_id
    where tombstoned_at is null
      and (conversation.partnership_id = any(${partnerships}::uuid[]) or contact.partnership_id = any(${partnerships}::uuid[]))
    order by 1`.execute(tx);
  for (const { id } of rows) await removeCards(tx, id, { kinds: ['brief', 'ownBrief', 'reply'] }, now);
}

/** Times in which people are taken are those of all in one: they go with any of them, and may be asked for anew of the others. */
export async function dropBusyTimes(tx: Tx, { contacts }: Somebody): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update review set facts = facts || '{"busy": null}'
    where facts #> '{busy,of}' ?| ${contacts.map(({ id }) => id)}::text[] returning id`.execute(tx);
  await refreshSubjects(
    tx,
    rows.map(({ id }) => id),
  );
}

/** Agendas quote what somebody asked for. @returns the reviews that did */
async function emptyQuotes(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update review_item set text = ${ERASED_WORDS} where subject_id = any(${[...subjectIds]}::text[]) and by_contact_id is null
    returning review_id as id`.execute(tx);
  return rows.map(({ id }) => id);
}
