import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { GraphEvent, meetingItem } from '../../bot/graph/event.ts';
import { completed, type Meeting as Kept } from '../../bot/meetings/index.ts';
import { eventJson } from '../../infra/local/graph/event-json.ts';
import { occurrences } from '../../infra/local/graph/meetings.ts';
import { mailboxStore } from '../../infra/local/graph/store.ts';
import { readIcs } from '../../infra/local/tenant/ics.ts';
import type { Meeting } from '../../infra/local/tenant/tenant.ts';
import { aMailbox, aPerson } from '../local/support/tenant.ts';
import { PIETER, ReviewsWorld, withReviews } from './world.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../shared/data/mail/itip');
const there = existsSync(FOLDER);
if (!there) process.stderr.write(`SKIPPED: the real series of meetings are not at hand (${FOLDER})\n`);
const whenThere = there ? it : it.skip;

const REVIEWS = `reviews:
  - { name: Telemetry, every: 4 weeks, invitation: Platform telemetry and health monitoring* }
  - { name: Workgroup, every: 2 weeks, invitation: Platform Telemetry workgroup* }
  - { name: OpenBMC, every: 2 weeks, invitation: OpenBMC Platform telemetry* }
`;
/** Whoever called the meetings stands for the provider, the list to which they went for the client. */
const charter = (text: string): string =>
  withReviews(REVIEWS)(text)
    .replace('effective: 2026-11-02', 'effective: 2019-06-01')
    .replace('  domains: [contoso.com]', '  domains: [contoso.com]\n  service addresses: [Workgroup <list-2a66@lists.example>]')
    .replace('address: joan@fabrikam.com', 'address: [joan@fabrikam.com, sonja.werner@coordinator.example]');

/** One calendar: that of the list. */
const box = mailboxStore(aMailbox(aPerson({ address: 'list-2a66@lists.example' })));
const VIEW = { select: null, zone: 'Pacific Standard Time', bodies: false };

/** What the invitations say so far of each series, as they came. */
const series = new Map<string, Meeting>();
function told(method: string, [next]: readonly Meeting[]): void {
  const known = series.get(next!.id);
  const single = next!.recurrence === null;
  if (method === 'REQUEST') {
    if (!single) series.set(next!.id, { ...next!, cancelledAt: [], moved: [], cancelled: false });
    else series.set(next!.id, { ...known!, moved: [...known!.moved, movedBy(next!)] });
    return;
  }
  if (single) series.set(next!.id, { ...known!, cancelledAt: [...known!.cancelledAt, next!.startAt] });
  else series.set(next!.id, { ...known!, cancelled: true });
}
let from = new Date(0);
const movedBy = ({ startAt, minutes }: Meeting) => ({ fromAt: from, startAt, minutes });

/** The calendar as Graph shows it, read by the product. */
async function read(world: ReviewsWorld): Promise<void> {
  const now = world.now().getTime();
  const window = { fromMs: now - 7 * 86_400_000, toMs: now + 42 * 86_400_000 };
  const kept: Kept[] = [];
  for (const meeting of series.values()) {
    const itemOf = (one: Parameters<typeof eventJson>[2]) => meetingItem(GraphEvent.parse(eventJson(box, meeting, one, VIEW)))!;
    const found = occurrences(meeting, window);
    if (!found.length) continue;
    const master = completed(itemOf(null), null);
    kept.push(master, ...found.map((one) => completed(itemOf(one), master)));
  }
  await sql`delete from calendar_event`.execute(world.db);
  await world.calendar(kept, [PIETER]);
  await world.find();
}

let world: ReviewsWorld;
beforeAll(async () => {
  if (!there) return;
  world = await ReviewsWorld.open('2019-06-20T09:00:00Z', { change: charter });
});
afterAll(() => world?.close());

whenThere('three real series with their changes have one row for each date, where it stands in the end', async () => {
  const files = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(path.join(FOLDER, name), 'utf8') }));
  const stamped = files
    .map(({ name, text }) => ({
      name,
      method: /^METHOD:(\w+)/m.exec(text)![1]!,
      at: new Date(
        /^DTSTAMP:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/m
          .exec(text)!
          .slice(1)
          .join('-')
          .replace(/^(\d+)-(\d+)-(\d+)-(\d+)-(\d+)-(\d+)$/, '$1-$2-$3T$4:$5:$6Z'),
      ),
      recurrence: /^RECURRENCE-ID[^:]*:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/m.exec(text)?.slice(1),
    }))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  expect(stamped).toHaveLength(10);
  for (const { name, method, at, recurrence } of stamped) {
    // the calendar is read each week, as its window moves
    for (let week = world.now().getTime() + 7 * 86_400_000; week < at.getTime(); week += 7 * 86_400_000) {
      await world.until(new Date(week).toISOString());
      await read(world);
    }
    await world.until(at.toISOString());
    // wall time of the Pacific coast in summer
    if (recurrence) from = new Date(`${recurrence.slice(0, 3).join('-')}T${recurrence.slice(3).join(':')}:00-07:00`);
    told(method, (await readIcs(path.join(FOLDER, name))).meetings);
    await read(world);
  }
  for (const until of ['2020-03-10T00:00:00Z', '2020-04-10T00:00:00Z']) {
    await world.until(until);
    await read(world);
  }
  const { rows } = await sql<{ line: string }>`
    select name || ' ' || to_char(start_at at time zone 'America/Los_Angeles', 'YYYY-MM-DD HH24:MI') || ' ' || state as line
    from review where start_at is not null and key not like 'missing%' order by name, start_at`.execute(world.db);
  expect(rows.map(({ line }) => line)).toEqual([
    // the series is called off as its fourth date is over
    'OpenBMC 2020-01-14 12:30 closed',
    'OpenBMC 2020-01-28 12:30 closed',
    'OpenBMC 2020-02-11 12:30 closed',
    'OpenBMC 2020-02-25 12:30 closed',
    'OpenBMC 2020-03-10 12:30 cancelled',
    'OpenBMC 2020-03-24 12:30 cancelled',
    'Telemetry 2019-07-09 09:30 closed',
    // a date that was over is used again two weeks later: another one
    'Telemetry 2019-07-23 21:00 closed',
    'Telemetry 2019-08-06 09:30 closed',
    // called off on its morning; the series ten minutes before the next
    'Telemetry 2019-09-03 09:30 cancelled',
    'Telemetry 2019-10-01 09:30 cancelled',
    'Telemetry 2019-10-29 09:30 cancelled',
    // at half past nine before and after the clocks change on 3 November
    'Workgroup 2019-10-01 09:30 closed',
    'Workgroup 2019-10-15 09:30 closed',
    'Workgroup 2019-10-29 09:30 closed',
    'Workgroup 2019-11-12 09:30 closed',
    'Workgroup 2019-11-26 09:30 closed',
    'Workgroup 2019-12-10 09:30 closed',
    'Workgroup 2019-12-24 09:30 cancelled',
    'Workgroup 2020-01-07 09:30 cancelled',
  ]);
  const { rows: posted } = await sql<{ id: string }>`
    select subject_id as id from journal where kind = 'review.prepared' and data ->> 'time' = '1' group by 1 having count(*) > 1`.execute(
    world.db,
  );
  expect(posted).toEqual([]);
});
