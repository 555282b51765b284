import { describe, expect, it } from '@jest/globals';
import { withoutSameDay } from '../../bot/contract/sameDay.ts';
import { isLink } from '../../tab/api/link.ts';
import { runsOf } from '../../tab/components/closedDays.ts';
import { draftOf, missing, sentInputs } from '../../tab/components/formState.ts';
import { dayAndTime, dayOf, hoursAndMinutes } from '../../tab/components/timeWords.ts';
import { hashOf, type Route, routeOf, routeOfSubPage } from '../../tab/pages/route.ts';
import { en } from '../../tab/strings/en.ts';
import { stringsFor } from '../../tab/strings/index.ts';
import { BUTTONS } from '../support/views.ts';

describe('texts for people', () => {
  const said = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'function'
        ? [0, 1, 2].map((n) => String(value(n, n)))
        : Object.values(value as object).flatMap(said);
  it('hold no word of blame', () => {
    const texts = said(en);
    expect(texts.length).toBeGreaterThan(60);
    expect(texts.filter((text) => /debtor|creditor|\bow(e|es|ed|ing)\b|overdue|breach|broken|failed|\bSLA\b/i.test(text))).toEqual([]);
  });
  it.each(['en-us', 'en', 'de-DE', '', 'x'])('are there for the locale %j', (locale) => expect(stringsFor(locale)).toBe(en));
});

describe('addresses within the tab', () => {
  const routes: Route[] = [
    { page: 'home' },
    { page: 'partnership', id: 'p/1 ü' },
    { page: 'obligation', id: 'o-1' },
    { page: 'reviews', id: 'p-1' },
    { page: 'review', id: 'r-1' },
    { page: 'config' },
    { page: 'data' },
  ];
  it.each(routes)('lead back to %j', (route) => expect(routeOf(hashOf(route))).toEqual(route));
  it.each([
    ['', { page: 'home' }],
    ['#/nothing/here', { page: 'home' }],
    ['#/obligation', { page: 'home' }],
    ['#obligation/1', { page: 'obligation', id: '1' }],
    ['#/obligation/1?x=2', { page: 'obligation', id: '1' }],
    ['#/obligation/%zz', { page: 'obligation', id: '%zz' }],
  ])('%j', (hash, route) => expect(routeOf(hash)).toEqual(route));
  it.each([
    ['obligation/1', { page: 'obligation', id: '1' }],
    ['obligation:1', { page: 'obligation', id: '1' }],
    ['review/1', { page: 'review', id: '1' }],
    ['review:1', { page: 'review', id: '1' }],
    ['4b1c', { page: 'obligation', id: '4b1c' }],
    ['partnership:9', { page: 'partnership', id: '9' }],
    ['<script>', { page: 'home' }],
  ])('a link of Teams to %j', (subPage, route) => expect(routeOfSubPage(subPage)).toEqual(route));
});

it.each([
  ['https://outlook.office.com/mail/1', true],
  ['mailto:ops@fabrikam.com?subject=Re', true],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['ms-word:ofe|u|x', false],
  ['not a link', false],
])('%s is opened: %s', (url, opened) => expect(isLink(url)).toBe(opened));

describe('times', () => {
  it('says a second place without the day where it is the same', () => {
    expect(withoutSameDay('Wed 25 Nov, 11:00', 'Wed 25 Nov, 18:00')).toBe('11:00');
    expect(withoutSameDay('Tue 24 Nov, 23:00', 'Wed 25 Nov, 06:00')).toBe('Tue 24 Nov, 23:00');
    expect(withoutSameDay('soon', 'soon')).toBe('soon');
  });
  it('writes an instant as the service does', () => {
    expect(dayAndTime('2026-11-25T10:00:00Z', 'Asia/Manila', 'en-GB')).toBe('Wed 25 Nov, 18:00');
    expect(dayAndTime('2026-11-25T16:05:00Z', 'Asia/Manila', 'en-GB', 'weekday')).toBe('Thu 00:05');
    expect(dayOf('2026-11-21', 'en-GB')).toBe('Sat 21 Nov');
  });
  it.each([
    [28_080, '7 h 48 min'],
    [32_400, '9 h'],
    [90, '2 min'],
    [0, '0 min'],
    [3599, '1 h'],
  ])('%d s of working time', (seconds, text) => expect(en.duration(...hoursAndMinutes(seconds))).toBe(text));
  it('tells closed days that follow each other as one', () => {
    const day = (on: string, text = 'No working day') => ({ on, text });
    expect(runsOf([day('2026-10-31'), day('2026-11-01'), day('2026-11-02', 'All Souls'), day('2026-11-07')])).toEqual([
      { from: '2026-10-31', to: '2026-11-01', text: 'No working day' },
      { from: '2026-11-02', to: '2026-11-02', text: 'All Souls' },
      { from: '2026-11-07', to: '2026-11-07', text: 'No working day' },
    ]);
  });
});

describe('forms', () => {
  const { inputs } = BUTTONS.answeredElsewhere;
  it('start from what the service proposes', () => expect(draftOf(inputs)).toEqual({ how: 'phone', at: '', 'at~time': '' }));
  it('send a day and its time as one, text without outer spaces, and nothing that was left empty', () => {
    expect(sentInputs(inputs, { how: 'teams', at: '2026-11-24', 'at~time': '15:00' })).toEqual({ how: 'teams', at: '2026-11-24T15:00' });
    expect(sentInputs(inputs, { how: 'phone', at: '', 'at~time': '' })).toEqual({ how: 'phone' });
    expect(sentInputs(BUTTONS.cannot.inputs, { remark: `  ${'x'.repeat(600)} ` })).toEqual({ remark: 'x'.repeat(500) });
  });
  it('name what is missing', () => {
    expect(missing(BUTTONS.promise.inputs, {})).toEqual(['on']);
    expect(missing(BUTTONS.cannot.inputs, { remark: '   ' })).toEqual(['remark']);
    expect(missing(inputs, draftOf(inputs))).toEqual([]);
    expect(missing(inputs, { how: 'phone', 'at~time': '15:00' })).toEqual(['at']);
  });
});
