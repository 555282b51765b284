import { expect, it } from '@jest/globals';
import { completed, ianaZone, instantIn, type MeetingItem } from '../../bot/meetings/index.ts';

it.each([
  ['W. Europe Standard Time', '2026-11-24T10:00:00.0000000', '2026-11-24T09:00:00Z'],
  ['W. Europe Standard Time', '2026-07-24T10:00:00.0000000', '2026-07-24T08:00:00Z'],
  ['India Standard Time', '2026-11-24T10:00:00', '2026-11-24T04:30:00Z'],
  ['pacific standard time', '2026-11-01T12:00:00', '2026-11-01T20:00:00Z'],
  ['UTC', '2026-11-24T10:00:00.0000000', '2026-11-24T10:00:00Z'],
  ['Asia/Manila', '2026-11-24T10:00:00', '2026-11-24T02:00:00Z'],
])('%s: %s', (zone, wallTime, instant) => expect(instantIn(wallTime, zone)).toEqual(new Date(instant)));

it('does not guess at zones and times that nobody knows', () => {
  expect(ianaZone('tzone://Microsoft/Custom')).toBeNull();
  expect(instantIn('2026-11-24T10:00:00', 'tzone://Microsoft/Custom')).toBeNull();
  expect(instantIn('never', 'UTC')).toBeNull();
});

it('knows every Windows zone of the map by an IANA zone that the runtime knows', () => {
  for (const name of [
    'Dateline Standard Time',
    'Line Islands Standard Time',
    'GMT Standard Time',
    'FLE Standard Time',
    'Aus Central W. Standard Time',
  ])
    expect(ianaZone(name)).toMatch(/\//);
});

it('gives an occurrence what its series says, and lets an exception speak for itself', () => {
  const at = { startAt: new Date('2026-11-24T09:00:00Z'), endAt: new Date('2026-11-24T10:00:00Z') };
  const master: MeetingItem = {
    id: 'series',
    kind: 'seriesMaster',
    seriesMasterId: null,
    ...at,
    subject: 'Review',
    organizer: 'anna@contoso.com',
    attendees: [],
    cancelled: false,
    zone: 'Europe/Amsterdam',
    icalUid: 'u',
    joinUrl: null,
  };
  const series = completed(master, null);
  expect(completed({ id: 'o', kind: 'occurrence', seriesMasterId: 'series', ...at }, series)).toMatchObject({
    id: 'o',
    subject: 'Review',
    organizer: 'anna@contoso.com',
    zone: 'Europe/Amsterdam',
  });
  expect(
    completed({ id: 'e', kind: 'exception', seriesMasterId: 'series', ...at, subject: 'Review (moved)', cancelled: true }, series),
  ).toMatchObject({ subject: 'Review (moved)', cancelled: true });
});
