import { afterEach, describe, expect, it } from '@jest/globals';
import type { Meeting } from '../../infra/local/tenant/tenant.ts';
import { aBench, type Bench } from './support/graph.ts';
import { aTenant } from './support/tenant.ts';

const ANNA = 'anna@contoso.example';
const person = (address: string) => ({ address, name: '' });
const aMeeting = (given: Partial<Meeting> = {}): Meeting => ({
  id: 'weekly@contoso.example',
  subject: 'Weekly with Fabrikam',
  organizer: person(ANNA),
  attendees: [person('joan@fabrikam.example'), person('bram@contoso.example')],
  // Tuesdays 10:00 in Amsterdam; the clocks change on 25 October.
  startAt: new Date('2026-10-13T08:00:00Z'),
  minutes: 30,
  zone: 'Europe/Amsterdam',
  recurrence: 'FREQ=WEEKLY;BYDAY=TU',
  cancelledAt: [],
  moved: [],
  cancelled: false,
  ...given,
});
const WINDOW = 'startDateTime=2026-10-19T00:00:00Z&endDateTime=2026-11-09T00:00:00Z';
const VIEW = `/users/${ANNA}/calendarView?${WINDOW}`;
const DELTA = `/users/${ANNA}/calendarView/delta?${WINDOW}`;

let bench: Bench;
afterEach(() => bench.close());

describe('the calendar view', () => {
  it('takes a series apart on the wall clock of its zone', async () => {
    const moved = [{ fromAt: new Date('2026-11-03T09:00:00Z'), startAt: new Date('2026-11-04T13:00:00Z'), minutes: 60 }];
    bench = await aBench(aTenant({ meetings: [aMeeting({ moved })] }));
    const { body } = await bench.ask(VIEW);
    expect(body.value.map((one: { type: string; start: unknown }) => [one.type, one.start])).toEqual([
      ['occurrence', { dateTime: '2026-10-20T08:00:00.0000000', timeZone: 'UTC' }],
      ['occurrence', { dateTime: '2026-10-27T09:00:00.0000000', timeZone: 'UTC' }],
      ['exception', { dateTime: '2026-11-04T13:00:00.0000000', timeZone: 'UTC' }],
    ]);
    const { body: local } = await bench.ask(VIEW, { prefer: 'outlook.timezone="W. Europe Standard Time"' });
    expect(local.value[1].start).toEqual({ dateTime: '2026-10-27T10:00:00.0000000', timeZone: 'W. Europe Standard Time' });
    const master = (await bench.ask(`/users/${ANNA}/events/${body.value[0].seriesMasterId}`)).body;
    expect(master).toMatchObject({
      type: 'seriesMaster',
      subject: 'Weekly with Fabrikam',
      isOrganizer: true,
      recurrence: { pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'] } },
    });
    expect((await bench.ask(`/users/${ANNA}/events/${body.value[1].id}`)).body.start).toEqual(body.value[1].start);
  });

  it('shows the same meeting to each of its people, under ids of their own', async () => {
    bench = await aBench(
      aTenant({ meetings: [aMeeting({ recurrence: null, startAt: new Date('2026-10-20T08:00:00Z'), cancelled: true })] }),
    );
    const [anna] = (await bench.ask(VIEW)).body.value;
    const [bram] = (await bench.ask(VIEW.replace('anna', 'bram'))).body.value;
    expect(bram).toMatchObject({ iCalUId: anna.iCalUId, isOrganizer: false, isCancelled: true, subject: 'Canceled: Weekly with Fabrikam' });
    expect(bram.id).not.toBe(anna.id);
    expect(anna).not.toHaveProperty('body');
    expect((await bench.ask(`/users/${ANNA}/calendarView`)).status).toBe(400);
  });
});

describe('its delta', () => {
  it('gives masters whole and occurrences bare, then what changed', async () => {
    bench = await aBench(aTenant({ meetings: [aMeeting()] }));
    const first = await bench.round(DELTA, 'odata.maxpagesize=2');
    expect(first.pages).toBe(2);
    expect(first.items.map(({ type }) => type)).toEqual(['seriesMaster', 'occurrence', 'occurrence', 'occurrence']);
    expect(first.items[0].subject).toBe('Weekly with Fabrikam');
    expect(
      Object.keys(first.items[1])
        .filter((name) => !name.startsWith('@'))
        .sort(),
    ).toEqual(['end', 'id', 'seriesMasterId', 'start', 'type']);
    expect((await bench.round(first.deltaLink)).items).toEqual([]);
    bench.graph.putMeeting(aMeeting({ cancelledAt: [new Date('2026-10-27T09:00:00Z')] }));
    const later = await bench.round(first.deltaLink);
    expect(later.items.at(-1)).toMatchObject({ id: first.items[2].id, '@removed': { reason: 'deleted' } });
    expect((await bench.ask(`${DELTA}&$select=subject`, { outsideContract: true })).status).toBe(400);
  });

  it('tells a meeting that left the window as removed, though it is still there', async () => {
    const single = aMeeting({ recurrence: null, startAt: new Date('2026-10-20T08:00:00Z') });
    bench = await aBench(aTenant({ meetings: [single] }));
    const { items, deltaLink } = await bench.round(DELTA);
    bench.graph.putMeeting({ ...single, startAt: new Date('2026-12-01T09:00:00Z') });
    expect((await bench.round(deltaLink)).items).toMatchObject([{ id: items[0].id, '@removed': { reason: 'deleted' } }]);
    expect((await bench.ask(`/users/${ANNA}/events/${items[0].id}`)).status).toBe(200);
    bench.graph.removeMeeting(single.id);
    expect((await bench.ask(`/users/${ANNA}/events/${items[0].id}`)).status).toBe(404);
  });

  it('ends its tokens like that of mail', async () => {
    bench = await aBench(aTenant({ meetings: [aMeeting()] }));
    const { deltaLink } = await bench.round(DELTA);
    bench.graph.faults.expireTokens('resyncRequired');
    expect((await bench.ask(deltaLink)).body.error.code).toBe('resyncRequired');
  });
});

describe('writing into an event', () => {
  const roles = ['Calendars.ReadWrite', 'User.ReadBasic.All'];
  const open = async () => {
    const tenant = aTenant({ meetings: [aMeeting()] });
    bench = await aBench({ ...tenant, app: { ...tenant.app, roles } });
    const { body } = await bench.ask(VIEW);
    return `/users/${ANNA}/events/${body.value[0].seriesMasterId}`;
  };
  const patch = (path: string, content: string) => bench.ask(path, { method: 'PATCH', body: { body: { contentType: 'html', content } } });

  it('a body that keeps the block with the link keeps the meeting online; without it nobody can join, and with it one can again', async () => {
    const path = await open();
    const { body: before } = await bench.ask(path);
    const kept = await patch(path, `<p>Agenda</p>${before.body.content}`);
    expect(kept.body).toMatchObject({ isOnlineMeeting: true, onlineMeeting: before.onlineMeeting });
    expect((await patch(path, '<p>Agenda</p>')).body).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null });
    expect((await patch(path, kept.body.body.content)).body).toMatchObject({ isOnlineMeeting: true, onlineMeeting: before.onlineMeeting });
  });

  it('is for the organizer, with a permission to write, on the event as it is', async () => {
    const path = await open();
    const bram = (await bench.ask(`/users/bram@contoso.example/calendarView?${WINDOW}`)).body.value[0].seriesMasterId;
    expect((await patch(`/users/bram@contoso.example/events/${bram}`, 'x')).status).toBe(403);
    expect((await bench.ask(path, { method: 'PATCH', body: { attendees: [] } })).status).toBe(400);
    await bench.close();
    bench = await aBench(aTenant({ meetings: [aMeeting()] }));
    expect((await patch(path, 'x')).status).toBe(403);
  });
});

