import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CLIENT, figures, fromClient, fromProvider, type Mail, PROVIDER, rfcDate, short } from './mailbox.ts';

const ONE_ANSWER = 'provider 1 in 4 h, 0 open; client 0 in null h, 1 open';
const NONE = 'provider 0 in null h, 1 open; client 0 in null h, 1 open';
const NOTHING = 'provider 0 in null h, 0 open; client 0 in null h, 0 open';

describe('threads are joined', () => {
  it.each<[string, string, Mail[]]>([
    ['over In-Reply-To', ONE_ANSWER, [fromClient({ id: 'a' }), fromProvider({ at: 4, subject: 'Price', replyTo: 'a' })]],
    ['over References', ONE_ANSWER, [fromClient({ id: 'a' }), fromProvider({ at: 4, subject: 'Price', references: ['x', 'a'] })]],
    [
      'over an ancestor that is not there',
      ONE_ANSWER,
      [fromClient({ references: ['gone'] }), fromProvider({ at: 4, subject: 'Price', replyTo: 'gone' })],
    ],
    [
      'over a chain of them',
      ONE_ANSWER,
      [fromClient({ references: ['x', 'y'] }), fromProvider({ at: 4, subject: 'Price', references: ['y', 'z'] })],
    ],
    ['not over the subject of a fresh message', NONE, [fromClient({}), fromProvider({ at: 4 })]],
    ['over the bare subject of a reply without headers', ONE_ANSWER, [fromClient({}), fromProvider({ at: 4, subject: 'AW:  OFFER' })]],
    ['not with another subject', NONE, [fromClient({}), fromProvider({ at: 4, subject: 'Re: Price' })]],
    ['not with an empty one', NONE, [fromClient({ subject: '' }), fromProvider({ at: 4, subject: 'Re:' })]],
    [
      'not without a shared person',
      NONE,
      [fromClient({}), fromProvider({ at: 4, subject: 'Re: Offer', from: 'bo@provider.example', to: 'dan@client.example' })],
    ],
    [
      'with a shared person in Cc',
      ONE_ANSWER,
      [
        fromClient({ cc: 'eva@other.example' }),
        fromProvider({ at: 4, subject: 'Re: Offer', from: 'bo@provider.example', to: 'd@client.example', cc: 'EVA@other.example' }),
      ],
    ],
    ['not after more than 30 days', NONE, [fromClient({}), fromProvider({ at: 721, subject: 'Re: Offer' })]],
    ['not to a later message', NONE, [fromClient({ at: 6 }), fromProvider({ at: 4, subject: 'Re: Offer' })]],
    ['not for a forward', NONE, [fromClient({}), fromProvider({ at: 4, subject: 'Fwd: Offer' })]],
  ])('%s', async (_how, expected, mails) => {
    expect(await short(mails)).toBe(expected);
  });

  it('to the latest of several with the same subject, exactly 30 days before at the most', async () => {
    expect(await short([fromClient({}), fromClient({ at: 10 }), fromProvider({ at: 12, subject: 'Re: Offer' })])).toBe(
      'provider 1 in 2 h, 1 open; client 0 in null h, 1 open',
    );
    expect(await short([fromClient({}), fromProvider({ at: 720, subject: 'Re: Offer' })])).toBe(
      'provider 1 in 720 h, 0 open; client 0 in null h, 1 open',
    );
  });

  it('step by step where the whole takes longer than 30 days', async () => {
    const mails = [fromClient({}), fromProvider({ at: 600, subject: 'Re: Offer' }), fromClient({ at: 1200, subject: 'Re: Re: Offer' })];
    expect(await short(mails)).toBe('provider 1 in 600 h, 1 open; client 1 in 600 h, 0 open');
  });

  it('by headers alone where there are any', async () => {
    const mails = [fromClient({}), fromProvider({ at: 4, subject: 'Re: Offer', replyTo: 'elsewhere' })];
    expect(await short(mails)).toBe(NONE);
  });
});

