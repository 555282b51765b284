import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { Actor } from '../../bot/capability.ts';
import {
  acknowledge,
  charterAt,
  charterProblems,
  charters,
  compiled,
  contactIdOf,
  currentCharter,
  editCalendar,
  latestCharter,
  loadCharters,
  partnershipIdOf,
  problemText,
  undoCalendarEdits,
} from '../../bot/charter/index.ts';
import { charterPlacements } from '../../bot/charter/placements.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import type { Tx } from '../../bot/store/database.ts';
import { lockSubject } from '../../bot/store/lock.ts';
import { endOfWorkingDay } from '../../bot/worktime/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const EXAMPLES = join(import.meta.dirname, '../support/charters');
const FILE = 'fabrikam.yaml';

let database: TestDatabase;
let folder: string;
let slug = 0;
let id: string;
let file: string;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
/** A partnership of its own for each case. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charters-'));
  slug += 1;
  id = partnershipIdOf(`case-${slug}`);
  file = join(folder, `case-${slug}.yaml`);
  await copyFile(join(EXAMPLES, FILE), file);
  database.clock.set('2026-11-10T08:00:00Z');
});
afterEach(() => rm(folder, { recursive: true }));

const load = (options?: { start?: boolean }) => loadCharters(database.ports, folder, options);
const rewrite = async (change: (text: string) => string) => writeFile(file, change(await readFile(file, 'utf8')));
const actor = (key: string, side: Actor['side'], owner = true): Actor => ({
  partnershipId: id,
  contactId: contactIdOf(id, key),
  side,
  owner,
  through: 'card',
});
const agree = (key: string, side: Actor['side']) =>
  database.ports.transaction((tx) => acknowledge(tx, { partnershipId: id, by: actor(key, side), now: database.clock.now() }));
const all = () => charters(database.db, id);

describe('a file becomes a version', () => {
  it('once, and again only when what it says changed', async () => {
    expect(await load()).toEqual({ loaded: [{ partnershipId: id, version: 1 }], problems: [] });
    expect(await load()).toEqual({ loaded: [], problems: [] });
    await rewrite((text) => `# Only a comment.\n${text}`);
    expect(await load()).toEqual({ loaded: [], problems: [] });
    await rewrite((text) => text.replace('normal: 8 working hours', 'normal: 6 working hours'));
    expect(await load()).toEqual({ loaded: [{ partnershipId: id, version: 2 }], problems: [] });
    expect((await eventsOf(database.db, { kind: 'charter', id })).map(({ kind, data }) => [kind, data])).toEqual([
      ['charter.loaded', { version: 1 }],
      ['charter.loaded', { version: 2 }],
    ]);
  });

  it('counts from the start of the given day where the client works, else from its loading', async () => {
    await load();
    expect((await currentCharter(database.db, id, database.clock.now())).effectiveAt).toEqual(new Date('2026-11-01T23:00:00Z'));
    await rewrite((text) => text.replace('effective: 2026-11-02\n', '').replace('high: 30 minutes', 'high: 1 hour'));
    await load();
    expect((await latestCharter(database.db, id)).effectiveAt).toEqual(new Date('2026-11-10T08:00:00Z'));
  });

  it('never reaches back: an amendment that keeps an old date counts from its loading', async () => {
    await load();
    await rewrite((text) => text.replace('high: 30 minutes', 'high: 1 hour'));
    await load();
    const versions = await all();
    expect(charterAt(versions, new Date('2026-11-10T07:59:59Z'))?.version).toBe(1);
    expect(charterAt(versions, new Date('2026-11-10T08:00:00Z'))?.version).toBe(2);
    expect(charterAt(versions, new Date('2026-10-01T00:00:00Z'))).toBeUndefined();
  });

  it('keeps contacts by their key, and their names out of the version', async () => {
    await load();
    await rewrite((text) =>
      text.replace('name: Joan Santos', 'name: Joan Reyes').replace('address: maria@fabrikam.com', 'address: m.cruz@fabrikam.com'),
    );
    await load();
    const charter = await latestCharter(database.db, id);
    const joan = charter.sides.provider.contacts.find((contact) => contact.key === 'joan');
    expect(joan).toMatchObject({ id: contactIdOf(id, 'joan'), name: 'Joan Reyes', owner: true, standIn: contactIdOf(id, 'carlo') });
    const rows = await database.db.selectFrom('charterVersion').select('data').where('partnershipId', '=', id).execute();
    expect(JSON.stringify(rows)).not.toContain('Joan');
    const addresses = await database.db
      .selectFrom('contactAddress')
      .select('address')
      .where('partnershipId', '=', id)
      .orderBy('address')
      .execute();
    expect(addresses.map((row) => row.address)).toEqual([
      'anna@contoso.com',
      'carlo.reyes@fabrikam.com',
      'carlo@fabrikam.com',
      'joan@fabrikam.com',
      'luis@fabrikam.com',
      'm.cruz@fabrikam.com',
      'pieter@contoso.com',
      'ruth@contoso.com',
    ]);
  });
});

describe('a broken file', () => {
  it('stops the start where there is nothing to go on with, naming everything', async () => {
    await rewrite((text) => text.replace('zone: Asia/Manila', 'zone: Manila').replace('fabrikam.com]', 'gmail.com]'));
    await expect(load()).rejects.toThrow(
      [
        'These charters cannot be used yet:',
        `  case-${slug}.yaml:29:13: gmail.com is a public mail service, where anyone can have an address. Leave it out; a person's address there may stand under people.`,
        `  case-${slug}.yaml:69:11: "Manila" is not a time zone. Did you mean Asia/Manila?`,
        'See docs/charter.md.',
      ].join('\n'),
    );
  });

  it('never replaces the version that runs, and stays visible until it is mended', async () => {
    await load();
    await rewrite((text) => text.replace('mon-fri: 09:00-18:00', 'mon-fri: nine to five'));
    const { loaded, problems } = await load();
    expect(loaded).toEqual([]);
    const expected = [
      `case-${slug}.yaml:72:16: "nine to five" are not hours. Write 09:00-12:30, 13:30-18:00, a night as 21:00-06:00, or closed.`,
    ];
    expect(problems.map(problemText)).toEqual(expected);
    expect((await charterProblems(database.ports, folder)).map(problemText)).toEqual(expected);
    expect((await currentCharter(database.db, id, database.clock.now())).version).toBe(1);
    await rewrite((text) => text.replace('nine to five', '10:00-19:00'));
    expect((await load()).loaded).toEqual([{ partnershipId: id, version: 2 }]);
    expect(await charterProblems(database.ports, folder)).toEqual([]);
  });

  it('says that the folder is missing', async () => {
    await expect(loadCharters(database.ports, join(folder, 'nowhere'))).rejects.toThrow(
      'The folder of charters (CHARTERS_DIR) cannot be read',
    );
  });
});

describe('both sides agree', () => {
  it('each side once; only both together count', async () => {
    await load();
    expect((await agree('anna', 'client')).already).toBe(false);
    expect((await all())[0]?.acknowledgedAt).toBeNull();
    database.clock.set('2026-11-11T02:00:00Z');
    expect((await agree('anna', 'client')).already).toBe(true);
    await agree('joan', 'provider');
    const [charter] = await all();
    expect(charter?.acknowledgedAt).toEqual(new Date('2026-11-11T02:00:00Z'));
    expect(charter?.acknowledged.client).toEqual({ at: new Date('2026-11-10T08:00:00Z'), contactId: contactIdOf(id, 'anna') });
    expect((await eventsOf(database.db, { kind: 'charter', id })).map(({ kind }) => kind)).toEqual([
      'charter.loaded',
      'charter.agreed',
      'charter.agreed',
      'charter.acknowledged',
    ]);
  });

  it('nobody else agrees for a side, and nobody to what he has not read', async () => {
    await load();
    const press = (by: Actor, version?: number) =>
      database.ports.transaction((tx) => acknowledge(tx, { partnershipId: id, by, version, now: database.clock.now() }));
    await expect(press(actor('pieter', 'client', false))).rejects.toMatchObject({ code: 'charter.owner_only' });
    await rewrite((text) => text.replace('high: 30 minutes', 'high: 45 minutes'));
    await load();
    await expect(press(actor('joan', 'provider'), 1)).rejects.toMatchObject({ code: 'charter.changed', details: { version: 2 } });
    expect((await press(actor('joan', 'provider'), 2)).already).toBe(false);
  });

  it('an amendment asks again, and until both agreed the earlier version counts', async () => {
    await load();
    await agree('anna', 'client');
    await agree('joan', 'provider');
    database.clock.set('2026-11-16T08:00:00Z');
    await rewrite((text) => text.replace('effective: 2026-11-02', 'effective: 2026-11-18').replace('high: 30 minutes', 'high: 1 hour'));
    await load();
    expect((await all()).map(({ version }) => version)).toEqual([1]);
    expect((await latestCharter(database.db, id)).acknowledgedAt).toBeNull();
    await agree('joan', 'provider');
    database.clock.set('2026-11-20T09:00:00Z');
    await agree('anna', 'client');
    const versions = await all();
    expect(versions.map(({ version, effectiveAt }) => [version, effectiveAt])).toEqual([
      [1, new Date('2026-11-01T23:00:00Z')],
      [2, new Date('2026-11-20T09:00:00Z')],
    ]);
  });

  it('an amendment comes to the owners who have to agree to it, in private, until both have', async () => {
    const placed = async () => {
      const found = await database.ports.transaction((tx) => charterPlacements(tx, id));
      return found.map(({ where, state }) => {
        const key = ['anna', 'joan'].find((each) => where.kind === 'personal' && where.contactId === contactIdOf(id, each));
        return `${key ?? where.kind}: ${state}`;
      });
    };
    await load();
    expect(await placed()).toEqual(['channel: wanted']);
    await agree('anna', 'client');
    await agree('joan', 'provider');
    await rewrite((text) => text.replace('high: 30 minutes', 'high: 1 hour'));
    await load();
    expect(await placed()).toEqual(['channel: wanted', 'anna: wanted', 'joan: wanted']);
    await agree('joan', 'provider');
    expect(await placed()).toEqual(['channel: wanted', 'anna: wanted', 'joan: keep']);
    await agree('anna', 'client');
    expect(await placed()).toEqual(['channel: keep', 'anna: gone', 'joan: gone']);
  });

  it('a new owner counts when the amendment does', async () => {
    const owners = () =>
      database.db.selectFrom('contact').select('key').where('partnershipId', '=', id).where('owner', '=', true).orderBy('key').execute();
    await load();
    await agree('anna', 'client');
    await agree('joan', 'provider');
    await rewrite((text) =>
      text
        .replace('role: Service desk\n', 'role: Service desk\n      owner: true\n')
        .replace('owner: true\n      stand-in: carlo', 'stand-in: carlo'),
    );
    await load();
    expect(await owners()).toEqual([{ key: 'anna' }, { key: 'joan' }]);
    await database.ports.transaction((tx) =>
      acknowledge(tx, { partnershipId: id, by: actor('carlo', 'provider', false), now: database.clock.now() }),
    );
    await agree('anna', 'client');
    expect(await owners()).toEqual([{ key: 'anna' }, { key: 'carlo' }]);
  });
});

describe('holidays', () => {
  const holidaysOf = async (key: string) => (await latestCharter(database.db, id)).calendars[key]!.work.holidays as Record<string, string>;

  it('are imported for the years around, public ones alone, with what the file adds and takes away', async () => {
    await load();
    const manila = await holidaysOf('manila');
    expect(manila).toMatchObject({ '2026-11-30': 'Bonifacio Day', '2026-12-26': 'Company day', '2025-12-30': expect.any(String) });
    expect(manila).not.toHaveProperty('2026-11-02');
    expect(
      Object.keys(manila)
        .map((on) => on.slice(0, 4))
        .sort()
        .at(-1),
    ).toBe('2030');
    expect((await latestCharter(database.db, id)).calendars.manila?.assumed).toBe(true);
    expect((await latestCharter(database.db, id)).calendars.amsterdam?.assumed).toBe(false);
  });

  it('are continued when the years run out, without a new version', async () => {
    await load();
    const before = await holidaysOf('manila');
    database.clock.set('2030-01-05T08:00:00Z');
    expect(await load()).toEqual({ loaded: [], problems: [] });
    const after = await holidaysOf('manila');
    expect(after).toMatchObject(before);
    expect(after).toHaveProperty('2034-11-30');
  });

  it("know a region's own days", async () => {
    await copyFile(join(EXAMPLES, 'northwind.yaml'), file);
    await load();
    const days = await holidaysOf('bengaluru');
    expect(days).toMatchObject({ '2026-11-09': 'Diwali (second day)', '2027-11-01': 'Karnataka Formation Day' });
  });

  it('may be those of the other side', async () => {
    await copyFile(join(EXAMPLES, 'litware.yaml'), file);
    await load();
    expect(await holidaysOf('warsaw')).toEqual(await holidaysOf('london'));
    expect(await holidaysOf('warsaw')).toHaveProperty('2026-12-28');
    expect(await holidaysOf('warsaw')).not.toHaveProperty('2026-11-11');
  });

  it('a night shift is closed as a whole, and hours written for one date count', async () => {
    await load();
    const charter = await latestCharter(database.db, id);
    const night = charter.sides.provider.contacts.find((contact) => contact.key === 'night-desk')!.calendar!;
    // Bonifacio Day, Mon 30 Nov: Sunday's shift ends on Mon 06:00, the next that starts is Tuesday's.
    expect(endOfWorkingDay(compiled(night), new Date('2026-11-29T02:00:00Z'), 1)).toEqual(new Date('2026-12-01T22:00:00Z'));
    expect(charter.calendars.amsterdam?.work.shifts).toMatchObject({ '2026-12-24': [['09:00', '12:00']], '2026-12-29': [] });
  });
});

it('resolves a version once for the same content', async () => {
  await load();
  const first = await all();
  expect(await all()).toBe(first);
  expect(compiled(first[0]!.sides.provider.calendar)).toBe(
    compiled({ ...first[0]!.sides.provider.calendar, work: { ...first[0]!.sides.provider.calendar.work } }),
  );
  await agree('anna', 'client');
  expect(await all()).not.toBe(first);
});

describe('in one transaction', () => {
  const agreedIn = async (...args: Parameters<typeof currentCharter>) => (await currentCharter(...args)).acknowledgedAt !== null;
  beforeEach(async () => {
    await load();
    await agree('anna', 'client');
  });

  it('a charter is read once, and by each of two transactions', async () => {
    const now = database.clock.now();
    const sent = jest.spyOn(pg.Client.prototype, 'query');
    for (const _each of [1, 2])
      await database.ports.transaction(async (tx) => {
        await currentCharter(tx, id, now);
        await Promise.all([charters(tx, id), latestCharter(tx, id)]);
      });
    const { length } = sent.mock.calls;
    sent.mockRestore();
    expect(length).toBe(2 * 3); // begin, the charter, commit
  });

  it('it is read anew after a lock was waited for: as whoever held it left it', async () => {
    const now = database.clock.now();
    await database.ports.transaction(async (tx) => {
      expect(await agreedIn(tx, id, now)).toBe(false);
      await agree('joan', 'provider');
      await lockSubject(tx, { kind: 'charter', id });
      expect(await agreedIn(tx, id, now)).toBe(true);
    });
  });

  it('it is read anew after it was written', async () => {
    const [by, now] = [actor('joan', 'provider'), database.clock.now()];
    const free = async (tx: Tx) => Object.hasOwn((await latestCharter(tx, id)).calendars.manila!.work.holidays, '2026-11-24');
    await database.ports.transaction(async (tx) => {
      const subject = { kind: 'charter', id };
      await lockSubject(tx, subject);
      expect([await agreedIn(tx, id, now), await free(tx)]).toEqual([false, false]);
      await acknowledge(tx, { partnershipId: id, by, now });
      expect(await agreedIn(tx, id, now)).toBe(true);
      const edit = { kind: 'holiday', onDate: '2026-11-24', reason: 'City day' } as const;
      const editId = await editCalendar(tx, { partnershipId: id, calendarKey: 'manila', by, now, edit });
      expect(await free(tx)).toBe(true);
      await undoCalendarEdits(tx, { partnershipId: id, editIds: [editId], by, now });
      expect(await free(tx)).toBe(false);
    });
  });
});
