import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAddresses, parseHeaders, parseMailDate, parseMessageIds, parseReceivedDate, readMessage } from '../../bot/mailfile/index.ts';

const message = (...lines: (string | Buffer)[]) =>
  readMessage(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])), 'a.mbox', 7);

it('reads what the headers say', () => {
  const read = message(
    'Received: from a (b; c) by d with ESMTP; Mon, 2 Mar 2026 09:31:00 +0100 (CET)',
    'Received: from e by f; Mon, 2 Mar 2026 09:30:30 +0100',
    'Message-ID: <1@fabrikam.example>',
    'In-Reply-To: <0@contoso.example>',
    'References: <a@contoso.example>',
    '\t<b@fabrikam.example> <0@contoso.example>',
    'From: Ana Pilar <Ana@Fabrikam.example>',
    'Sender: desk@fabrikam.example',
    'Reply-To: "Desk, Service" <desk@fabrikam.example>',
    'TO: bo@contoso.example, Cleo <cleo@contoso.example>',
    'Cc: all@contoso.example',
    'Subject: =?utf-8?q?Angebot_f=C3=BCr?=',
    ' =?utf-8?B?IE3DpHJ6?=',
    'Date: Mon, 02 Mar 2026 09:30:00 +0100',
    'X-Note: first',
    'x-note: second',
  );
  expect(read).toMatchObject({
    messageId: '1@fabrikam.example',
    inReplyTo: ['0@contoso.example'],
    references: ['a@contoso.example', 'b@fabrikam.example', '0@contoso.example'],
    from: [{ address: 'ana@fabrikam.example', name: 'Ana Pilar' }],
    sender: { address: 'desk@fabrikam.example', name: '' },
    replyTo: [{ address: 'desk@fabrikam.example', name: 'Desk, Service' }],
    to: [
      { address: 'bo@contoso.example', name: '' },
      { address: 'cleo@contoso.example', name: 'Cleo' },
    ],
    cc: [{ address: 'all@contoso.example', name: '' }],
    subject: 'Angebot für März',
    sentAt: new Date('2026-03-02T08:30:00Z'),
    receivedAt: new Date('2026-03-02T08:31:00Z'),
    file: 'a.mbox',
    offset: 7,
  });
  expect(read.headers.get('x-note')).toEqual(['first', 'second']);
});

it('says nothing of what is missing', () => {
  const read = message('X: y');
  expect(read).toMatchObject({
    inReplyTo: [],
    references: [],
    from: [],
    to: [],
    cc: [],
    subject: '',
    sentAt: undefined,
    receivedAt: undefined,
  });
  expect(read).not.toHaveProperty('messageId');
});

describe('headers', () => {
  it('go over several lines, and lines that are none are skipped', () => {
    const headers = parseHeaders(
      Buffer.from(' stray\r\nA: one\r\n two\r\n\tthree\r\n>From x Mon\r\nno header\r\nB :late colon\r\nC:\r\nD: a:b'),
    );
    expect([...headers]).toEqual([
      ['a', ['one two\tthree']],
      ['b', ['late colon']],
      ['c', ['']],
      ['d', ['a:b']],
    ]);
  });

  it('may hold raw UTF-8 or an older 8-bit text', () => {
    expect(message('Subject: März').subject).toBe('März');
    expect(message(Buffer.from('Subject: M\xe4rz', 'latin1')).subject).toBe('März');
  });

  it('of any bytes are read without an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void readMessage(Buffer.from(bytes), 'x', 0)));
  });
});

it.each<[string, string[]]>([
  ['', []],
  ['a@b.example', ['a@b.example']],
  ['A@B.Example', ['a@b.example']],
  ['<a@b.example>', ['a@b.example']],
  ['Ana <a@b.example>, , Bo <c@d.example>,', ['a@b.example', 'c@d.example']],
  ['"Pilar, Ana" <a@b.example>, "x@evil.example" <c@d.example>', ['a@b.example', 'c@d.example']],
  ['Team: a@b.example, Bo <c@d.example>; e@f.example', ['a@b.example', 'c@d.example', 'e@f.example']],
  ['undisclosed-recipients:;', []],
  ['a@b.example (Ana), (Bo) c@d.example', ['a@b.example', 'c@d.example']],
  ['a@b.example; c@d.example', ['a@b.example', 'c@d.example']],
  ['=?utf-8?q?J=C3=B6rg?= <a@b.example>', ['a@b.example']],
  ['"a b"@c.example', ['a b@c.example']],
])('addresses of %j', (header, addresses) => {
  expect(parseAddresses(header).map(({ address }) => address)).toEqual(addresses);
});

it('reads names of people', () => {
  const names = parseAddresses('"Pilar, Ana" <a@b.example>, =?utf-8?q?J=C3=B6rg_M?= <c@d.example>, e@f.example (Eva)').map(
    ({ name }) => name,
  );
  expect(names).toEqual(['Pilar, Ana', 'Jörg M', 'Eva']);
});

it.each<[string, string[]]>([
  ['<a@b> <c@d>', ['a@b', 'c@d']],
  ['<a@b><c@d>', ['a@b', 'c@d']],
  ['Your message of Monday <a@b>', ['a@b']],
  ['<a @b>', ['a@b']],
  ['a@b', ['a@b']],
  ['nothing', []],
])('message ids of %j', (value, ids) => {
  expect(parseMessageIds(value)).toEqual(ids);
});

it.each<[string, string | undefined]>([
  ['Mon, 29 Apr 2019 18:01:01 +0530', '2019-04-29T12:31:01Z'],
  ['29 Apr 2019 18:01 +0530', '2019-04-29T12:31:00Z'],
  ['Mon, 29 Apr 19 12:31:01 GMT', '2019-04-29T12:31:01Z'],
  ['Mon, 29 Apr 2019 12:31:01 -0000', '2019-04-29T12:31:01Z'],
  ['Mon, 29 Apr 2019 12:31:01', '2019-04-29T12:31:01Z'],
  ['Mon, 29 Apr 2019 12:31:01 PDT', '2019-04-29T19:31:01Z'],
  ['Mon, 29 Apr 2019 14:31:01 +0200 (CEST)', '2019-04-29T12:31:01Z'],
  ['Mon Apr 29 12:31:01 2019', '2019-04-29T12:31:01Z'],
  ['Mon Apr 29 14:31:01 2019 +0200', '2019-04-29T12:31:01Z'],
  ['Mon Apr 29 14:31:01 +0200 2019', '2019-04-29T12:31:01Z'],
  ['2019-04-29T14:31:01+02:00', '2019-04-29T12:31:01Z'],
  ['Tue, 31 Dec 2019 23:59:60 +0000', '2019-12-31T23:59:59Z'],
  ['Fri, 31 Dec 1999 23:59:59 +0000', '1999-12-31T23:59:59Z'],
  ['1 Jan 70 00:00:00 +0000', '1970-01-01T00:00:00Z'],
  ['Mon, 31 Feb 2019 12:31:01 +0000', undefined],
  ['Mon, 29 Foo 2019 12:31:01 +0000', undefined],
  ['Mon, 29 Apr 2019 25:31:01 +0000', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('the date %j is %s', (text, instant) => {
  expect(parseMailDate(text)).toEqual(instant === undefined ? undefined : new Date(instant));
});

it('reads when a server took a mail', () => {
  expect(parseReceivedDate('from a (b; c) by d; Mon, 2 Mar 2026 09:31:00 +0100')).toEqual(new Date('2026-03-02T08:31:00Z'));
  expect(parseReceivedDate('from a by b')).toBeUndefined();
});
