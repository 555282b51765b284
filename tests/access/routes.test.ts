import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendEvent } from '../../bot/journal/index.ts';
import { type House, openHouse, type RouteName } from './house.ts';
import { type Asked, askAround, FABRIKAM, NORTHWIND, type Story, tell } from './story.ts';
import { NAMES, SUBJECTS, VIEWERS, type Viewer, viewers } from './viewers.ts';

/** One request to a route. `status` and `sees` by viewer, in the order of `viewers`; `sees`: the first letters of the subjects in the answer. */
interface Case {
  readonly what: string;
  url(story: Story): string;
  readonly status: string;
  readonly sees?: Partial<Record<Viewer, string>>;
  /** Names stand in it for whoever may open it at all. */
  readonly named?: boolean;
  readonly body?: (story: Story) => object;
  /** What else the request carries: of doors that do not ask for a person. */
  readonly headers?: Readonly<Record<string, string>>;
}

//                owner member provA provB guest extern unbound otherT app  exec admin
const ALL = '       200   200   200   200   200   200   200   200   200   200   200';
const NOBODY = '    401   401   401   401   401   401   401   401   401   401   401';
const FABRIKAMS = ' 200   200   200   403   200   200   403   401   401   200   200';
const ITS_PEOPLE = '200   200   200   404   200   200   404   401   401   200   200';
const NORTHWINDS = '403   403   403   200   403   403   403   401   401   200   200';
const of = (id: string, page: string) => () => `/api/partnerships/${id}/${page}`;

