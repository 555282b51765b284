import { describe, expect, it } from '@jest/globals';
import { domainProblem, underDomain } from '../../bot/charter/domains.ts';
import { hoursText, instantOf, targetText } from '../../bot/charter/wallClock.ts';
import {
  readCadence,
  readDates,
  readDays,
  readDuration,
  readHours,
  readMoment,
  readTarget,
  readWorkingDays,
  Unreadable,
} from '../../bot/charter/words.ts';

describe('times to answer', () => {
  it.each([
    ['8 working hours', { kind: 'hours', seconds: 28_800 }, '8 working hours'],
    ['1 working hour', { kind: 'hours', seconds: 3600 }, '1 working hour'],
    ['2 hours', { kind: 'hours', seconds: 7200 }, '2 working hours'],
    ['1.5 hours', { kind: 'hours', seconds: 5400 }, '90 working minutes'],
    ['30 minutes', { kind: 'hours', seconds: 1800 }, '30 working minutes'],
    ['  End of the next  working day', { kind: 'days', days: 1 }, 'the end of the next working day'],
    ['next working day', { kind: 'days', days: 1 }, 'the end of the next working day'],
    ['end of working day 2', { kind: 'days', days: 2 }, 'the end of working day 2'],
    ['the end of the 3rd working day', { kind: 'days', days: 3 }, 'the end of working day 3'],
    ['2 working days', { kind: 'days', days: 2 }, 'the end of working day 2'],
  ])('%s', (text, target, words) => {
    expect(readTarget(text)).toEqual(target);
    expect(targetText(readTarget(text))).toBe(words);
  });

  it.each([
    '',
    'soon',
    '8',
    '8 days',
    '0 hours',
    '501 hours',
    'end of working day 0',
    'end of working day 61',
    'end of the working day',
    '-1 hours',
  ])('%j is none', (text) => {
    expect(() => readTarget(text)).toThrow(Unreadable);
  });

  it('of a ladder may run on', () => {
    expect(readDuration('12 hours elapsed')).toEqual({ seconds: 43_200, elapsed: true });
    expect(readDuration('2 working hours')).toEqual({ seconds: 7200, elapsed: false });
    expect(() => readDuration('2 working hours elapsed')).toThrow(Unreadable);
    expect(readWorkingDays('3 working days')).toBe(3);
  });
});

describe('days and hours', () => {
  it.each([
    ['mon-fri', ['mon', 'tue', 'wed', 'thu', 'fri']],
    ['sun-thu', ['sun', 'mon', 'tue', 'wed', 'thu']],
    ['Monday, wed', ['mon', 'wed']],
    ['sat', ['sat']],
    ['mon-tue, fri-sun', ['mon', 'tue', 'fri', 'sat', 'sun']],
  ])('%s', (text, days) => expect(readDays(text)).toEqual(days));

  it.each(['', 'mo', 'mon-', 'mon-tue-wed', 'mon, mon', 'mon-wed, tue', 'weekdays'])('%j are no days', (text) => {
    expect(() => readDays(text)).toThrow(Unreadable);
  });

  it.each([
    ['09:00-17:30', [['09:00', '17:30']]],
    [
      '9:00 - 12:30, 13:30–18:00',
      [
        ['09:00', '12:30'],
        ['13:30', '18:00'],
      ],
    ],
    [
      '13:00-17:00, 09:00-12:00',
      [
        ['09:00', '12:00'],
        ['13:00', '17:00'],
      ],
    ],
    ['21:00-06:00', [['21:00', '06:00']]],
    ['00:00-24:00', [['00:00', '24:00']]],
    ['closed', []],
  ])('%s', (text, hours) => expect(readHours(text)).toEqual(hours));

  it.each(['', '9-17', '25:00-26:00', '24:00-06:00', '09:00-12:00, 11:00-17:00', '21:00-06:00, 22:00-23:00', '09:00'])(
    '%j are no hours',
    (text) => {
      expect(() => readHours(text)).toThrow(Unreadable);
    },
  );

  it('reads as people say it', () => {
    const day = readHours('09:00-17:00');
    const hours = { mon: day, tue: day, wed: day, thu: day, fri: readHours('09:00-12:00, 13:00-16:00'), sun: readHours('21:00-06:00') };
    expect(hoursText(hours)).toEqual(['Mon to Thu 09:00-17:00', 'Fri 09:00-12:00 and 13:00-16:00', 'Sun 21:00-06:00']);
    const night = readHours('21:00-06:00');
    expect(hoursText({ sun: night, mon: night, tue: night, wed: night, thu: night })).toEqual(['Sun to Thu 21:00-06:00']);
    expect(hoursText({ sat: day, sun: day, mon: day, tue: day, wed: day, thu: day, fri: day })).toEqual(['Mon to Sun 09:00-17:00']);
    expect(hoursText({ mon: day, tue: day })).toEqual(['Mon and Tue 09:00-17:00']);
  });
});

