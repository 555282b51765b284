import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MailItem } from '../../bot/threads/index.ts';
import { grouped } from '../../bot/threads/rules.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aCharter, copyOf, type Delivery, type Mail, World } from './world.ts';

const partnershipId = '11111111-1111-4111-8111-111111111111';
const charter = aCharter(partnershipId, {
  client: { domains: ['contoso.com'], contacts: ['anna@contoso.com'] },
  provider: { domains: ['fabrikam.com'], contacts: ['joan@fabrikam.com'] },
});
const OWNERS = ['anna@contoso.com', 'pieter@contoso.com', 'hr@contoso.com'];
const PEOPLE = [...OWNERS, 'joan@fabrikam.com', 'new@fabrikam.com', 'x@elsewhere.org'];

let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = new World(database.db, [charter]);
});
afterAll(() => database.close());

/** Mails with parents (some of which nobody has), each mailbox grouping them as it likes, marks on some copies, two clocks. */
const deliveries = fc
  .array(
    fc.record({
      from: fc.constantFrom(...PEOPLE),
      to: fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 3 }),
      cc: fc.uniqueArray(fc.constantFrom(...PEOPLE), { maxLength: 2 }),
      parent: fc.integer({ min: -4, max: 6 }),
      conversations: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
      minutes: fc.nat(5),
      late: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
      marks: fc.tuple(...OWNERS.map(() => fc.constantFrom('', '', '', 'flag', 'Answer needed', 'Rapport: leave out'))),
      tagged: fc.boolean(),
      automatic: fc.boolean(),
    }),
    { minLength: 2, maxLength: 7 },
  )
  .map((mails): Delivery[] =>
    mails.flatMap(({ from, to, cc, parent, conversations, minutes, late, marks, tagged, automatic }, index) => {
      const mail: Mail = {
        id: `m${index}`,
        from,
        to,
        cc,
        sentAt: `2026-11-23T09:0${minutes}:00Z`,
        ...(parent >= 0 && { replyTo: `m${parent}` }),
      };
      return OWNERS.filter((owner) => [from, ...to, ...cc].includes(owner)).map((owner) => {
        const number = OWNERS.indexOf(owner);
        const copy = copyOf(
          { ...mail, thread: `c${conversations[number]}`, subject: tagged && owner !== from ? '[EXT] Pump 4' : 'Pump 4' },
          owner,
        );
        const mark = marks[number]!;
        const change: Partial<MailItem> = {
          receivedAt: new Date(copy.receivedAt!.getTime() + late[number]! * 1000),
          ...(mark === 'flag' ? { flag: { status: 'flagged', due: null } } : mark ? { categories: [mark] } : {}),
          ...(automatic && copy.headers && { headers: new Map([...copy.headers, ['auto-submitted', ['auto-replied']]]) }),
        };
        return { owner, item: { ...copy, ...change } };
      });
    }),
  )
  .filter((list) => list.length > 0);

async function recordAfter(all: readonly Delivery[], order: readonly Delivery[], pageSize: number): Promise<unknown> {
  await world.start(...OWNERS);
  world.hold(...all);
  for (const owner of OWNERS) {
    for (const role of ['mail', 'sent'] as const) {
      const mine = order.filter((delivery) => delivery.owner === owner && (delivery.item.from!.address === owner) === (role === 'sent'));
      for (let at = 0; at < mine.length; at += pageSize)
        await world.deliver(
          owner,
          mine.slice(at, at + pageSize).map(({ item }) => item),
          { role },
        );
    }
  }
  return world.record();
}
/** All of it at once, from all mailboxes. */
async function recordTogether(list: readonly Delivery[]): Promise<unknown> {
  await world.start(...OWNERS);
  world.hold(...list);
  const pages = OWNERS.flatMap((owner) =>
    (['mail', 'sent'] as const).map((role) => ({
      owner,
      role,
      items: list.filter((one) => one.owner === owner && (one.item.from!.address === owner) === (role === 'sent')).map(({ item }) => item),
    })),
  );
  await world.deliverTogether(pages);
  return world.record();
}
const inOrderOf = (list: readonly Delivery[], seed: readonly number[]): Delivery[] =>
  list
    .map((delivery, index) => ({ delivery, at: (seed[index % seed.length]! * (index + 1) * 7919) % 1009 }))
    .sort((a, b) => a.at - b.at)
    .map(({ delivery }) => delivery);

it('keeps the same record in whatever order, number and pages copies are delivered (story 46)', async () => {
  await fc.assert(
    fc.asyncProperty(
      deliveries,
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 9 }),
      fc.integer({ min: 1, max: 4 }),
      async (list, seed, pageSize) => {
        const once = await recordAfter(list, list, 50);
        const twice = inOrderOf([...list, ...list], seed);
        expect(await recordAfter(list, twice, pageSize)).toEqual(once);
        expect(await recordTogether(inOrderOf(list, seed))).toEqual(once);
      },
    ),
    // A failure is told at once with its seed: to shrink it on a database takes longer than a test may. A run takes a tenth of a second.
    { numRuns: 25, endOnFailure: true, timeout: 60_000 },
  );
});

it('keeps one thread when three mailboxes are read at the same time', async () => {
  const mails: Mail[] = Array.from({ length: 30 }, (_, index) => ({
    id: `p${index}`,
    from: 'joan@fabrikam.com',
    to: OWNERS,
    sentAt: new Date(Date.UTC(2026, 10, 23, 9, index)).toISOString(),
    ...(index > 0 && { replyTo: `p${index - 1}` }),
  }));
  await world.start(...OWNERS);
  const pages = OWNERS.map((owner, number) => {
    const items = mails.map((mail) => copyOf({ ...mail, thread: `t${mail.id}` }, owner));
    return { owner, items: number === 1 ? items.reverse() : items };
  });
  const readAll = async ({ owner, items }: (typeof pages)[number]): Promise<void> => {
    for (let at = 0; at < items.length; at += 3) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          await world.deliver(owner, items.slice(at, at + 3));
          break;
        } catch (error) {
          // what the transaction port does: PostgreSQL undid one of two for the other's sake
          if ((error as { code?: string }).code !== '40P01' || attempt === 5) throw error;
        }
      }
    }
  };
  await Promise.all(pages.map(readAll));
  const rows = (await world.record()) as { thread: string }[];
  expect(rows).toHaveLength(1);
  expect(rows[0]!.thread.split(' ')).toHaveLength(30);
});

it('groups by ties as a plain closure does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 3 }), { maxLength: 12 }),
      (things) => {
        const numbers = grouped(things);
        const reach = things.map((one, i) => things.map((other, j) => i === j || one.some((tie) => other.includes(tie))));
        for (const k of things.keys())
          for (const i of things.keys()) for (const j of things.keys()) if (reach[i]![k] && reach[k]![j]) reach[i]![j] = true;
        for (const i of things.keys()) for (const j of things.keys()) expect(numbers[i] === numbers[j]).toBe(reach[i]![j]);
      },
    ),
  );
});
