import { describe, expect, it } from '@jest/globals';
import { wrongOn } from '../support/graphContract.ts';
import { hasContract } from './support/contract.ts';

const USER = 'https://graph.example/v1.0/users/1';
const call = (url: string, answer: unknown, more: object = {}) =>
  wrongOn({ method: 'GET', url: `${USER}${url}`, headers: {}, request: null, status: 200, answer, ...more });

(hasContract ? describe : describe.skip)("Graph's published contract (../shared/graph/openapi-slice.json)", () => {
  it('takes what is right', async () => {
    expect(await call('/messages?$select=id,subject&$top=100', { value: [{ id: 'a', subject: 'x' }] })).toBeNull();
    expect(await call("/mailFolders('inbox')?$select=id", { id: 'a' })).toBeNull();
  });

  it.each([
    ['an invented property', '/messages', { value: [{ id: 'a', recievedDateTime: '2026-11-20T09:10:00Z' }] }, {}, /additional properties/],
    ['a property to select that is none', '/messages?$select=id,body,secret', { value: [] }, {}, /\$select/],
    ['a page that is too large', '/messages?$top=5000', { value: [] }, {}, /\$top/],
    [
      'an option that is not taken',
      '/calendarView/delta?$select=id&startDateTime=2026-11-20T09:10:00Z',
      { value: [] },
      {},
      /does not take/,
    ],
    ['a path that is not there', '/inbox', { value: [] }, {}, /not in the contract/],
    ['an answer that never comes', '/messages', { value: [] }, { status: 201 }, /never answers 201/],
    ['an error of another form', '/messages', { message: 'no' }, { status: 403 }, /403/],
    [
      'both links at once',
      '/mailFolders/a/messages/delta',
      { value: [], '@odata.nextLink': 'x', '@odata.deltaLink': 'y' },
      {},
      /messages\/delta/,
    ],
  ])('finds %s', async (_what, url, answer, more, wrong) => expect(await call(url, answer, more)).toMatch(wrong));

  it('looks into what is sent: the body of a subscription, each request of a batch, a notification', async () => {
    const subscription = { changeType: 'created', resource: '/users/1/messages', notificationUrl: 'https://x.example' };
    const made = { method: 'POST', url: 'https://graph.example/v1.0/subscriptions', headers: {}, status: 201, answer: { id: '1' } };
    expect(await wrongOn({ ...made, request: subscription })).toMatch(/expirationDateTime/);
    const batch = { method: 'POST', url: 'https://graph.example/v1.0/$batch', headers: {}, status: 200 };
    const request = { requests: [{ id: '0', method: 'GET', url: '/users/1/messages?$select=secret' }] };
    expect(
      await wrongOn({ ...batch, request, answer: { responses: [{ id: '0', status: 200, headers: {}, body: { value: [] } }] } }),
    ).toMatch(/in a batch: .*\$select/);
    expect(await wrongOn({ notified: { value: [{ subscriptionId: 1 }] } })).toMatch(/subscriptionId/);
  });
});
