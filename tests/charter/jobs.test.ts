import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { charterJobs, currentCharter, latestCharter, partnershipIdOf, readCharter } from '../../bot/charter/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'charters-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.close();
});

const waiting = async () =>
  (
    await sql<{ key: string; runAt: Date }>`select key, run_at from graphile_worker.jobs where task_identifier = 'charter.read'`.execute(
      database.db,
    )
  ).rows;

it('the folder is read again each minute; a broken file is named by its place, once', async () => {
  const said: unknown[] = [];
  const job = charterJobs(folder, { warn: (details) => void said.push(details) })['charter.read']!;
  const look = () => job.run({}, { ports: database.ports, lastAttempt: false });
  const file = join(folder, 'litware.yaml');
  const id = partnershipIdOf('litware');

  await look();
  expect(await waiting()).toEqual([{ key: 'charter.read', runAt: new Date(database.clock.now().getTime() + 60_000) }]);

  await copyFile(join(import.meta.dirname, '../support/charters/litware.yaml'), file);
  await look();
  expect((await currentCharter(database.db, id, database.clock.now())).version).toBe(1);

  const good = await readFile(file, 'utf8');
  await writeFile(file, good.replace('Ewa Nowak', 'Ewa: Nowak'));
  await look();
  await look();
  expect(said).toEqual([{ places: ['litware.yaml:14:25'] }]);
  expect((await latestCharter(database.db, id)).version).toBe(1);

  await writeFile(join(folder, 'new.yaml'), 'client: nobody\n');
  await look();
  expect(said).toHaveLength(2);
  expect(await waiting()).toHaveLength(1);

  await writeFile(file, good.replace('08:00-16:00', '07:00-15:00'));
  await rm(join(folder, 'new.yaml'));
  await look();
  expect((await latestCharter(database.db, id)).version).toBe(2);
});

it('a folder that is away for a while does not end the looking', async () => {
  const job = charterJobs(join(folder, 'away'), { warn: () => {} })['charter.read']!;
  await sql`select graphile_worker.remove_job('charter.read')`.execute(database.db);
  await expect(job.run({}, { ports: database.ports, lastAttempt: false })).rejects.toThrow('CHARTERS_DIR');
  expect(await waiting()).toHaveLength(1);
});

it('the reference shows what can be used', async () => {
  const reference = await readFile(join(import.meta.dirname, '../../docs/charter.md'), 'utf8');
  const [smallest, ...parts] = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(await readCharter(smallest!, 'smallest.yaml')).toHaveProperty('document');
  expect(parts.length).toBeGreaterThan(4);

  // The other parts belong to one charter: the example that they are taken from, part for part.
  const whole = await readFile(join(import.meta.dirname, '../support/charters/fabrikam.yaml'), 'utf8');
  for (const part of parts) {
    const sections = [...part.matchAll(/^([a-z ]+):\n(?:[ -].*\n|\n(?=[ -]))*/gm)].map((match) => ({ key: match[1]!, text: match[0] }));
    expect(sections.length).toBeGreaterThan(0);
    for (const { key, text } of sections.filter((section) => section.key !== 'people' && section.key !== 'calendars')) {
      const replaced = whole.replace(new RegExp(`^${key}:\\n(?:[ -].*\\n)*`, 'm'), text);
      expect({ key, read: await readCharter(replaced, 'part.yaml') }).toEqual({ key, read: { document: expect.anything() } });
    }
  }
});
