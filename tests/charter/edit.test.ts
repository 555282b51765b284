import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closedByDate } from '../../bot/charter/edit.ts';
import {
  type CalendarEdit,
  compiled,
  confirmHolidays,
  editCalendar,
  latestCharter,
  siteClosed,
  undoCalendarEdits,
} from '../../bot/charter/index.ts';
import { eventsOf, remarkOf } from '../../bot/journal/index.ts';
import { add, explain } from '../../bot/worktime/index.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Loaded, loaded } from './loaded.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const NOW = new Date('2026-11-23T08:00:00Z');
const calendar = async ({ id }: Loaded, key: string) => (await latestCharter(database.db, id)).calendars[key]!;
const edit = (it: Loaded, calendarKey: string, change: CalendarEdit, by = it.actor('joan', 'provider')) =>
  database.ports.transaction((tx) => editCalendar(tx, { partnershipId: it.id, calendarKey, by, now: NOW, edit: change }));

describe('corrections of one date', () => {
  it('a holiday, a working day and other hours, each on top of the file and each taken back', async () => {
    const it = await loaded(database);
    const holiday = await edit(it, 'manila', { kind: 'holiday', onDate: '2026-11-24', reason: 'City day' });
    const working = await edit(it, 'manila', { kind: 'notHoliday', onDate: '2026-11-30' });
    const hours = await edit(it, 'manila', { kind: 'exception', onDate: '2026-12-30', hours: '13:00-18:00', reason: 'Late start' });
    const { work } = await calendar(it, 'manila');
    expect(work.holidays).toMatchObject({ '2026-11-24': 'City day' });
    expect(work.holidays).not.toHaveProperty('2026-11-30');
    // Hours written for a date count even where the list calls it a holiday: 30 December is one.
    expect(work.holidays).not.toHaveProperty('2026-12-30');
    expect(work.shifts).toEqual({ '2026-12-30': [['13:00', '18:00']] });
    expect(work.exceptionNames).toEqual({ '2026-12-30': 'Late start' });
    await database.ports.transaction((tx) =>
      undoCalendarEdits(tx, { partnershipId: it.id, editIds: [holiday, working, hours], by: it.actor('joan', 'provider'), now: NOW }),
    );
    expect((await calendar(it, 'manila')).work).toEqual((await calendar(await loaded(database), 'manila')).work);
  });

  it('stand in the history; what people wrote stands apart', async () => {
    const it = await loaded(database);
    const editId = await edit(it, 'manila', { kind: 'holiday', onDate: '2026-11-24', reason: 'City day' });
    const event = (await eventsOf(database.db, { kind: 'charter', id: it.id })).at(-1)!;
    expect(event).toMatchObject({
      kind: 'charter.calendarEdited',
      by: { side: 'provider' },
      data: { editId, calendarKey: 'manila', kind: 'holiday', onDate: '2026-11-24' },
    });
    expect(JSON.stringify(event)).not.toContain('City day');
    expect(await remarkOf(database.db, event.id)).toBe('City day');
  });

  it.each<[string, CalendarEdit, string]>([
    ['no date', { kind: 'holiday', onDate: '2026-02-30', reason: 'x' }, 'calendar.bad_date'],
    ['a range', { kind: 'holiday', onDate: '2026-11-24 to 2026-11-25', reason: 'x' }, 'calendar.bad_date'],
    ['no hours', { kind: 'exception', onDate: '2026-11-24', hours: 'late', reason: 'x' }, 'calendar.bad_hours'],
  ])('%s is refused', async (_what, change, code) => {
    await expect(edit(await loaded(database), 'manila', change)).rejects.toMatchObject({ code });
  });

  it('only the owner of the side, and only what is there', async () => {
    const it = await loaded(database);
    const change: CalendarEdit = { kind: 'holiday', onDate: '2026-11-24', reason: 'x' };
    await expect(edit(it, 'manila', change, it.actor('anna', 'client'))).rejects.toMatchObject({ code: 'charter.other_side' });
    await expect(edit(it, 'manila', change, it.actor('carlo', 'provider', false))).rejects.toMatchObject({ code: 'charter.owner_only' });
    await expect(edit(it, 'paris', change)).rejects.toMatchObject({ code: 'calendar.not_found' });
    const editId = await edit(it, 'manila', change);
    const undo = (by = it.actor('joan', 'provider')) =>
      database.ports.transaction((tx) => undoCalendarEdits(tx, { partnershipId: it.id, editIds: [editId], by, now: NOW }));
    await expect(undo(it.actor('anna', 'client'))).rejects.toMatchObject({ code: 'charter.other_side' });
    await undo();
    await expect(undo()).rejects.toMatchObject({ code: 'calendar.edit_not_found' });
    const other = await loaded(database);
    await expect(
      database.ports.transaction((tx) =>
        undoCalendarEdits(tx, { partnershipId: other.id, editIds: [editId], by: other.actor('joan', 'provider'), now: NOW }),
      ),
    ).rejects.toMatchObject({ code: 'calendar.edit_not_found' });
  });
});

