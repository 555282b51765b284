import { describe, expect, it } from '@jest/globals';
import { classify, headersByName, type MailKind } from '../../bot/threads/automatic.ts';

const read = (subject: string, from: string, headers: Record<string, string>) =>
  classify({ subject, from, headers: headersByName(Object.entries(headers).map(([name, value]) => ({ name, value }))) });

const person = 'ana@fabrikam.example';

describe('headers decide', () => {
  it.each<[string, MailKind, Record<string, string>]>([
    ['nothing special', 'human', {}],
    ['Auto-Submitted: no', 'human', { 'Auto-Submitted': 'no' }],
    ['Auto-Submitted: No (a person)', 'human', { 'Auto-Submitted': 'No (a person)' }],
    ['Auto-Submitted: auto-replied', 'automatic', { 'Auto-Submitted': 'auto-replied' }],
    ['Auto-Submitted: auto-generated; x=y', 'automatic', { 'AUTO-SUBMITTED': 'auto-generated; x=y' }],
    ['Auto-Submitted: not-a-person', 'automatic', { 'Auto-Submitted': 'not-a-person' }],
    ['X-Autoreply', 'automatic', { 'X-Autoreply': 'yes' }],
    ['X-Autoreply: no', 'human', { 'X-Autoreply': 'no' }],
    ['Precedence: auto_reply', 'automatic', { Precedence: 'auto_reply' }],
    ['Precedence: bulk', 'automatic', { Precedence: 'bulk' }],
    ['Precedence: bulk through a list', 'list', { Precedence: 'bulk', 'List-Id': '<builders.example>' }],
    ['Precedence: list', 'list', { Precedence: 'list' }],
    ['a vacation notice that came back through a list', 'automatic', { 'Auto-Submitted': 'auto-replied', 'List-Id': '<builders.example>' }],
    ['empty Return-Path', 'automatic', { 'Return-Path': '<>' }],
    ['Return-Path with an address', 'human', { 'Return-Path': '<ana@fabrikam.example>' }],
    ['X-Auto-Response-Suppress alone', 'human', { 'X-Auto-Response-Suppress': 'All' }],
    ['a delivery report', 'nonDelivery', { 'Content-Type': 'multipart/report; report-type=delivery-status; boundary=x' }],
    ['a delivery report without its type', 'automatic', { 'Content-Type': 'multipart/report; boundary=x' }],
    ['a read receipt', 'automatic', { 'Content-Type': 'multipart/report; report-type="disposition-notification"' }],
    ['an invitation', 'meeting', { 'Content-Type': 'text/calendar; method=REPLY' }],
  ])('%s: %s', (_why, kind, headers) => {
    expect(read('Offer', person, headers)).toMatchObject({ kind, certain: true });
  });
});

it.each<[string, string, MailKind]>([
  ['MAILER-DAEMON@fabrikam.example', 'Undelivered Mail Returned to Sender', 'nonDelivery'],
  ['postmaster@fabrikam.example', 'Unzustellbar: Offer', 'nonDelivery'],
  ['MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@fabrikam.example', 'Undeliverable: Offer', 'nonDelivery'],
  ['postmaster@fabrikam.example', 'Quota', 'robot'],
  ['no-reply@fabrikam.example', 'Your ticket', 'robot'],
  ['noreply@fabrikam.example', 'Your ticket', 'robot'],
  ['DoNotReply@fabrikam.example', 'Your ticket', 'robot'],
  ['jira-noreply@fabrikam.example', 'Your ticket', 'robot'],
  ['no-reply+17@fabrikam.example', 'Your ticket', 'robot'],
  ['robot-17@lists.example', 'Build', 'robot'],
  ['norah.reply@fabrikam.example', 'Offer', 'human'],
  ['robotics@fabrikam.example', 'Offer', 'human'],
])('%s, %s: %s', (from, subject, kind) => {
  expect(classify({ subject, from })).toMatchObject({ kind, certain: true });
});

it('tells a delay from a failure to deliver', () => {
  expect(
    read('Delivery delayed: Offer', 'postmaster@x.example', { 'Content-Type': 'multipart/report; report-type=delivery-status' }).kind,
  ).toBe('automatic');
});

it('takes meeting mail of Graph for what its type says', () => {
  for (const type of ['eventMessage', 'eventMessageRequest', 'eventMessageResponse']) {
    expect(classify({ subject: 'Offer', from: person, odataType: `#microsoft.graph.${type}` })).toEqual({
      kind: 'meeting',
      reason: 'odata.event-message',
      certain: true,
    });
  }
  expect(classify({ subject: 'Accepted: your offer', from: person, odataType: '#microsoft.graph.message' }).kind).toBe('human');
});

it.each<[string, MailKind]>([
  ['Automatische Antwort: Offer', 'automatic'],
  ['Respuesta automática: Offer', 'automatic'],
  ['Accepted: Weekly review', 'meeting'],
  ['Undeliverable: Offer', 'nonDelivery'],
])('is not certain of %s', (subject, kind) => {
  expect(classify({ subject, from: person })).toMatchObject({ kind, certain: false });
});

it('takes a person who answers an automatic reply for a person', () => {
  expect(classify({ subject: 'Re: Automatic reply: Offer', from: person }).kind).toBe('human');
});