describe('dates and moments', () => {
  it('dates, one or a stretch', () => {
    expect(readDates('2026-12-30 to 2027-01-02')).toEqual(['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02']);
    expect(readDates('2028-02-29')).toEqual(['2028-02-29']);
  });
  it.each(['2026-02-29', '2026-12-31 to 2026-12-30', '2026-01-01 to 2027-06-01', '24 December'])('%j is none', (text) => {
    expect(() => readDates(text)).toThrow(Unreadable);
  });
  it('moments and how often', () => {
    expect(readMoment('thu 12:00')).toEqual({ weekday: 'thu', workingDay: null, time: '12:00' });
    expect(readMoment('9:30')).toEqual({ weekday: null, workingDay: null, time: '09:30' });
    expect(readMoment('Working day 3 12:00')).toEqual({ weekday: null, workingDay: 3, time: '12:00' });
    expect(readMoment('friday')).toEqual({ weekday: 'fri', workingDay: null, time: null });
    for (const text of ['', 'noon', 'thu noon', 'working day 0', '24:00']) expect(() => readMoment(text)).toThrow(Unreadable);
    expect(readCadence('2 weeks')).toEqual({ unit: 'week', each: 2 });
    for (const text of ['', 'fortnight', '0 weeks', 'year']) expect(() => readCadence(text)).toThrow(Unreadable);
  });
  it('a time that the zone skips is the next that it has', () => {
    expect(instantOf('Europe/Amsterdam', '2027-03-28', '02:30')).toEqual(new Date('2027-03-28T01:00:00Z'));
    expect(instantOf('Asia/Manila', '2026-11-23')).toEqual(new Date('2026-11-22T16:00:00Z'));
  });
});

describe('domains', () => {
  it.each([
    'gmail.com',
    'outlook.com',
    'hotmail.co.uk',
    'yahoo.fr',
    'gmx.de',
    'qq.com',
    'onmicrosoft.com',
    'co.uk',
    'com.au',
    'com',
    'localhost',
    'a b.com',
    'x@y.com',
    '-a.com',
    '',
  ])('%j stands for no company', (domain) => expect(domainProblem(domain)).not.toBeNull());
  it.each([
    'contoso.com',
    'lab.contoso.co.uk',
    'contoso.onmicrosoft.com',
    'xn--mnchen-3ya.de',
    'fabrikam.xn--p1ai',
    'outlook-partners.com',
  ])('%s does', (domain) => expect(domainProblem(domain)).toBeNull());
  it('an address lies under its domain and those above it', () => {
    expect(underDomain('a@contoso.com', 'contoso.com')).toBe(true);
    expect(underDomain('a@lab.contoso.com', 'contoso.com')).toBe(true);
    expect(underDomain('a@notcontoso.com', 'contoso.com')).toBe(false);
  });
});
