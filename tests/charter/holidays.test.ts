import { describe, expect, it } from '@jest/globals';
import type { CalendarDocument } from '../../bot/charter/document.ts';
import { extendHolidays, importHolidays, looksThin, runsOut } from '../../bot/charter/holidays.ts';

const calendar = (country?: string, region?: string): CalendarDocument => ({
  zone: 'UTC',
  hours: { mon: [['09:00', '17:00']] },
  holidays: { country, region, whose: 'ours', rule: 'date', confirmed: false, add: [], remove: [] },
  exceptions: [],
});
const of = async (year: number, country: string, region?: string) =>
  Object.entries((await importHolidays(calendar(country, region), year)).days)
    .filter(([on]) => on.startsWith(String(year)))
    .map(([on, name]) => `${on} ${name}`);

describe('imported holidays', () => {
  it('are public ones, in English', async () => {
    expect(await of(2026, 'NL')).toEqual([
      "2026-01-01 New Year's Day",
      '2026-04-05 Easter Sunday',
      '2026-04-06 Easter Monday',
      "2026-04-27 King's Day",
      '2026-05-14 Ascension Day',
      '2026-05-24 Pentecost',
      '2026-05-25 Whit Monday',
      '2026-12-25 Christmas Day',
      '2026-12-26 Boxing Day',
    ]);
  });

  it.each([
    ['Karnataka', 'Karnataka', '2026-11-01 Karnataka Formation Day'],
    ['KA', 'KA', '2026-11-01 Karnataka Formation Day'],
    ['a region within a region', 'BY-A', '2026-08-08 Augsburg Peace Festival'],
  ])('know regions: %s', async (_what, region, day) => {
    expect(await of(2026, region.startsWith('BY') ? 'Germany' : 'IN', region)).toContain(day);
  });

  it('cover every date of a feast that lasts several', async () => {
    const eid = (await of(2026, 'SA')).filter((day) => day.includes('-03-'));
    expect(eid.map((day) => day.slice(0, 10))).toEqual(['2026-03-19', '2026-03-20', '2026-03-21', '2026-03-22']);
  });

  it('stand in for those that fall on a weekend, where the country says so', async () => {
    expect(await of(2026, 'US')).toEqual(
      expect.arrayContaining(['2026-07-03 Independence Day (substitute day)', '2026-07-04 Independence Day']),
    );
  });

  it('are none without a country', async () => {
    expect(await importHolidays(calendar(), 2026)).toEqual({ through: 2030, days: {} });
  });

  it('look thin where a list holds the national days alone', async () => {
    expect(looksThin(await importHolidays(calendar('IN'), 2026), 2026)).toBe(true);
    expect(looksThin(await importHolidays(calendar('IN', 'KA'), 2026), 2026)).toBe(false);
    expect(looksThin(await importHolidays(calendar('PH'), 2026), 2026)).toBe(false);
  });

  it('are continued, and what was there stays', async () => {
    const agreed = { through: 2026, days: { '2026-01-02': 'As agreed' } };
    expect([runsOut(agreed, 2025), runsOut(agreed, 2026)]).toEqual([false, true]);
    const longer = await extendHolidays(calendar('NL'), agreed, 2026);
    expect(longer.through).toBe(2030);
    expect(Object.keys(longer.days).filter((on) => on < '2027')).toEqual(['2026-01-02']);
    expect(longer.days).toHaveProperty('2027-04-27');
  });
});
