import { sql } from 'kysely';
import type { MyDataView } from '../contract/privacy.ts';
import { toInstant } from '../contract/sides.ts';
import type { Db, Tx } from '../store/database.ts';
import { heldAbout, type Reading } from './holds.ts';
import type { Somebody } from './somebody.ts';

/** For people to read: what is not there, and what they can ask for. */
export const NOTES = [
  'Rapport holds no text of mail, no attachments, and no mail in which nobody of the agreement takes part.',
  'There are no figures about persons. Figures are counted for sides and functions.',
  'Cards, and what is typed to the bot, stand in Microsoft Teams, under your company’s rules for Teams.',
  'What is wrong here, or should be erased: tell the person who answers for the partnership on your side, or the client’s privacy officer.',
] as const;

/** What Rapport holds about somebody, in words. */
export async function dataView(tx: Tx | Db, person: Somebody, reading: Reading, now: Date): Promise<MyDataView> {
  const { rows } = await sql<{ name: string }>`
    select distinct name from partnership where id = any(${person.contacts.map(({ partnershipId }) => partnershipId)}::uuid[]) order by 1`.execute(
    tx,
  );
  return {
    now: toInstant(now),
    names: [...person.names],
    addresses: [...person.addresses],
    partnerships: rows.map(({ name }) => name),
    held: await heldAbout(tx, person, reading),
    notes: [...NOTES],
  };
}
