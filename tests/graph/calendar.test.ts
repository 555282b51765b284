import { afterEach, expect, it } from '@jest/globals';
import { partnershipIdOf } from '../../bot/charter/index.ts';
import type { Meeting } from '../../infra/local/tenant/tenant.ts';
import { aMailbox, aPerson, aTenant, START } from '../local/support/tenant.ts';
import { Service } from './service.ts';

const anna = aPerson({ address: 'anna@contoso.example' });
const in1 = (days: number) => new Date(START.getTime() + days * 86_400_000);
const person = (address: string) => ({ address, name: '' });
const meeting = (given: Partial<Meeting>): Meeting => ({
  id: 'review',
  subject: 'Service review',
  organizer: person('anna@contoso.example'),
  attendees: [person('joan@fabrikam.example')],
  startAt: in1(1),
  minutes: 60,
  zone: 'Europe/Amsterdam',
  recurrence: 'FREQ=WEEKLY',
  cancelledAt: [],
  moved: [],
  cancelled: false,
  ...given,
});
const inside = meeting({ id: 'inside', subject: 'Appraisal', attendees: [person('pieter@contoso.example')] });

let service: Service;
afterEach(() => service?.close());
const events = () => service.database.db.selectFrom('calendarEvent').selectAll().orderBy('startAt').orderBy('kind').execute();

it('keeps the meetings of both sides, occurrences complete, and nothing of the others', async () => {
  service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: [meeting({}), inside] }));
  await service.sweep();
  expect(service.calendars).toContain(partnershipIdOf('fabrikam'));
  const kept = await events();
  expect(new Set(kept.map(({ subject }) => subject))).toEqual(new Set(['Service review']));
  const occurrences = kept.filter(({ kind }) => kind === 'occurrence');
  expect(occurrences.length).toBeGreaterThanOrEqual(5);
  expect(occurrences[0]).toMatchObject({
    organizer: 'anna@contoso.example',
    attendees: [{ address: 'joan@fabrikam.example' }],
    data: { zone: expect.stringMatching(/^Europe\//) },
  });
});

it('follows changes: moved, cancelled, removed; and begins a new window before the old one runs out', async () => {
  service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: [meeting({})] }));
  await service.sweep();
  const first = (await events()).find(({ kind }) => kind === 'occurrence')!;
  const startAt = new Date(first.startAt.getTime() + 7_200_000);
  service.bench.graph.putMeeting(
    meeting({
      moved: [{ fromAt: first.startAt, startAt, minutes: 30 }],
      cancelledAt: [new Date(first.startAt.getTime() + 7 * 86_400_000)],
    }),
  );
  await service.sweep();
  const moved = await events();
  expect(moved.filter(({ kind }) => kind === 'exception')).toMatchObject([
    { graphId: first.graphId, startAt, data: { originalAt: first.startAt.toISOString() } },
  ]);
  service.clock.forward(20 * 86_400_000);
  await service.sweep();
  expect((await events()).at(-1)!.startAt.getTime()).toBeGreaterThan(in1(50).getTime());
  service.bench.graph.removeMeeting('review');
  await service.sweep();
  expect((await events()).filter(({ kind }) => kind === 'seriesMaster')).toEqual([]);
});

it('believes that a meeting is gone only when it is: one that was moved out of the window is told as removed', async () => {
  const one = meeting({ id: 'one', recurrence: null });
  service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: [one] }));
  await service.sweep();
  service.bench.graph.putMeeting({ ...one, startAt: in1(100) });
  await service.sweep();
  expect(await events()).toMatchObject([{ kind: 'singleInstance', startAt: in1(100) }]);
  service.bench.graph.removeMeeting('one');
  await service.sweep();
  expect(await events()).toEqual([]);
});

it.each(['goneWithLocation', 'syncStateNotFound', 'resyncRequired'] as const)(
  'a token expires (%s): the window begins anew, and what was taken out of the calendar meanwhile is gone',
  async (shape) => {
    const [kept, gone] = [meeting({ id: 'kept', recurrence: null }), meeting({ id: 'gone', subject: 'Other review' })];
    service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: [kept, gone] }));
    await service.sweep();
    expect(new Set((await events()).map(({ subject }) => subject))).toEqual(new Set(['Service review', 'Other review']));
    service.bench.graph.removeMeeting('gone');
    service.bench.graph.faults.expireTokens(shape);
    await service.sweep();
    expect((await events()).map(({ subject, kind }) => [subject, kind])).toEqual([['Service review', 'singleInstance']]);
  },
);

it('keeps what is over when a new window begins behind it', async () => {
  const [past, ahead] = [meeting({ id: 'past', recurrence: null }), meeting({ id: 'ahead', recurrence: null, startAt: in1(30) })];
  service = await Service.start(aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: [past, ahead] }));
  await service.sweep();
  service.clock.forward(20 * 86_400_000);
  await service.sweep();
  expect((await events()).map(({ startAt }) => startAt)).toEqual([in1(1), in1(30)]);
});

it('reads mail all the same when calendars are not granted', async () => {
  const tenant = aTenant({ people: [anna], mailboxes: [aMailbox(anna)], meetings: [meeting({})] });
  service = await Service.start({ ...tenant, app: { ...tenant.app, roles: ['Mail.ReadBasic.All', 'User.ReadBasic.All'] } });
  await service.sweep();
  expect(await events()).toEqual([]);
  expect(await service.database.db.selectFrom('mailbox').select('state').execute()).toEqual([{ state: 'reading' }]);
});