/** What everybody gets from every route. A route that Fastify registers without a row here, or a row without a route, fails. */
const ROUTES: Readonly<Record<RouteName, readonly Case[]>> = {
  'GET /healthz': [{ what: 'the process', url: () => '/healthz', status: ALL }],
  'GET /readyz': [{ what: 'the instance', url: () => '/readyz', status: ALL }],
  'GET /openapi.json': [{ what: 'the description', url: () => '/openapi.json', status: ALL }],
  'GET /tab/*': [{ what: 'the page, which knows nobody', url: () => '/tab/', status: ALL.replaceAll('200', '503') }],
  'GET /api/me': [
    {
      what: 'who is looking',
      url: () => '/api/me',
      status: '     200   200   200   200   200   200   200   401   401   200   200',
    },
  ],
  'GET /api/me/data': [
    {
      what: 'what is held about whoever asks',
      url: () => '/api/me/data',
      status: '     200   200   200   200   200   200   200   401   401   200   200',
      sees: { owner: 'ADS', external: 'AD' },
    },
  ],
  'GET /api/partnerships/:id/today': [
    { what: 'of Fabrikam', url: of(FABRIKAM, 'today'), status: FABRIKAMS, sees: { owner: 'ADS', external: 'A' } },
    { what: 'of Northwind', url: of(NORTHWIND, 'today'), status: NORTHWINDS },
    {
      what: 'of nobody',
      url: of('00000000-0000-4000-8000-000000000000', 'today'),
      status: '     403   403   403   403   403   403   403   401   401   404   404',
    },
  ],
  'GET /api/partnerships/:id/agreement': [
    { what: 'of Fabrikam', url: of(FABRIKAM, 'agreement'), status: FABRIKAMS },
    { what: 'of Northwind', url: of(NORTHWIND, 'agreement'), status: NORTHWINDS },
  ],
  'GET /api/partnerships/:id/people': [
    {
      what: 'of Fabrikam, for owners',
      url: of(FABRIKAM, 'people'),
      status: '     200   403   403   403   200   403   403   401   401   403   403',
      named: true,
    },
    {
      what: 'of Northwind, for owners',
      url: of(NORTHWIND, 'people'),
      status: '     403   403   403   200   403   403   403   401   401   403   403',
      named: true,
    },
  ],
  'GET /api/partnerships/:id/stream': [
    { what: 'of Fabrikam', url: of(FABRIKAM, 'stream?after=0'), status: FABRIKAMS },
    { what: 'of Northwind', url: of(NORTHWIND, 'stream?after=0'), status: NORTHWINDS },
  ],
  'GET /api/obligations/:id': [
    {
      what: 'one that is past its time',
      url: ({ waits }) => `/api/obligations/${waits.alpha}`,
      status: ITS_PEOPLE,
      sees: { owner: 'A', external: 'A' },
    },
    {
      what: 'one of a mail to two providers',
      url: ({ waits }) => `/api/obligations/${waits.sierra}`,
      status: ITS_PEOPLE,
      sees: { owner: 'S' },
    },
    {
      what: 'one that may not need an answer',
      url: ({ waits }) => `/api/obligations/${waits.delta}`,
      status: '     200   404   404   404   404   200   404   401   401   404   404',
      sees: { owner: 'D', external: 'D' },
    },
    {
      what: "the other provider's",
      url: ({ waits }) => `/api/obligations/${waits.bravo}`,
      status: '     404   404   404   200   404   404   404   401   401   200   200',
      named: true,
    },
    {
      what: "the other provider's, of the mail to both",
      url: ({ waits }) => `/api/obligations/${waits.sierraB}`,
      status: '404 404 404 200 404 404 404 401 401 200 200',
    },
    {
      what: 'none',
      url: () => '/api/obligations/00000000-0000-4000-8000-000000000000',
      status: '404 404 404 404 404 404 404 401 401 404 404',
    },
  ],
  'GET /api/partnerships/:id/reviews': [
    { what: 'of Fabrikam', url: of(FABRIKAM, 'reviews'), status: FABRIKAMS },
    { what: 'of Northwind', url: of(NORTHWIND, 'reviews'), status: NORTHWINDS },
  ],
  'GET /api/reviews/:id': [
    { what: 'the next one', url: () => `/api/reviews/${asked.review}`, status: ITS_PEOPLE },
    {
      what: 'none',
      url: () => '/api/reviews/00000000-0000-4000-8000-000000000000',
      status: '404 404 404 404 404 404 404 401 401 404 404',
    },
  ],
  'GET /api/partnerships/:id/matters/:kind': [
    { what: 'of Fabrikam', url: of(FABRIKAM, 'matters/escalation'), status: FABRIKAMS },
    { what: 'of Northwind', url: of(NORTHWIND, 'matters/escalation'), status: NORTHWINDS },
    { what: 'decisions of Fabrikam', url: of(FABRIKAM, 'matters/approval'), status: FABRIKAMS },
    { what: 'updates of Fabrikam', url: of(FABRIKAM, 'matters/rhythm'), status: FABRIKAMS },
    { what: 'actions of Fabrikam', url: of(FABRIKAM, 'matters/actionItem'), status: FABRIKAMS },
    {
      what: 'of no kind',
      url: of(FABRIKAM, 'matters/rumour'),
      status: '     400   400   400   400   400   400   400   401   401   400   400',
    },
  ],
  'GET /api/matters/:kind/:id': [
    { what: 'a decision', url: () => `/api/matters/approval/${asked.decision}`, status: ITS_PEOPLE },
    { what: 'an agreed update', url: () => `/api/matters/rhythm/${asked.update}`, status: ITS_PEOPLE },
    { what: 'what was agreed to be done', url: () => `/api/matters/actionItem/${asked.item}`, status: ITS_PEOPLE },
    { what: 'help that is asked for', url: () => `/api/matters/escalation/${asked.help}`, status: ITS_PEOPLE },
    {
      what: 'a worry',
      url: () => `/api/matters/escalation/${asked.worry}`,
      status: '     200   200   404   404   404   404   404   401   401   404   404',
    },
  ],
  // each verb has its own rows in presses.test.ts
  'POST /api/actions/:verb': [
    {
      what: 'a verb that is none',
      url: () => '/api/actions/obligation.burn',
      status: '     404   404   404   404   404   404   404   401   401   404   404',
      body: ({ waits }) => ({ subjectId: waits.alpha, inputs: {} }),
    },
  ],
  // doors that know no persons: each asks for what only its own side has
  'POST /api/messages': [{ what: 'a forged activity', url: () => '/api/messages', status: NOBODY, body: () => activity }],
  'POST /notifications/graph': [
    {
      what: 'a notification of no subscription',
      url: () => '/notifications/graph',
      status: ALL.replaceAll('200', '202'),
      body: () => ({ value: [{ subscriptionId: 'x' }] }),
    },
  ],
  'GET /local/clock': [{ what: 'without the local key', url: () => '/local/clock', status: NOBODY }],
  'POST /local/clock': [
    {
      what: 'with another key',
      url: () => '/local/clock',
      status: NOBODY,
      body: () => ({ to: '2027-01-01T00:00:00Z' }),
      headers: { 'x-local-key': 'guessed' },
    },
  ],
  'POST /local/read': [{ what: 'without the local key', url: () => '/local/read', status: NOBODY, body: () => ({}) }],
};
const activity = {
  type: 'message',
  id: '1',
  channelId: 'msteams',
  serviceUrl: 'https://smba.trafficmanager.net/x/',
  text: 'brief',
  conversation: { id: 'a:1', conversationType: 'personal' },
};