describe('what counts', () => {
  const inCopy = [fromClient({ id: 'a', to: 'x@other.example', cc: PROVIDER }), fromProvider({ at: 4, replyTo: 'a' })];
  const throughList = [fromClient({ id: 'a', to: 'list@lists.example' }), fromProvider({ at: 4, replyTo: 'a', to: 'list@lists.example' })];

  it.each<[string, Mail[], string, string]>([
    ['to', inCopy, 'a mail in copy', 'provider 0 in null h, 0 open; client 0 in null h, 1 open'],
    ['to-or-cc', inCopy, 'a mail in copy', ONE_ANSWER],
    ['to-or-cc', throughList, 'mail to a list alone', NOTHING],
    ['thread', throughList, 'mail to a list alone', ONE_ANSWER],
    ['thread', inCopy, 'a mail in copy', ONE_ANSWER],
    ['thread', [fromClient({ to: 'x@other.example' })], 'a thread that does not name the other side', NOTHING],
    [
      'thread',
      [fromClient({ to: 'x@other.example', cc: PROVIDER })],
      'a thread that names it in copy',
      'provider 0 in null h, 1 open; client 0 in null h, 0 open',
    ],
  ])('%s: %s', async (addressed, mails, _what, expected) => {
    expect(await short(mails, '--addressed', addressed)).toBe(expected);
  });

  it('neither opens, extends nor answers when it does not', async () => {
    const mails = [
      fromClient({ id: 'a' }),
      fromClient({ at: 1, replyTo: 'a', to: 'colleague@client.example' }),
      fromProvider({ at: 2, replyTo: 'a', to: 'boss@provider.example' }),
      { from: 'third@other.example', to: `${CLIENT}, ${PROVIDER}`, at: 3, replyTo: 'a' },
      fromProvider({ at: 4, replyTo: 'a' }),
    ];
    const { provider } = await figures(mails);
    expect(provider).toMatchObject({ answered: 1, fromFirst: { medianHours: 4 }, fromLast: { medianHours: 4 } });
  });

  it('a run goes from its first and its last message', async () => {
    const mails = [
      fromClient({ id: 'a' }),
      fromClient({ at: 3, replyTo: 'a' }),
      fromProvider({ at: 4, replyTo: 'a' }),
      fromClient({ at: 9, replyTo: 'a' }),
    ];
    expect(await figures(mails)).toMatchObject({
      provider: {
        answered: 1,
        fromFirst: { medianHours: 4 },
        fromLast: { medianHours: 1 },
        open: 1,
        openShare: 0.5,
        medianWithOpenHours: null,
      },
      client: { answered: 1, fromFirst: { medianHours: 5 }, open: 0, openShare: 0, medianWithOpenHours: 5 },
    });
  });

  it.each<[string, Mail]>([
    ['Auto-Submitted', { headers: { 'Auto-Submitted': 'auto-replied' } }],
    ['its subject', { subject: 'Automatische Antwort: Offer' }],
    ['an empty Return-Path', { headers: { 'Return-Path': '<>' } }],
    ['a delivery report', { headers: { 'Content-Type': 'multipart/report; report-type=delivery-status' } }],
    ['the sender of machines', { from: 'no-reply@provider.example' }],
    ['an invitation', { headers: { 'Content-Type': 'text/calendar; method=REPLY' } }],
  ])('not an automatic message (%s), which neither settles nor opens', async (_sign, mail) => {
    const mails = [fromClient({ id: 'a' }), fromProvider({ at: 1, replyTo: 'a', ...mail }), fromProvider({ at: 4, replyTo: 'a' })];
    expect(await short(mails)).toBe(ONE_ANSWER);
    expect(await short([fromProvider(mail)])).toBe(NOTHING);
  });

  it('mail of people through a list with Precedence: bulk', async () => {
    const headers = { Precedence: 'bulk', 'List-Id': '<builders.lists.example>' };
    expect(await short([fromClient({ id: 'a', headers }), fromProvider({ at: 4, replyTo: 'a', headers })])).toBe(ONE_ANSWER);
  });
});

describe('who wrote it', () => {
  const rewritten = '"Ana via Builders" <builders@lists.example>';
  it.each<[string, Mail]>([
    ['Reply-To', { from: rewritten, headers: { 'Reply-To': PROVIDER } }],
    ['Reply-To with the list in it', { from: rewritten, headers: { 'Reply-To': `builders@lists.example, ${PROVIDER}` } }],
    ['X-Original-From', { from: rewritten, headers: { 'X-Original-From': PROVIDER } }],
    [
      'X-Original-From where replies go to the list',
      { from: rewritten, headers: { 'X-Original-From': PROVIDER, 'Reply-To': 'builders@lists.example' } },
    ],
    ['a list of the other side', { from: "'Ana' via Team <team@client.example>", headers: { 'Reply-To': PROVIDER } }],
    ['an address under the domain', { from: 'ana@desk.provider.example' }],
    ['From, not Sender', { headers: { Sender: 'desk@other.example' } }],
    ['From without a list, whatever Reply-To says', { headers: { 'Reply-To': 'desk@other.example' } }],
  ])('is read from %s', async (_where, mail) => {
    expect(await short([fromClient({ id: 'a' }), fromProvider({ at: 4, replyTo: 'a', ...mail })])).toBe(ONE_ANSWER);
  });

  it.each<[string, Mail]>([
    ['both sides in From', { from: `${PROVIDER}, ${CLIENT}` }],
    ['a domain that only ends like it', { from: 'ana@notprovider.example' }],
    ['a list that left no writer', { from: rewritten }],
    ['nobody in From', { from: '' }],
  ])('is nobody of the two with %s', async (_what, mail) => {
    expect(await short([fromClient({ id: 'a' }), fromProvider({ at: 4, replyTo: 'a', ...mail })])).toBe(
      'provider 0 in null h, 1 open; client 0 in null h, 0 open',
    );
  });
});