describe('getSchedule', () => {
  const SCHEDULE = `/users/${ANNA}/calendar/getSchedule`;
  const asked = (given: object = {}) => ({
    schedules: [ANNA, 'bram@contoso.example', 'nobody@fabrikam.example'],
    startTime: { dateTime: '2026-11-03T08:00:00', timeZone: 'UTC' },
    endTime: { dateTime: '2026-11-03T10:00:00', timeZone: 'UTC' },
    availabilityViewInterval: 15,
    ...given,
  });
  const post = (body: object, path = SCHEDULE) => bench.ask(path, { method: 'POST', body });

  it('tells when people are taken, without subjects to Calendars.ReadBasic, and of whom it cannot', async () => {
    bench = await aBench(aTenant({ meetings: [aMeeting()] }));
    const { status, body } = await post(asked());
    expect(status).toBe(200);
    const at = {
      start: { dateTime: '2026-11-03T09:00:00.0000000', timeZone: 'UTC' },
      end: { dateTime: '2026-11-03T09:30:00.0000000', timeZone: 'UTC' },
    };
    expect(body.value).toEqual([
      { scheduleId: ANNA, availabilityView: '00002200', scheduleItems: [{ status: 'busy', ...at }] },
      { scheduleId: 'bram@contoso.example', availabilityView: '00001100', scheduleItems: [{ status: 'tentative', ...at }] },
      {
        scheduleId: 'nobody@fabrikam.example',
        availabilityView: '',
        scheduleItems: [],
        error: { message: expect.any(String), responseCode: 'ErrorMailRecipientNotFound' },
      },
    ]);
  });

  it.each([
    ['more than twenty people', { schedules: Array.from({ length: 21 }, (_, n) => `p${n}@contoso.example`) }],
    ['more than 62 days', { endTime: { dateTime: '2027-01-05T08:00:00', timeZone: 'UTC' } }],
    ['steps of less than five minutes', { availabilityViewInterval: 4 }],
    ['steps longer than the time asked for', { availabilityViewInterval: 1440 }],
  ])('takes no %s', async (_what, given) => {
    bench = await aBench(aTenant());
    expect((await post(asked(given))).status).toBe(400);
  });

  it('is refused without the permission', async () => {
    const plain = aTenant();
    bench = await aBench({ ...plain, app: { ...plain.app, roles: ['Mail.ReadBasic.All'] } });
    expect(await post(asked())).toMatchObject({ status: 403, body: { error: { code: 'ErrorAccessDenied' } } });
  });
});
