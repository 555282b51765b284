import { afterEach, describe, expect, it } from '@jest/globals';
import { aBench, type Bench } from './support/graph.ts';
import { aMail, aMailbox, aPerson, aTenant } from './support/tenant.ts';

const ANNA = 'anna@contoso.example';
const MESSAGES = `/users/${ANNA}/mailFolders/inbox/messages`;

let bench: Bench;
afterEach(() => bench.close());

describe('tokens', () => {
  it('must be for Graph, of this tenant, signed by its issuer and alive', async () => {
    bench = await aBench(aTenant());
    expect((await bench.ask(MESSAGES)).status).toBe(200);
    for (const token of ['', 'x.y.z', `${(await bench.token()).slice(0, -6)}AAAAAA`]) {
      expect(await bench.ask(MESSAGES, { token })).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } });
    }
  });

  it('without the permission get 403', async () => {
    const plain = aTenant();
    bench = await aBench({ ...plain, app: { ...plain.app, roles: ['Calendars.ReadBasic'] } });
    expect(await bench.ask(MESSAGES)).toMatchObject({ status: 403, body: { error: { code: 'ErrorAccessDenied' } } });
    expect((await bench.ask('/users')).status).toBe(403);
    expect((await bench.ask(`/users/${ANNA}/events`)).status).toBe(200);
  });

  it('without any role read the mailboxes that Exchange itself grants', async () => {
    const plain = aTenant();
    const [anna, bram] = plain.people;
    bench = await aBench({
      ...plain,
      app: { ...plain.app, roles: [] },
      mailboxes: [aMailbox(anna!), aMailbox(bram!, { state: 'outOfScope' })],
    });
    expect((await bench.ask(MESSAGES)).status).toBe(200);
    expect((await bench.ask('/users/bram@contoso.example/mailFolders')).status).toBe(403);
  });
});

describe('mailboxes', () => {
  it('out of scope 403, no mailbox 404, nobody 404', async () => {
    const anna = aPerson({ address: ANNA });
    const bram = aPerson({ address: 'bram@contoso.example' });
    const carlo = aPerson({ address: 'carlo@fabrikam.example', kind: 'external' });
    bench = await aBench(
      aTenant({ people: [anna, bram, carlo], mailboxes: [aMailbox(anna, { state: 'outOfScope' }), aMailbox(bram, { state: 'none' })] }),
    );
    expect(await bench.ask(MESSAGES)).toMatchObject({
      status: 403,
      body: { error: { code: 'ErrorAccessDenied', message: expect.stringContaining('Access to OData is disabled') } },
    });
    expect(await bench.ask('/users/bram@contoso.example/mailFolders')).toMatchObject({
      status: 404,
      body: { error: { code: 'MailboxNotEnabledForRESTAPI' } },
    });
    expect(await bench.ask('/users/nobody@contoso.example/mailFolders')).toMatchObject({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound' } },
    });
    expect((await bench.ask(`/users/${carlo.objectId}`)).status).toBe(404);
    expect((await bench.ask(`/users/${anna.objectId}`)).body).toMatchObject({ mail: ANNA, userPrincipalName: ANNA });
  });

  it('say their zone and absence', async () => {
    const anna = aPerson({ address: ANNA });
    const outOfOffice = { startAt: new Date('2026-11-20T00:00:00Z'), endAt: new Date('2026-11-27T00:00:00Z'), text: 'Back on Friday.' };
    bench = await aBench(aTenant({ people: [anna], mailboxes: [aMailbox(anna, { outOfOffice })] }));
    expect((await bench.ask(`/users/${ANNA}/mailboxSettings`)).body).toMatchObject({
      timeZone: 'W. Europe Standard Time',
      userPurpose: 'user',
      automaticRepliesSetting: { status: 'scheduled', scheduledEndDateTime: { dateTime: '2026-11-27T00:00:00.0000000', timeZone: 'UTC' } },
    });
  });

  it('folders are found by well-known name and by id, and listed ten at a time', async () => {
    const anna = aPerson({ address: ANNA });
    const folders = Array.from({ length: 12 }, (_, i) => `Project ${i}`);
    bench = await aBench(aTenant({ people: [anna], mailboxes: [aMailbox(anna, { folders })] }));
    const page = await bench.ask(`/users/${ANNA}/mailFolders`);
    expect(page.body.value).toHaveLength(10);
    expect((await bench.ask(page.body['@odata.nextLink'])).body.value).toHaveLength(9);
    const inbox = (await bench.ask(`/users/${ANNA}/mailFolders/inbox`)).body;
    expect((await bench.ask(`/users/${ANNA}/mailFolders/${inbox.id}`)).body.displayName).toBe('Inbox');
    expect((await bench.ask(`/users/${ANNA}/mailFolders/nonsense`)).status).toBe(400);
  });

  it('the directory lists members, guests and shared mailboxes, not external members', async () => {
    const plain = aTenant();
    const shared = aMailbox(aPerson({ address: 'desk@contoso.example', name: 'Service desk' }), { kind: 'shared' });
    const whole = { ...plain.app, roles: ['User.Read.All'] };
    bench = await aBench({ ...plain, app: whole, mailboxes: [...plain.mailboxes, shared] });
    const { body } = await bench.ask('/users?$select=mail,userType,accountEnabled&$top=3');
    expect(body.value).toHaveLength(3);
    const rest = await bench.ask(body['@odata.nextLink']);
    expect([...body.value, ...rest.body.value]).toEqual([
      { mail: ANNA, userType: 'Member', accountEnabled: true },
      { mail: 'bram@contoso.example', userType: 'Member', accountEnabled: true },
      { mail: 'joan@fabrikam.example', userType: 'Guest', accountEnabled: true },
      { mail: 'desk@contoso.example', userType: 'Member', accountEnabled: false },
    ]);
    const filter = encodeURIComponent(`mail eq '${ANNA}' or userType eq 'Guest'`);
    expect((await bench.ask(`/users?$filter=${filter}`)).body.value).toHaveLength(2);
    expect((await bench.ask(`/users?$filter=${encodeURIComponent("startsWith(mail,'a')")}`)).status).toBe(400);
  });
});