describe('when', () => {
  const received = (hours: number) => ({ Received: `from a by b; ${rfcDate(hours)}` });
  it.each<[string, Mail]>([
    ['a missing Date', { at: null, headers: received(4) }],
    ['a Date that is none', { at: null, headers: { Date: 'soon', ...received(4) } }],
    ['a Date more than a day ahead', { at: 400, headers: received(4) }],
    ['a Date a little ahead', { at: 4, headers: received(2) }],
  ])('%s', async (_what, mail) => {
    expect(await short([fromClient({ id: 'a' }), fromProvider({ replyTo: 'a', ...mail })])).toBe(ONE_ANSWER);
  });

  it('a message without any time links others and does not count', async () => {
    const mails = [
      fromClient({ id: 'a' }),
      fromProvider({ id: 'b', replyTo: 'a', at: null }),
      fromProvider({ at: 4, replyTo: 'b', subject: 'x' }),
    ];
    expect(await short(mails)).toBe(ONE_ANSWER);
  });

  it('later messages are as if they were not there', async () => {
    const mails = [fromClient({ id: 'a' }), fromProvider({ at: 4, replyTo: 'a' }), fromClient({ at: 5, replyTo: 'a' })];
    expect(await short(mails, '--as-of', '2026-03-02T13:30:00Z')).toBe(ONE_ANSWER);
    expect(await short(mails, '--as-of', '2026-03-02T12:59:59Z')).toBe('provider 0 in null h, 1 open; client 0 in null h, 0 open');
    expect(await short(mails, '--as-of', '2026-03-01')).toBe(NOTHING);
    // The clock of the test stands at 1 June.
    expect(await short([fromClient({ at: 24 * 365 })])).toBe(NOTHING);
  });

  it('a reply dated before what it answers makes no negative wait', async () => {
    const mails = [fromClient({ id: 'a', at: 15 }), fromProvider({ at: 1, replyTo: 'a' })];
    expect(await short(mails)).toBe('provider 0 in null h, 1 open; client 1 in 14 h, 0 open');
  });

  it('in the same second the reply stands behind what it refers to', async () => {
    const mails = [fromProvider({ id: '0', replyTo: 'z' }), fromClient({ id: 'z' })];
    expect(await short(mails)).toBe('provider 1 in 0 h, 0 open; client 0 in null h, 1 open');
  });
});

describe('copies', () => {
  it('of a message from several mailboxes count once', async () => {
    const mails = [
      fromClient({ id: 'a' }),
      fromClient({ id: 'a' }),
      fromProvider({ id: 'b', at: 4, replyTo: 'a' }),
      fromProvider({ id: 'b', at: 4, replyTo: 'a' }),
    ];
    expect(await short(mails)).toBe(ONE_ANSWER);
  });

  it('count with the earliest time, and with the writer that one of them still names', async () => {
    const throughList = fromProvider({ id: 'b', at: 5, replyTo: 'a', subject: '[builders 2] Re: Offer', from: 'builders@lists.example' });
    const direct = fromProvider({ id: 'b', at: 4, replyTo: 'a', subject: 'Re: Offer' });
    for (const copies of [
      [throughList, direct],
      [direct, throughList],
    ]) {
      expect(await short([fromClient({ id: 'a' }), ...copies])).toBe(ONE_ANSWER);
    }
  });

  it('without a message id are known by writer, time and subject', async () => {
    const copy = fromClient({ id: null });
    expect(await short([copy, copy, fromClient({ id: null, at: 1 })])).toBe('provider 0 in null h, 2 open; client 0 in null h, 0 open');
  });
});

describe('for any mailbox', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const anyMail = fc.record({
    id: fc.constantFrom(...ids),
    from: fc.constantFrom(CLIENT, PROVIDER, PROVIDER, CLIENT, 'x@other.example'),
    to: fc.constantFrom(CLIENT, PROVIDER, `${CLIENT}, ${PROVIDER}`),
    cc: fc.constantFrom(undefined, CLIENT, PROVIDER),
    subject: fc.constantFrom('Offer', 'Re: Offer', 'Price', 'AW: Price', 'Automatic reply: Offer'),
    at: fc.integer({ min: 0, max: 900 }),
    replyTo: fc.option(fc.constantFrom(...ids, 'gone'), { nil: undefined }),
  });
  const mailbox = fc.uniqueArray(anyMail, { selector: ({ id }) => id, maxLength: 6 });
  const addressed = fc.constantFrom('to', 'to-or-cc', 'thread');

  it('the order of messages and further copies change nothing, and no wait is negative', async () => {
    await fc.assert(
      fc.asyncProperty(
        mailbox.chain((mails) =>
          fc.tuple(
            fc.constant(mails),
            fc.shuffledSubarray([...mails, ...mails], { minLength: mails.length * 2, maxLength: mails.length * 2 }),
          ),
        ),
        addressed,
        async ([mails, shuffled], how) => {
          const counted = await figures(mails, '--addressed', how);
          expect(await figures(shuffled, '--addressed', how)).toEqual(counted);
          for (const { fromFirst, fromLast } of [counted.client, counted.provider]) {
            expect(fromLast.medianHours ?? 0).toBeGreaterThanOrEqual(0);
            expect(fromFirst.medianHours ?? 0).toBeGreaterThanOrEqual(fromLast.medianHours ?? 0);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