let house: House;
let story: Story;
let asked: Asked;
beforeAll(async () => {
  house = await openHouse();
  story = await tell(house);
  asked = await askAround(house);
  house.keeps = false;
});
afterAll(() => house?.close());

/** The status, and all that is told at once: of a stream its first lines. */
async function ask(route: RouteName, each: Case, viewer: Viewer): Promise<{ status: number; text: string }> {
  const [method] = route.split(' ') as [string];
  const headers = { ...(await house.headersOf(viewer)), ...each.headers, ...(each.body && { 'content-type': 'application/json' }) };
  const body = each.body ? { body: JSON.stringify(each.body(story)) } : {};
  const response = await fetch(house.url + each.url(story), { method, headers, ...body });
  if (!/x-ndjson/.test(response.headers.get('content-type') ?? '')) return { status: response.status, text: await response.text() };
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { value = '' } = await reader.read();
  await reader.cancel();
  return { status: response.status, text: value };
}
const letters = (text: string): string =>
  Object.keys(SUBJECTS)
    .filter((subject) => text.includes(subject))
    .map((subject) => subject[0])
    .sort()
    .join('');

it('every route that is registered has a row, and every row a route', () => {
  expect([...new Set(house.routes)].sort()).toEqual(Object.keys(ROUTES).sort());
});

describe.each(Object.entries(ROUTES))('%s', (route, cases) => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', async (_what, each) => {
    const answers: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const [index, viewer] of viewers.entries()) {
      const { status, text } = await ask(route, each, viewer);
      answers[viewer] = [status, letters(text)];
      expected[viewer] = [Number(each.status.trim().split(/\s+/)[index]), each.sees?.[viewer] ?? ''];
      for (const [name, readers] of Object.entries(NAMES))
        if (!(each.named && status === 200) && text.includes(name) && !readers.includes(viewer)) answers[viewer] = `reads ${name}`;
    }
    expect(answers).toEqual(expected);
  });
});

describe('the stream', () => {
  it('ends for somebody whose standing ends, whatever it was by', async () => {
    const { person } = VIEWERS.external;
    const response = await fetch(`${house.url}/api/partnerships/${FABRIKAM}/stream`, { headers: await house.headersOf('external') });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('heartbeat');
    house.keeps = true;
    await house.database.db.deleteFrom('identity').where('objectId', '=', person.objectId).execute();
    await house.ports.transaction((tx) =>
      appendEvent(tx, {
        kind: 'obligation.moved',
        subject: { kind: 'obligation', id: story.waits.alpha },
        partnershipId: FABRIKAM,
        at: house.ports.clock.now(),
        by: null,
      }),
    );
    const { value } = await reader.read();
    expect(value).toContain('"kind":"end"');
    expect(value).not.toContain('obligation:');
    house.keeps = false;
  });
});