it('of users shows the basic profile to User.ReadBasic.All, and refuses to look by anything else', async () => {
  bench = await aBench(aTenant());
  const { body } = await bench.ask(`/users/${ANNA}?$select=id,mail,userType,jobTitle,proxyAddresses`);
  expect(body).toMatchObject({ mail: ANNA, userType: null, jobTitle: null, proxyAddresses: [] });
  const by = (filter: string) => bench.ask(`/users?$select=id&$filter=${encodeURIComponent(filter)}`);
  expect((await by(`mail eq '${ANNA}'`)).body.value).toHaveLength(1);
  for (const filter of ["userType eq 'Guest'", `mail eq '${ANNA}' or proxyAddresses/any(p:p eq 'smtp:${ANNA}')`])
    expect((await by(filter)).body.error).toMatchObject({ code: 'Authorization_RequestDenied' });
});

describe('limits', () => {
  it('four at once for one mailbox, the others wait as told', async () => {
    bench = await aBench(aTenant(), { latencyMs: 1_000 });
    const replies = await Promise.all(Array.from({ length: 6 }, () => bench.ask(MESSAGES)));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({
      headers: { 'retry-after': '1' },
      body: { error: { message: expect.stringContaining('MailboxConcurrency') } },
    });
    const both = await Promise.all(
      [ANNA, 'bram@contoso.example'].flatMap((who) => Array.from({ length: 4 }, () => bench.ask(`/users/${who}/mailFolders/inbox`))),
    );
    expect(both.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(bench.graph.requests.mostAtOnce).toBe(4);
  });

  it('10,000 requests in ten minutes for one mailbox', async () => {
    const { lanes } = await import('../../infra/local/graph/lanes.ts');
    let nowMs = 0;
    const lane = lanes({ now: () => new Date(nowMs) });
    for (let i = 0; i < 10_000; i += 1) lane.enter('app', 'anna').leave();
    expect(() => lane.enter('app', 'anna')).toThrow(expect.objectContaining({ status: 429, headers: { 'retry-after': '600' } }));
    lane.enter('app', 'bram').leave();
    nowMs = 600_000;
    lane.enter('app', 'anna').leave();
    bench = await aBench(aTenant());
  });
});

describe('faults', () => {
  it('answer as often as they were set to, where they match', async () => {
    bench = await aBench(aTenant());
    bench.graph.faults.rules.push(
      { times: 1, status: 429, retryAfterSeconds: 1.5, matching: /messages/ },
      { times: 1, status: 503 },
      { times: 1, status: 504 },
    );
    const asked = [await bench.ask(MESSAGES), await bench.ask(MESSAGES), await bench.ask(MESSAGES), await bench.ask(MESSAGES)];
    expect(asked.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
      [429, '1.5'],
      [503, undefined],
      [504, undefined],
      [200, undefined],
    ]);
    expect(bench.graph.requests.recent.map(({ status }) => status)).toEqual([429, 503, 504, 200]);
  });
});

describe('batches', () => {
  const item = (id: string, url: string, more = {}) => ({ id, method: 'GET', url, ...more });
  const send = (requests: unknown[]) => bench.ask('/$batch', { method: 'POST', body: { requests } });

  it('answer each request for itself, in any order', async () => {
    bench = await aBench(aTenant({ mails: [aMail({ from: 'joan@fabrikam.example', to: ANNA })] }));
    bench.graph.faults.rules.push({ times: 1, status: 429, retryAfterSeconds: 2, matching: /sentitems/ });
    const { status, body } = await send([
      item('a', `${MESSAGES}?$select=subject`, { headers: { Prefer: 'IdType="ImmutableId"' } }),
      item('b', `/users/${ANNA}/mailFolders/sentitems/messages`),
      item('c', '/users/nobody@contoso.example/mailFolders'),
    ]);
    expect(status).toBe(200);
    const by = new Map(body.responses.map((one: { id: string }) => [one.id, one]));
    expect(by.get('a')).toMatchObject({ status: 200, body: { value: [{ id: expect.stringMatching(/^AAkA/) }] } });
    expect(by.get('b')).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
    expect(by.get('c')).toMatchObject({ status: 404 });
    expect(body.responses.map(({ id }: { id: string }) => id)).not.toEqual(['a', 'b', 'c']);
  });

  it('hold twenty at most, and what depends on a failure is not tried', async () => {
    bench = await aBench(aTenant());
    const many = Array.from({ length: 21 }, (_, i) => item(String(i), MESSAGES));
    expect((await send(many)).status).toBe(400);
    expect((await send(many.slice(0, 20))).body.responses).toHaveLength(20);
    expect((await send([item('1', MESSAGES), item('1', MESSAGES)])).status).toBe(400);
    const { body } = await send([item('1', '/users/nobody/mailFolders'), item('2', MESSAGES, { dependsOn: ['1'] })]);
    expect(body.responses.map(({ status }: { status: number }) => status)).toEqual([404, 424]);
  });
});

it('says what it does not serve', async () => {
  bench = await aBench(aTenant());
  const outsideContract = true;
  expect(await bench.ask('/planner', { outsideContract })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining("'planner'") } },
  });
  expect((await bench.ask(MESSAGES, { method: 'DELETE', outsideContract })).status).toBe(405);
});
