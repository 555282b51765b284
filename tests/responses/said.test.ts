import { describe, expect, it } from '@jest/globals';
import { aMail, aPress } from '../support/builders.ts';
import { A, answer, at, only, P, question, run } from './folded.ts';

describe('what people say', () => {
  it.each([
    ['notOurs', 'settled'],
    ['cannot', 'settled'],
  ] as const)('%s is an answer', (kind, state) => {
    expect(only(run({ mail: [question()], presses: [aPress(kind, 'provider', '2026-03-03T02:00Z', { key: '<q>' })] }))).toMatchObject({
      state,
      ending: kind,
    });
  });
  it('unclear turns it to the asker; the clock rests until he writes', () => {
    const unclear = aPress('unclear', 'provider', '2026-03-03T02:00Z', { key: '<q>' });
    const found = run({ mail: [question()], presses: [unclear] });
    expect(only(found, 'provider')).toMatchObject({ state: 'open', turned: true, alertAt: null });
    expect(only(found, 'client')).toMatchObject({
      state: 'open',
      openingKey: `press:${unclear.id}`,
      verdict: { answer: 'expected', why: 'asked' },
    });
    const meant = aMail(A, '2026-03-03T05:00Z', { to: P, subject: 'Re: Server move' });
    const after = run({ mail: [question(), meant], presses: [unclear] });
    expect(only(after, 'client')).toMatchObject({ state: 'settled', ending: 'mail' });
    expect(only(after, 'provider')).toMatchObject({ state: 'open', turned: false, pausedSeconds: 3 * 3600 });
  });
  it('an unsure mail becomes expected by a word, and is never alerted before it', () => {
    const both = aMail(A, '2026-03-03T01:00Z', { to: ['boss@contoso.com', P], key: '<q>' });
    const o = only(run({ mail: [both], presses: [aPress('expected', 'client', '2026-03-03T12:00Z', { key: '<q>' })] }));
    expect(o).toMatchObject({ verdict: { answer: 'expected', why: 'corrected' }, alertAt: at('2026-03-04T09:00:00Z') });
  });
  it('not expected ends it as not counted', () => {
    expect(
      only(run({ mail: [question()], presses: [aPress('notExpected', 'client', '2026-03-03T02:00Z', { key: '<q>' })] })),
    ).toMatchObject({ state: 'notCounted' });
  });
  it('not expected, said of a wait, ends all that was written in it until then', () => {
    const more = aMail(A, '2026-03-03T01:30Z', { to: P, subject: 'Re: Server move' });
    const no = aPress('notExpected', 'client', '2026-03-03T02:00Z', { key: '<q>' });
    expect(only(run({ mail: [question(), more], presses: [no] }))).toMatchObject({ state: 'notCounted', settledAt: no.at });
    const yes = aPress('expected', 'client', '2026-03-03T03:00Z', { key: '<q>' });
    expect(only(run({ mail: [question(), more], presses: [no, yes] }))).toMatchObject({ state: 'open', pausedSeconds: 0 });
  });
  it('turns stand still once it has ended', () => {
    const more = aMail(A, '2026-03-03T08:00Z', { to: P, subject: 'Re: Server move', key: '<more>' });
    const found = run({ mail: [question(), answer(), more] });
    expect(found.map((o) => [o.openingKey, o.turns])).toEqual([
      ['<q>', 1],
      ['<a 2026-03-03T05:00Z>', 2],
      ['<more>', 2],
    ]);
  });
});

describe('signs', () => {
  it.each([
    ['high importance', { importance: 'high' as const }, 'importance'],
    ["the author's flag", { marks: [{ owner: A, flag: 'flagged' as const }] }, 'flag'],
    ["the author's category", { marks: [{ owner: A, categories: ['Answer needed'] }] }, 'category'],
    ["an addressed reader's category", { marks: [{ owner: P, categories: ['answer needed'] }] }, 'category'],
  ])('%s makes an answer expected', (_name, parts, why) => {
    expect(only(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: ['boss@contoso.com', P], ...parts })] })).verdict).toEqual({
      answer: 'expected',
      why,
    });
  });
  it("a flag on a reader's copy means nothing", () => {
    const mail = [aMail(A, '2026-03-03T01:00Z', { to: ['boss@contoso.com', P], marks: [{ owner: P, flag: 'flagged' }] })];
    expect(only(run({ mail })).verdict.answer).toBe('unsure');
  });
  it('the day the author asked for is the expected time where it is later', () => {
    const mail = [aMail(A, '2026-03-03T01:00Z', { to: P, marks: [{ owner: A, flag: 'flagged', flagDueAt: at('2026-03-06T10:00:00Z') }] })];
    expect(only(run({ mail })).agreedAt).toEqual(at('2026-03-06T10:00:00Z'));
  });
  it('a further mail of higher urgency shortens', () => {
    const urgent = aMail(A, '2026-03-03T02:00Z', { to: P, subject: 'Re: Server move', importance: 'high' });
    expect(only(run({ mail: [question(), urgent] }))).toMatchObject({ priority: 'high', dueAt: at('2026-03-03T04:00:00Z') });
  });
  it('Cc alone, internal mail and mail of robots expect nothing', () => {
    expect(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: 'boss@contoso.com', cc: [P] })] })).toEqual([]);
    expect(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: 'boss@contoso.com' })] })).toEqual([]);
    expect(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: P, kind: 'robot' })] })).toEqual([]);
  });
  it('a forward inside the side asked is no answer', () => {
    const inside = aMail(P, '2026-03-03T05:00Z', { to: 'paul@fabrikam.com', subject: 'FW: Server move' });
    expect(only(run({ mail: [question(), inside] })).state).toBe('open');
  });
  it('warned at three quarters of the agreed time', () => {
    expect(only(run({ mail: [question()] })).warnAt).toEqual(at('2026-03-03T07:00:00Z'));
  });
});
