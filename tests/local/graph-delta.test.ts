import { afterEach, describe, expect, it } from '@jest/globals';
import { aBench, type Bench } from './support/graph.ts';
import { aMail, aTenant, START } from './support/tenant.ts';

const IMMUTABLE = 'IdType="ImmutableId"';
const ANNA = 'anna@contoso.example';
const INBOX = `/users/${ANNA}/mailFolders/inbox/messages/delta`;
const ARCHIVE = `/users/${ANNA}/mailFolders/archive/messages/delta`;
const minutes = (n: number) => new Date(START.getTime() + n * 60_000);
const mails = (count: number) =>
  Array.from({ length: count }, (_, i) => aMail({ from: 'joan@fabrikam.example', to: ANNA, sentAt: minutes(-60 - count + i) }));

let bench: Bench;
afterEach(() => bench.close());

it('pages until a delta link; a later round gives what is new', async () => {
  const all = mails(25);
  bench = await aBench(aTenant({ mails: all }));
  const first = await bench.round(`${INBOX}?$select=internetMessageId`, 'odata.maxpagesize=10');
  expect(first.pages).toBe(3);
  expect(first.items.map(({ internetMessageId }) => internetMessageId)).toEqual(all.map(({ messageId }) => messageId));
  expect((await bench.round(first.deltaLink)).items).toEqual([]);
  const more = aMail({ from: 'joan@fabrikam.example', to: ANNA });
  bench.graph.addMail(more);
  const later = await bench.round(first.deltaLink);
  expect(later.items.map(({ internetMessageId }) => internetMessageId)).toEqual([more.messageId]);
  // The older link still tells the same: deliveries repeat.
  expect((await bench.round(first.deltaLink)).items).toEqual(later.items);
});

it('mail that comes while the first round is under way is told once, in the next', async () => {
  bench = await aBench(aTenant({ mails: mails(3) }));
  const page = await bench.ask(INBOX, { prefer: 'odata.maxpagesize=2' });
  bench.graph.addMail(aMail({ from: 'joan@fabrikam.example', to: ANNA }));
  const rest = await bench.round(page.body['@odata.nextLink'], 'odata.maxpagesize=2');
  expect(rest.items).toHaveLength(1);
  expect((await bench.round(rest.deltaLink)).items).toHaveLength(1);
});

it('without a preference a page holds ten, and a next link does not carry one', async () => {
  bench = await aBench(aTenant({ mails: mails(25) }));
  expect((await bench.ask(INBOX)).body.value).toHaveLength(10);
  const { body, headers } = await bench.ask(INBOX, { prefer: `odata.maxpagesize=2, ${IMMUTABLE}` });
  expect(headers['preference-applied']).toBe('odata.maxpagesize=2, IdType="ImmutableId"');
  const next = await bench.ask(body['@odata.nextLink']);
  expect(next.body.value).toHaveLength(10);
  expect(next.body.value[0].id.slice(0, 4)).not.toBe(body.value[0].id.slice(0, 4));
});

it('takes on its first request what Graph takes, and nothing else', async () => {
  bench = await aBench(aTenant({ mails: mails(3) }));
  const newest = await bench.round(`${INBOX}?$select=receivedDateTime&$orderby=receivedDateTime desc&$top=2`);
  expect(newest.pages).toBe(2);
  const times = newest.items.map(({ receivedDateTime }) => receivedDateTime);
  expect(times).toEqual([...times].sort().reverse());
  const since = await bench.round(`${INBOX}?$filter=receivedDateTime ge ${minutes(-62).toISOString()}`);
  expect(since.items).toHaveLength(2);
  for (const query of ['$filter=isRead eq false', '$orderby=subject', '$skip=1', '$search=x']) {
    const url = `${bench.graph.url}/v1.0${INBOX}?${query}`;
    await expect(bench.ask(url)).resolves.toMatchObject({ status: 400 });
  }
});

it('a changed mark comes as the change alone', async () => {
  const [mail] = mails(1);
  bench = await aBench(aTenant({ mails: [mail!] }));
  const { items, deltaLink } = await bench.round(`${INBOX}?$select=subject,receivedDateTime,isRead,flag,categories`, IMMUTABLE);
  const copy = { messageId: mail!.messageId, on: ANNA };
  expect(bench.graph.mark(copy, { isRead: true })).toBe(true);
  expect(bench.graph.mark(copy, { flag: 'flagged', flagDueAt: new Date('2026-11-27T00:00:00Z'), categories: ['Answer needed'] })).toBe(
    true,
  );
  expect(bench.graph.mark({ ...copy, on: 'bram@contoso.example' }, { isRead: true })).toBe(false);
  const later = await bench.round(deltaLink, IMMUTABLE);
  expect(
    later.items.map((item) =>
      Object.keys(item)
        .filter((name) => !name.startsWith('@'))
        .sort(),
    ),
  ).toEqual([
    ['id', 'isRead', 'parentFolderId'],
    ['categories', 'flag', 'id', 'parentFolderId'],
  ]);
  expect(later.items[1]).toMatchObject({
    id: items[0].id,
    categories: ['Answer needed'],
    flag: { flagStatus: 'flagged', dueDateTime: { dateTime: '2026-11-27T00:00:00.0000000', timeZone: 'UTC' } },
  });
  bench.graph.faults.wholeItems = true;
  expect((await bench.round(deltaLink, IMMUTABLE)).items[0]).toMatchObject({ subject: mail!.subject });
});

