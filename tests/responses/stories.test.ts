import { describe, expect, it } from '@jest/globals';
import type { Obligation } from '../../bot/responses/obligation.ts';
import { wordsOf } from '../../bot/responses/sentences.ts';
import type { StoredObligation } from '../../bot/responses/store.ts';
import { aCalendar, aCharter, aContact, aMail, anna, aPress, days, hours, pia } from '../support/builders.ts';
import { A, answer, at, only, P, question, run } from './folded.ts';

describe('mail stories', () => {
  it('1: half an answer settles; still waiting goes on, the gap is a pause, the first answer stays', () => {
    const mail = [question(), answer()];
    expect(only(run({ mail }))).toMatchObject({ state: 'settled', settledAt: at('2026-03-03T05:00:00Z'), ending: 'mail' });
    // pressed three working hours after the answer: 08:00 UTC
    const o = only(run({ mail, presses: [aPress('stillWaiting', 'client', '2026-03-03T08:00Z', { key: '<q>' })] }));
    expect(o).toMatchObject({ state: 'open', firstAnswerAt: at('2026-03-03T05:00:00Z'), pausedSeconds: 3 * 3600 });
    // 17:00 in Manila plus three hours: one is left of the day, two on Wednesday morning
    expect(o.dueAt).toEqual(at('2026-03-04T03:00:00Z'));
  });
  it('2: "received, will look" settles as the first answer', () => {
    expect(only(run({ mail: [question(), answer('2026-03-03T01:20Z')] })).ending).toBe('mail');
  });
  it('3: a question back settles one wait and opens the other, unsure; turns are counted', () => {
    const found = run({ mail: [question(), answer()] });
    expect(only(found, 'provider').state).toBe('settled');
    expect(only(found, 'client')).toMatchObject({ state: 'open', verdict: { answer: 'unsure', why: 'settles' }, alertAt: null, turns: 1 });
  });
  it('4: thanks is unsure, silent, and lapses as not counted', () => {
    const mail = [question(), answer(), aMail(A, '2026-03-03T09:30Z', { to: P, subject: 'Re: Server move', key: '<thanks>' })];
    const thanks = run({ mail }).find((o) => o.openingKey === '<thanks>')!;
    expect(thanks).toMatchObject({ state: 'open', verdict: { answer: 'unsure' }, alertAt: null, warnAt: null });
    expect(run({ mail, now: '2026-04-15T00:00:00Z' }).find((o) => o.openingKey === '<thanks>')).toMatchObject({
      state: 'notCounted',
      ending: 'notCounted',
    });
  });
  it('5: an answer from a listed service address settles', () => {
    expect(only(run({ mail: [question(), answer('2026-03-03T05:00Z', 'ops@fabrikam.com')] })).state).toBe('settled');
  });
  it('6: an answer from an unlisted ticket system holds the alert once and asks the owner who it is', () => {
    const stranger = aMail('ticket@helpdesk.example', '2026-03-03T08:00Z', { to: A, subject: 'Re: Server move', key: '<s>' });
    const o = only(run({ mail: [question(), stranger], now: '2026-03-03T09:10:00Z' }));
    expect(o).toMatchObject({ state: 'open', holds: [{ why: 'newcomer', address: 'ticket@helpdesk.example' }] });
    // held until the end of the asker's next working day: Wednesday 17:00 in Amsterdam
    expect(o.alertAt).toEqual(at('2026-03-04T16:00:00Z'));
    expect(o.questions).toContainEqual({ kind: 'newcomer', to: 'owner', fromAt: stranger.at });
  });
  it('7: a ticket receipt after 40 s is no answer; at more than three minutes it is', () => {
    const receipt = (seconds: number) =>
      aMail('ops@fabrikam.com', new Date(at('2026-03-03T01:00:00Z').getTime() + seconds * 1000).toISOString(), {
        to: A,
        subject: 'Re: Server move',
      });
    expect(only(run({ mail: [question(), receipt(40)] })).state).toBe('open');
    expect(only(run({ mail: [question(), receipt(180)] })).state).toBe('open');
    expect(only(run({ mail: [question(), receipt(181)] })).state).toBe('settled');
  });
  it('8: answered by phone, at the time the person says; the other side can put it back', () => {
    const phone = aPress('answeredElsewhere', 'provider', '2026-03-03T08:00Z', { key: '<q>' }, { happenedAt: at('2026-03-03T06:00:00Z') });
    expect(only(run({ mail: [question()], presses: [phone] }))).toMatchObject({
      state: 'settled',
      ending: 'elsewhere',
      settledAt: at('2026-03-03T06:00:00Z'),
    });
    const back = aPress('putBack', 'client', '2026-03-03T09:00Z', { key: '<q>' });
    expect(only(run({ mail: [question()], presses: [phone, back] }))).toMatchObject({ state: 'open', pausedSeconds: 3 * 3600 });
  });
  it('9: a third party in Cc since the first mail changes nothing', () => {
    const q = aMail(A, '2026-03-03T01:00Z', { to: P, cc: ['third@other.example'] });
    const third = aMail('third@other.example', '2026-03-03T05:00Z', { to: [A, P], subject: 'Re: Server move' });
    expect(only(run({ mail: [q, third] }))).toMatchObject({ state: 'open', holds: [] });
  });
  it("10: a colleague's mail in a new thread holds the alert once and asks whether it was the answer", () => {
    const elsewhere = aMail('paul@fabrikam.com', '2026-03-03T08:30Z', { to: A, subject: 'Rack plan', key: '<e>' });
    const o = only(run({ mail: [question()], other: [elsewhere] }));
    expect(o.holds).toMatchObject([{ why: 'otherThread', messageKey: '<e>' }]);
    expect(o.alertAt).toEqual(at('2026-03-04T16:00:00Z'));
    expect(o.questions.map((each) => each.kind)).toContain('wasAnswer');
    const early = aMail('paul@fabrikam.com', '2026-03-03T02:00Z', { to: A, subject: 'Rack plan', key: '<e>' });
    // asked at three quarters of the agreed time, not of every wait with every mail
    expect(only(run({ mail: [question()], other: [early] })).questions).toContainEqual({
      kind: 'wasAnswer',
      to: 'asker',
      fromAt: at('2026-03-03T07:00:00Z'),
    });
    const no = aPress('wasNotAnswer', 'client', '2026-03-03T10:00Z', { key: '<q>' });
    expect(only(run({ mail: [question()], other: [elsewhere], presses: [no] })).alertAt).toEqual(at('2026-03-03T10:00:00Z'));
    const yes = aPress('wasAnswer', 'client', '2026-03-03T10:00Z', { key: '<q>' }, { happenedAt: elsewhere.at });
    expect(only(run({ mail: [question()], other: [elsewhere], presses: [yes] }))).toMatchObject({
      state: 'settled',
      ending: 'otherThread',
      settledAt: elsewhere.at,
    });
  });
  it('12: the asker writes again before the agreed time: he is asked, nobody is warned; his flag complete ends it', () => {
    const again = aMail(A, '2026-03-03T03:00Z', { to: P, subject: 'Re: Server move', key: '<again>' });
    const o = only(run({ mail: [question(), again] }));
    expect(o).toMatchObject({ state: 'open', openedAt: at('2026-03-03T01:00:00Z'), dueAt: at('2026-03-03T09:00:00Z'), warnAt: null });
    expect(o.questions.map((each) => each.kind)).toContain('stillNeeded');
    const toBoss = aMail(A, '2026-03-03T01:00Z', { to: ['boss@contoso.com', P], key: '<q>' });
    const unsure = only(run({ mail: [toBoss, again] }));
    expect(unsure.questions.map((each) => each.kind)).toEqual(['expected', 'stillWaiting']);
    const done = aMail(A, '2026-03-03T03:00Z', { to: P, subject: 'Re: Server move', marks: [{ flag: 'complete' }] });
    expect(only(run({ mail: [question(), done] }))).toMatchObject({ state: 'waived', ending: 'flag' });
  });
  it('13: a regional holiday closes the day, and the explanation says that its list is assumed', () => {
    const charter = aCharter({
      provider: aCalendar('Asia/Kolkata', '09:00-18:00', { holidays: { '2026-03-03': 'Ugadi' }, assumed: true }),
    });
    const mail = [aMail(A, '2026-03-02T10:00Z', { to: P })];
    // Monday 15:30 in Bengaluru: 2.5 hours until 18:00, the holiday counts nothing, 5.5 on Wednesday
    const o = only(run({ mail, charter }));
    expect(o.dueAt).toEqual(at('2026-03-04T09:00:00Z'));
    expect(wordsOf({ ...o, record: null } as StoredObligation, charter, at('2026-03-02T11:00:00Z')).explanation).toMatchObject({
      assumed: true,
      closed: [{ on: '2026-03-03', text: 'Ugadi (assumed, not confirmed yet)' }],
    });
  });
  it('14: night shift with holidays by shift: the shift that starts on Monday is closed', () => {
    const night = aCalendar('Asia/Manila', '21:00-06:00', { holidays: ['2026-03-02'], holidayRule: 'shift' });
    const sunday = { ...night, work: { ...night.work, hours: { ...night.work.hours, sun: [['21:00', '06:00']] as [string, string][] } } };
    const charter = aCharter({ provider: sunday, target: hours(4) });
    // Monday 04:00 in Manila: two hours of Sunday's shift, then Tuesday 21:00 on
    const mail = [aMail(A, '2026-03-01T20:00Z', { to: P })];
    expect(only(run({ mail, charter })).dueAt).toEqual(at('2026-03-03T15:00:00Z'));
  });
  it('15: written on Saturday, counted from Monday', () => {
    const o = only(run({ mail: [aMail(A, '2026-03-07T12:00Z', { to: P })], now: '2026-03-08T12:00:00Z' }));
    expect(o).toMatchObject({ openedAt: at('2026-03-07T12:00:00Z'), dueAt: at('2026-03-09T09:00:00Z') });
  });
  it('16: Friday 16:59 with the end of the next working day: Monday 18:00 in Manila', () => {
    const o = only(run({ mail: [aMail(A, '2026-03-06T08:59Z', { to: P })], charter: aCharter({ target: days(1) }) }));
    expect(o.dueAt).toEqual(at('2026-03-09T10:00:00Z'));
  });
  it('17: three people asked: the calendar of the side; one alone: his own', () => {
    const early = aCalendar('Asia/Manila', '06:00-10:00', { key: 'early' });
    const lone = aContact('provider', 'early@fabrikam.com', { calendar: early });
    const charter = aCharter({ contacts: [anna, pia, lone] });
    expect(only(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: [P, 'early@fabrikam.com'] })], charter })).calendarKey).toBe('manila');
    expect(only(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: 'early@fabrikam.com' })], charter })).calendarKey).toBe('early');
  });
  it('18: reopened three weeks after its answer: a new wait', () => {
    const later = aMail(A, '2026-03-24T09:00Z', { to: P, subject: 'Re: Server move', key: '<later>' });
    const found = run({ mail: [question(), answer(), later], now: '2026-03-24T10:00:00Z' }).filter((o) => o.debtor === 'provider');
    expect(found.map((o) => [o.openingKey, o.state])).toEqual([
      ['<q>', 'settled'],
      ['<later>', 'open'],
    ]);
  });
  it('19: the same, never answered: the old one lapsed, a new one opens', () => {
    const later = aMail(A, '2026-03-24T09:00Z', { to: P, subject: 'Re: Server move', key: '<later>' });
    const found = run({ mail: [question(), later], now: '2026-03-24T10:00:00Z' });
    expect(found.map((o) => [o.openingKey, o.state])).toEqual([
      ['<q>', 'lapsed'],
      ['<later>', 'open'],
    ]);
  });
  it('20: written to forty people: unsure', () => {
    const to = Array.from({ length: 40 }, (_, n) => `a${n}@contoso.com`);
    expect(only(run({ mail: [aMail(P, '2026-03-03T09:00Z', { to })] }), 'client')).toMatchObject({
      verdict: { answer: 'unsure', why: 'manyAddressed' },
      alertAt: null,
    });
  });
  it('21: to the own boss and the provider: unsure until asked again after the time', () => {
    const both = aMail(A, '2026-03-03T01:00Z', { to: ['boss@contoso.com', P] });
    expect(only(run({ mail: [both] }))).toMatchObject({ verdict: { answer: 'unsure', why: 'ownSide' } });
    const chaser = aMail(A, '2026-03-03T10:00Z', { to: P, subject: 'Re: Server move' });
    const o = only(run({ mail: [both, chaser] }));
    // asked again at 18:00 in Manila: nobody had been told before, so eight working hours count from there
    expect(o).toMatchObject({ verdict: { answer: 'expected', why: 'chaser' }, agreedAt: at('2026-03-03T09:00:00Z') });
    expect(o.alertAt).toEqual(at('2026-03-04T09:00:00Z'));
    const toMany = aMail(A, '2026-03-03T10:00Z', {
      to: [P, ...Array.from({ length: 5 }, (_, n) => `x${n}@other.example`)],
      subject: 'Re: Server move',
    });
    expect(only(run({ mail: [both, toMany] })).verdict.answer).toBe('unsure');
  });
  it('22: an acceptance is nothing', () => {
    const accepted = aMail(P, '2026-03-03T05:00Z', { to: A, subject: 'Accepted: Server move', kind: 'meeting' });
    expect(only(run({ mail: [question(), accepted] }))).toMatchObject({ state: 'open', holds: [] });
  });
  it('23: an invitation holds the alert: the answer may come in the meeting', () => {
    const invitation = aMail(P, '2026-03-03T05:00Z', { to: A, subject: 'Server move', kind: 'meeting', key: '<i>' });
    expect(only(run({ mail: [question(), invitation] }))).toMatchObject({ state: 'open', holds: [{ why: 'meeting', messageKey: '<i>' }] });
  });
  it('23: held until the meeting is over, where the calendar shows it; said to be the answer, it is answered there', () => {
    const invitation = aMail(P, '2026-03-03T05:00Z', { to: A, subject: 'Move of the servers', kind: 'meeting', key: '<i>' });
    const meeting = (organizer: string, bareSubject: string) => ({
      organizer,
      bareSubject,
      startAt: at('2026-03-06T09:00:00Z'),
      endAt: at('2026-03-06T10:00:00Z'),
    });
    const meetings = [meeting(P, invitation.bareSubject)];
    expect(only(run({ mail: [question(), invitation], meetings }))).toMatchObject({
      alertAt: at('2026-03-06T10:00:00Z'),
      holds: [{ meetingAt: at('2026-03-06T09:00:00Z') }],
    });
    const others = [meeting(P, 'something else'), meeting('paul@fabrikam.com', invitation.bareSubject)];
    expect(only(run({ mail: [question(), invitation], meetings: others })).alertAt).toEqual(at('2026-03-04T16:00:00Z'));
    const there = aPress('wasAnswer', 'client', '2026-03-06T12:00Z', { key: '<q>' });
    expect(only(run({ mail: [question(), invitation], meetings, presses: [there], now: '2026-03-06T12:00:00Z' }))).toMatchObject({
      state: 'settled',
      ending: 'elsewhere',
      settledAt: at('2026-03-06T10:00:00Z'),
    });
  });
  it('10: held for one working day of the asker himself', () => {
    const early = aContact('client', 'early@contoso.com', { calendar: aCalendar('Europe/Amsterdam', '06:00-10:00', { key: 'early' }) });
    const charter = aCharter({ contacts: [anna, early, pia] });
    const asked = aMail('early@contoso.com', '2026-03-03T01:00Z', { to: P });
    const elsewhere = aMail(P, '2026-03-03T08:30Z', { to: 'early@contoso.com', subject: 'Rack plan' });
    expect(only(run({ mail: [asked], other: [elsewhere], charter })).alertAt).toEqual(at('2026-03-04T09:00:00Z'));
  });
  it('24: an absence changes the person, not the time', () => {
    const away = aMail(P, '2026-03-03T01:01Z', { to: A, subject: 'Automatic reply: Server move', kind: 'automatic' });
    const o = only(run({ mail: [question(), away] }));
    expect(o).toMatchObject({ state: 'open', away: [P], dueAt: at('2026-03-03T09:00:00Z') });
    expect(o.questions).toContainEqual({ kind: 'away', to: 'asker', fromAt: away.at });
  });
  it('24: while somebody he wrote to is there, the asker is not told; a ticket system is never away', () => {
    const two = aMail(A, '2026-03-03T01:00Z', { to: [P, 'paul@fabrikam.com'] });
    const away = aMail(P, '2026-03-03T01:01Z', { to: A, subject: 'Automatic reply: Server move', kind: 'automatic' });
    const o = only(run({ mail: [two, away] }));
    expect(o.away).toEqual([P]);
    expect(o.questions.map((each) => each.kind)).not.toContain('away');
    const desk = aMail(A, '2026-03-03T01:00Z', { to: 'ops@fabrikam.com' });
    const receipt = aMail('ops@fabrikam.com', '2026-03-03T01:01Z', { to: A, subject: 'Re: Server move', kind: 'automatic' });
    expect(only(run({ mail: [desk, receipt] })).away).toEqual([]);
  });
  it('25: not delivered ends it', () => {
    const report = aMail('postmaster@contoso.com', '2026-03-03T01:01Z', {
      to: A,
      subject: 'Undeliverable: Server move',
      kind: 'nonDelivery',
    });
    expect(only(run({ mail: [question(), report] }))).toMatchObject({
      state: 'notDelivered',
      ending: 'notDelivered',
      questions: [
        { kind: 'told', to: 'asker', fromAt: report.at },
        { kind: 'hasLeft', to: 'askedOwner', fromAt: report.at },
      ],
    });
  });
  it('28: people of another provider in To: this partnership has its own wait', () => {
    expect(run({ mail: [aMail(A, '2026-03-03T01:00Z', { to: [P, 'nora@northwind.com'] })] })).toHaveLength(1);
  });
  it('29: the subcontractor that acts for the provider answers', () => {
    expect(only(run({ mail: [question(), answer('2026-03-03T05:00Z', 'sub@subcontractor.example')] })).state).toBe('settled');
  });
  it('30: a report by pattern is not expected; from the third that nobody answered it is a habit', () => {
    const report = (n: number) => aMail(P, `2026-0${n}-03T09:00Z`, { to: A, subject: 'Monthly report', key: `<r${n}>` });
    const patterned = aCharter({ rest: { notExpected: [{ subject: 'monthly *', from: null }] } });
    expect(only(run({ mail: [report(3)], charter: patterned }), 'client')).toMatchObject({
      state: 'notCounted',
      verdict: { answer: 'notExpected', why: 'pattern' },
    });
    const found = run({ threads: [[report(1)], [report(2)], [report(3)]], now: '2026-03-04T00:00:00Z' });
    expect(found.map((o) => o.verdict)).toEqual([
      { answer: 'expected', why: 'first' },
      { answer: 'expected', why: 'first' },
      { answer: 'unsure', why: 'habit' },
    ]);
  });
  it('30: a habit is asked about once; the no ends what is open of it and holds for what comes', () => {
    const report = (n: number) => aMail(P, `2026-03-0${n}T09:00Z`, { to: A, subject: 'Daily report', key: `<r${n}>` });
    const threads = [2, 3, 4, 5].map((n) => [report(n)]);
    const asks = (found: readonly Obligation[]) => found.filter((o) => o.questions.some((each) => each.kind === 'expected'));
    expect(asks(run({ threads, now: '2026-03-05T10:00:00Z' })).map((o) => o.openingKey)).toEqual(['<r4>']);
    const no = aPress('notExpected', 'client', '2026-03-04T12:00Z', { key: '<r4>' }, { debtor: 'client' });
    const learned = [{ from: P, subject: 'daily report', fromAt: no.at }];
    const found = run({ threads, presses: [no], learned, now: '2026-03-05T10:00:00Z' });
    expect(found.map((o) => [o.state, o.verdict.why])).toEqual([
      ['notCounted', 'pattern'], // the second joined the first, which was open past its time
      ['notCounted', 'corrected'],
      ['notCounted', 'pattern'],
    ]);
  });
  it('30: what was answered before somebody said never stays answered', () => {
    const asked = aMail(P, '2026-03-02T09:00Z', { to: A, subject: 'Daily report', key: '<r>' });
    const answered = aMail(A, '2026-03-02T10:00Z', { to: P, subject: 'Re: Daily report' });
    const learned = [{ from: P, subject: 'daily report', fromAt: at('2026-03-03T00:00:00Z') }];
    expect(only(run({ mail: [asked, answered], learned }), 'client')).toMatchObject({ state: 'settled', ending: 'mail' });
  });
  it('31: Spanish prefixes: a reply settles, an automatic answer does not', () => {
    const auto = aMail(P, '2026-03-03T01:01Z', { to: A, subject: 'Respuesta automática: Traslado', kind: 'automatic' });
    const reply = aMail(P, '2026-03-03T05:00Z', { to: A, subject: 'RE: RV: Traslado' });
    expect(only(run({ mail: [question(), auto] })).state).toBe('open');
    expect(only(run({ mail: [question(), auto, reply] })).state).toBe('settled');
  });
  it('34: again in a fresh thread while the first is past its time: one wait, asked again', () => {
    const fresh = aMail(A, '2026-03-05T09:00Z', { to: P, key: '<fresh>' });
    const found = run({ threads: [[question()], [fresh]], now: '2026-03-05T10:00:00Z' });
    expect(only(found)).toMatchObject({ openingKey: '<q>', messageKeys: ['<q>', '<fresh>'], state: 'open' });
    const settledThere = aMail(P, '2026-03-05T12:00Z', { to: A, subject: 'Re: Server move' });
    expect(only(run({ threads: [[question()], [fresh, settledThere]], now: '2026-03-06T00:00:00Z' }))).toMatchObject({ state: 'settled' });
  });
  it('34, turned: another sender, other people, or more than 15 days: two waits', () => {
    const other = aMail('arno@contoso.com', '2026-03-05T09:00Z', { to: P });
    expect(run({ threads: [[question()], [other]], now: '2026-03-05T10:00:00Z' })).toHaveLength(2);
    const others = aMail(A, '2026-03-05T09:00Z', { to: 'paul@fabrikam.com' });
    expect(run({ threads: [[question()], [others]], now: '2026-03-05T10:00:00Z' })).toHaveLength(2);
    const late = aMail(A, '2026-03-18T09:00Z', { to: P });
    expect(run({ threads: [[question()], [late]], now: '2026-03-18T10:00:00Z', charter: aCharter({ target: hours(60) }) })).toHaveLength(2);
  });
  it('36: set aside by the side asked; put back with one press', () => {
    const aside = aPress('setAside', 'provider', '2026-03-03T02:00Z', { key: '<q>' });
    expect(only(run({ mail: [question()], presses: [aside] }))).toMatchObject({
      state: 'waived',
      ending: 'setAside',
      settledAt: at('2026-03-03T02:00:00Z'),
    });
    expect(only(run({ mail: [question()], presses: [aside] })).questions).toEqual([{ kind: 'told', to: 'asker', fromAt: aside.at }]);
    const back = aPress('putBack', 'client', '2026-03-03T03:00Z', { key: '<q>' });
    const again = only(run({ mail: [question()], presses: [aside, back] }));
    expect(again).toMatchObject({ state: 'open', pausedSeconds: 3600 });
    expect(again.questions.map((each) => each.kind)).toEqual(['stillWaiting']);
  });
  it('37: a date three months ahead waits for the other side; the earlier time holds until then', () => {
    const far = aPress('promise', 'provider', '2026-03-03T02:00Z', { key: '<q>' }, { on: '2026-06-03' });
    const o = only(run({ mail: [question()], presses: [far] }));
    expect(o).toMatchObject({
      state: 'open',
      promise: null,
      dueAt: at('2026-03-03T09:00:00Z'),
      proposal: { at: at('2026-06-03T10:00:00Z') },
    });
    expect(o.questions.map((each) => each.kind)).toContain('agreeDate');
    const agreed = aPress('agreeDate', 'client', '2026-03-03T08:00Z', { key: '<q>' }, { about: far.id });
    expect(only(run({ mail: [question()], presses: [far, agreed] }))).toMatchObject({
      state: 'open',
      dueAt: at('2026-06-03T10:00:00Z'),
      agreedAt: at('2026-03-03T09:00:00Z'),
    });
  });
  it('37: a first date within twice the target stands at once; a second waits', () => {
    const soon = aPress('promise', 'provider', '2026-03-03T02:00Z', { key: '<q>' }, { on: '2026-03-03' });
    expect(only(run({ mail: [question()], presses: [soon] }))).toMatchObject({
      dueAt: at('2026-03-03T10:00:00Z'),
      agreedAt: at('2026-03-03T09:00:00Z'),
      promise: { pressId: soon.id },
    });
    const tomorrow = aPress('promise', 'provider', '2026-03-03T02:00Z', { key: '<q>' }, { on: '2026-03-04' });
    expect(only(run({ mail: [question()], presses: [tomorrow] }))).toMatchObject({ promise: { at: at('2026-03-04T10:00:00Z') } });
    const dayAfter = aPress('promise', 'provider', '2026-03-03T02:00Z', { key: '<q>' }, { on: '2026-03-05' });
    expect(only(run({ mail: [question()], presses: [dayAfter] }))).toMatchObject({
      promise: null,
      proposal: { at: at('2026-03-05T10:00:00Z') },
    });
    const second = aPress('promise', 'provider', '2026-03-03T03:00Z', { key: '<q>' }, { on: '2026-03-04' });
    expect(only(run({ mail: [question()], presses: [soon, second] }))).toMatchObject({
      dueAt: at('2026-03-03T10:00:00Z'),
      proposal: { pressId: second.id },
    });
  });
  it('37: a day ends with that working day of whoever promises it', () => {
    const night = aCalendar('Asia/Manila', '21:00-06:00', { key: 'night' });
    const maria = aContact('provider', 'maria@fabrikam.com', { calendar: night });
    const charter = aCharter({ contacts: [anna, pia, maria] });
    const by = aPress('promise', 'provider', '2026-03-03T02:00Z', { key: '<q>' }, { on: '2026-03-04', contactId: maria.id });
    // the shift that starts on Wednesday ends on Thursday at 06:00 in Manila; the day that was promised is Wednesday
    expect(
      only(run({ mail: [question()], presses: [by], charter: { ...charter, targets: aCharter({ target: hours(16) }).targets } })),
    ).toMatchObject({
      promise: { on: '2026-03-04', at: at('2026-03-04T22:00:00Z') },
    });
  });
  it('38: a closed site moves the time', () => {
    const closed = aCharter({
      provider: aCalendar('Asia/Manila', '09:00-18:00', { shifts: { '2026-03-03': [] }, exceptionNames: { '2026-03-03': 'Typhoon' } }),
    });
    expect(only(run({ mail: [question()], charter: closed })).dueAt).toEqual(at('2026-03-04T09:00:00Z'));
  });
  it('41, 42: who it says it is from counts, until the asker puts it back', () => {
    const spoofed = answer();
    expect(only(run({ mail: [question(), spoofed] })).state).toBe('settled');
    expect(
      only(run({ mail: [question(), spoofed], presses: [aPress('stillWaiting', 'client', '2026-03-03T06:00Z', { key: '<q>' })] })).state,
    ).toBe('open');
  });
  it('44: the version of its opening holds', () => {
    const first = aCharter();
    const second = { ...aCharter({ target: hours(2) }), version: 2, effectiveAt: at('2026-03-03T02:00:00Z') };
    const later = aMail(A, '2026-03-03T03:00Z', { to: 'paul@fabrikam.com', subject: 'Backup', key: '<b>' });
    const found = run({ threads: [[question()], [later]], charters: [first, second] });
    expect(found.map((o) => [o.openingKey, o.charterVersion, o.dueAt.toISOString()])).toEqual([
      ['<q>', 1, '2026-03-03T09:00:00.000Z'],
      ['<b>', 2, '2026-03-03T05:00:00.000Z'],
    ]);
  });
});