it('a confirmed list is assumed no more', async () => {
  const it = await loaded(database);
  expect((await calendar(it, 'manila')).assumed).toBe(true);
  await database.ports.transaction((tx) =>
    confirmHolidays(tx, { partnershipId: it.id, calendarKey: 'manila', by: it.actor('joan', 'provider'), now: NOW }),
  );
  expect((await calendar(it, 'manila')).assumed).toBe(false);
  expect((await calendar(it, 'manila-night')).assumed).toBe(true);
});

describe('our site is closed', () => {
  const close = (it: Loaded, from: string, to: string) =>
    database.ports.transaction((tx) =>
      siteClosed(tx, {
        partnershipId: it.id,
        side: 'provider',
        from: new Date(from),
        to: new Date(to),
        reason: 'Typhoon',
        by: it.actor('joan', 'provider'),
        now: NOW,
      }),
    );

  it('takes the time out, whatever would be open, and moves what is expected', async () => {
    const it = await loaded(database);
    const openedAt = new Date('2026-11-23T04:00:00Z'); // Mon 12:00 in Manila
    expect(add(compiled(await calendar(it, 'manila')), openedAt, 8 * 3600)).toEqual(new Date('2026-11-24T03:00:00Z'));
    await close(it, '2026-11-23T06:00:00Z', '2026-11-24T10:00:00Z'); // Mon 14:00 to Tue 18:00 in Manila
    const work = compiled(await calendar(it, 'manila'));
    const due = add(work, openedAt, 8 * 3600);
    expect(due).toEqual(new Date('2026-11-25T07:00:00Z'));
    expect(explain(work, openedAt, due).closed).toEqual([{ on: '2026-11-24', why: 'exception', name: 'Typhoon' }]);
  });

  it('is taken back as a whole', async () => {
    const it = await loaded(database);
    const before = (await calendar(it, 'manila')).work;
    const editIds = await close(it, '2026-11-23T06:00:00Z', '2026-11-25T10:00:00Z');
    expect(editIds).toHaveLength(3);
    await database.ports.transaction((tx) =>
      undoCalendarEdits(tx, { partnershipId: it.id, editIds, by: it.actor('joan', 'provider'), now: NOW }),
    );
    expect((await calendar(it, 'manila')).work).toEqual(before);
  });

  it.each([
    ['ends before it starts', '2026-11-24T10:00:00Z', '2026-11-23T06:00:00Z'],
    ['lasts longer than a month', '2026-11-24T10:00:00Z', '2026-12-26T06:00:00Z'],
    ['has no start', 'never', '2026-12-26T06:00:00Z'],
  ])('is refused when it %s', async (_what, from, to) => {
    await expect(close(await loaded(database), from, to)).rejects.toMatchObject({ code: 'calendar.bad_date' });
  });

  it.each([
    ['a few hours', '2026-11-23T06:00:00Z', '2026-11-23T08:30:00Z', [['2026-11-23', '14:00', '16:30']]],
    ['until midnight', '2026-11-23T06:00:00Z', '2026-11-23T16:00:00Z', [['2026-11-23', '14:00', '24:00']]],
    [
      'over midnight',
      '2026-11-23T15:59:30Z',
      '2026-11-23T16:00:01Z',
      [
        ['2026-11-23', '23:59', '24:00'],
        ['2026-11-24', '00:00', '00:01'],
      ],
    ],
    ['a whole day', '2026-11-22T16:00:00Z', '2026-11-23T16:00:00Z', [['2026-11-23', '00:00', '24:00']]],
  ])('by the wall clock of the site: %s', (_what, from, to, expected) => {
    const stretches = closedByDate('Asia/Manila', new Date(from), new Date(to));
    expect(stretches.map(({ onDate, closed }) => [onDate, ...closed])).toEqual(expected);
  });
});