describe('removed items', () => {
  it('a move is a removal here and a new item there', async () => {
    const [mail] = mails(1);
    bench = await aBench(aTenant({ mails: [mail!] }));
    for (const prefer of [IMMUTABLE, undefined]) {
      const inbox = await bench.round(INBOX, prefer);
      const archive = await bench.round(ARCHIVE, prefer);
      const [whole] = [...inbox.items, ...archive.items];
      const [from, to] = inbox.items.length > 0 ? ['inbox', 'Archive'] : ['archive', 'Inbox'];
      bench.graph.move({ messageId: mail!.messageId, on: ANNA }, to!);
      const left = await bench.round(from === 'inbox' ? inbox.deltaLink : archive.deltaLink, prefer);
      const came = await bench.round(from === 'inbox' ? archive.deltaLink : inbox.deltaLink, prefer);
      expect(left.items).toEqual([{ '@odata.type': '#microsoft.graph.message', id: whole.id, '@removed': { reason: 'changed' } }]);
      expect(came.items).toHaveLength(1);
      expect(came.items[0].id === whole.id).toBe(prefer === IMMUTABLE);
    }
  });

  it('erased mail is deleted for good', async () => {
    const [mail] = mails(1);
    bench = await aBench(aTenant({ mails: [mail!] }));
    const { items, deltaLink } = await bench.round(INBOX, IMMUTABLE);
    bench.graph.erase({ messageId: mail!.messageId, on: ANNA });
    expect((await bench.round(deltaLink, IMMUTABLE)).items).toMatchObject([{ id: items[0].id, '@removed': { reason: 'deleted' } }]);
    expect((await bench.ask(`/users/${ANNA}/messages/${items[0].id}`, { prefer: IMMUTABLE })).status).toBe(404);
    expect((await bench.round(INBOX)).items).toEqual([]);
  });

  it('there and back within a round: told as gone with immutable ids, until it is touched', async () => {
    const [mail] = mails(1);
    bench = await aBench(aTenant({ mails: [mail!] }));
    const copy = { messageId: mail!.messageId, on: ANNA };
    const { items, deltaLink } = await bench.round(INBOX, IMMUTABLE);
    bench.graph.move(copy, 'Archive');
    bench.graph.move(copy, 'Inbox');
    const later = await bench.round(deltaLink, IMMUTABLE);
    expect(later.items).toMatchObject([{ id: items[0].id, '@removed': { reason: 'changed' } }]);
    expect((await bench.ask(`/users/${ANNA}/messages/${items[0].id}`, { prefer: IMMUTABLE })).status).toBe(200);
    bench.graph.mark(copy, { isRead: true });
    expect((await bench.round(later.deltaLink, IMMUTABLE)).items).toMatchObject([{ id: items[0].id, isRead: true }]);
  });
});

describe('what Graph does awkwardly', () => {
  it('an empty page can have a next link', async () => {
    bench = await aBench(aTenant({ mails: mails(1) }));
    bench.graph.faults.emptyPages = true;
    const { body } = await bench.ask(INBOX);
    expect(body.value).toEqual([]);
    const rest = await bench.round(body['@odata.nextLink']);
    expect(rest.items).toHaveLength(1);
    expect((await bench.round(rest.deltaLink)).pages).toBe(2);
  });

  it('an item can come twice', async () => {
    bench = await aBench(aTenant({ mails: mails(1) }));
    bench.graph.faults.replays = true;
    expect((await bench.round(INBOX)).items.map(({ id }) => id)).toHaveLength(2);
  });

  it.each([
    ['goneWithLocation', 410, 'syncStateNotFound'],
    ['syncStateNotFound', 400, 'SyncStateNotFound'],
    ['resyncRequired', 410, 'resyncRequired'],
  ] as const)('tokens end: %s', async (shape, status, code) => {
    bench = await aBench(aTenant({ mails: mails(1) }));
    const { deltaLink } = await bench.round(INBOX);
    bench.graph.faults.expireTokens(shape);
    const ended = await bench.ask(deltaLink);
    expect(ended).toMatchObject({ status, body: { error: { code } } });
    expect(ended.headers.location === undefined).toBe(shape !== 'goneWithLocation');
    const again = await bench.round(String(ended.headers.location ?? INBOX));
    expect(again.items).toHaveLength(1);
    expect((await bench.round(again.deltaLink)).items).toEqual([]);
  });

  it('a token belongs to its folder', async () => {
    bench = await aBench(aTenant({ mails: mails(1) }));
    const { deltaLink } = await bench.round(INBOX);
    expect((await bench.ask(deltaLink.replace('inbox', 'archive'))).status).toBe(400);
    expect((await bench.ask(`${INBOX}?$deltatoken=nonsense`)).status).toBe(400);
  });
});

it('the same tenant started twice gives the same ids, and knows none of the old tokens', async () => {
  const all = mails(2);
  bench = await aBench(aTenant({ mails: all }));
  const first = await bench.round(INBOX, IMMUTABLE);
  await bench.close();
  bench = await aBench(aTenant({ mails: all }));
  const second = await bench.round(INBOX, IMMUTABLE);
  expect(second.items.map(({ id, conversationId }) => [id, conversationId])).toEqual(
    first.items.map(({ id, conversationId }) => [id, conversationId]),
  );
  expect((await bench.ask(first.deltaLink.replace(/^https:\/\/[^/]+/, bench.graph.url))).status).toBe(400);
});
