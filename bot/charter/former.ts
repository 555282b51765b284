import { hashOfAddress, marksOf } from '../people/erased.ts';
import type { Tx } from '../store/database.ts';
import type { CharterDocument } from './document.ts';
import { contactIdOf } from './ids.ts';
import type { StoredCharter } from './store.ts';

/** Somebody who was erased, and what stands in his place. */
export interface Former {
  readonly key: string;
  readonly contactId: string;
  /** In the place of his key. */
  readonly formerKey: string;
  /** In the place of his addresses. */
  readonly marks: ReadonlyMap<string, string>;
}

/**
 * A version without somebody: role, times and ladder stand, who he is does not. He counts as somebody who has left; what was read of his mail
 * stays his side's, because it bears the marks too.
 */
export function withoutFormer(stored: StoredCharter, people: readonly Former[]): StoredCharter {
  let { document } = stored;
  const former: Record<string, string> = { ...stored.former };
  for (const person of people) {
    document = without(document, person);
    former[person.formerKey] = person.contactId;
  }
  return Object.keys(former).length ? { ...stored, document, former } : stored;
}

type SideDocument = CharterDocument['client'];

function without(document: CharterDocument, { key, formerKey, marks }: Former): CharterDocument {
  const renamed = <Key extends string | undefined>(one: Key): Key => (one === key ? (formerKey as Key) : one);
  const all = (keys: string[]): string[] => keys.map(renamed);
  const cover = (address: string): string => marks.get(address) ?? address;
  const side = (given: SideDocument): SideDocument => ({
    ...given,
    'service addresses': given['service addresses'].map((each) => ({ ...each, address: cover(each.address) })),
    people: given.people.map((person) => ({
      ...person,
      ...(person.key === key && { key: formerKey, name: '', left: true, address: person.address.map(cover) }),
      ...(person['stand-in'] !== undefined && { 'stand-in': renamed(person['stand-in']) }),
    })),
  });
  return {
    ...document,
    client: side(document.client),
    provider: side(document.provider),
    'no answer expected': document['no answer expected'].map((part) => (part.from ? { ...part, from: cover(part.from) } : part)),
    decisions: document.decisions.map((scope) => ({ ...scope, who: all(scope.who) })),
    ...(document.escalation && {
      escalation: document.escalation.map((level) => ({ ...level, client: all(level.client), provider: all(level.provider) })),
    }),
  };
}

/**
 * Of the people whom a charter file lists, those who were erased, by their key: the file may list them for ever, they are not taken up. Whoever
 * is listed under another key is listed anew, and an address of his is read again.
 */
export async function formerOf(tx: Tx, partnershipId: string, document: CharterDocument): Promise<Map<string, Former>> {
  const people = [...document.client.people, ...document.provider.people];
  const rows = await tx
    .selectFrom('contact')
    .select(['id', 'key'])
    .where('partnershipId', '=', partnershipId)
    .where('erasedAt', 'is not', null)
    .execute();
  const formerKeys = new Map(rows.map(({ id, key }) => [id, key]));
  const found = new Map<string, Former>();
  for (const { key, address } of people) {
    const contactId = contactIdOf(partnershipId, key);
    const formerKey = formerKeys.get(contactId);
    if (formerKey === undefined) continue;
    const known = await marksOf(tx, address.map(hashOfAddress));
    const marks = address.map((one, n) => [one, known.get(hashOfAddress(one)) ?? `${formerKey}-file-${n + 1}@erased.invalid`] as const);
    found.set(key, { key, contactId, formerKey, marks: new Map(marks) });
  }
  const anew = people.filter(({ key }) => !found.has(key)).flatMap(({ address }) => address.map(hashOfAddress));
  const marks = [...(await marksOf(tx, anew)).values()];
  if (marks.length) await tx.deleteFrom('erased').where('mark', 'in', marks).execute();
  return found;
}
