import type { Interval, Weekday, WorkCalendar } from '../../bot/worktime/index.ts';

export const weekdays = (...intervals: Interval[]): Partial<Record<Weekday, Interval[]>> => ({
  mon: intervals,
  tue: intervals,
  wed: intervals,
  thu: intervals,
  fri: intervals,
});

export const everyDay = (...intervals: Interval[]): Partial<Record<Weekday, Interval[]>> => ({
  ...weekdays(...intervals),
  sat: intervals,
  sun: intervals,
});

/** A valid calendar: Monday to Friday, 09:00 to 17:00, UTC. */
export const aCalendar = (given: Partial<WorkCalendar> = {}): WorkCalendar => ({
  zone: 'UTC',
  hours: weekdays(['09:00', '17:00']),
  holidays: [],
  ...given,
});

/** The calendars of the project's own cases. */
export const calendars = {
  utc: aCalendar(),
  paris: aCalendar({ zone: 'Europe/Paris', holidays: { '2027-05-06': 'Ascension', '2027-05-17': 'Whit Monday' } }),
  manila: aCalendar({
    zone: 'Asia/Manila',
    hours: weekdays(['09:00', '12:00'], ['13:00', '18:00']),
    holidays: ['2026-11-30'],
    shifts: { '2026-11-25': [], '2026-11-28': [['10:00', '14:00']] },
    exceptionNames: { '2026-11-25': 'Typhoon' },
    breaks: { '2026-11-26': [['15:00', '16:30']] },
  }),
  /** Provider people who work the client's evening: Manila, night after night. */
  nights: aCalendar({ zone: 'Asia/Manila', hours: weekdays(['21:00', '06:00']), holidays: ['2026-11-23'] }),
  nightsByShift: aCalendar({
    zone: 'Asia/Manila',
    hours: { ...weekdays(['21:00', '06:00']), sun: [['21:00', '06:00']] },
    holidays: ['2026-11-23'],
    holidayRule: 'shift',
  }),
  newYork: aCalendar({ zone: 'America/New_York', holidays: ['2026-11-26'] }),
  newYorkNights: aCalendar({ zone: 'America/New_York', hours: everyDay(['22:00', '06:00']) }),
  always: aCalendar({ zone: 'America/New_York', hours: everyDay(['00:00', '24:00']) }),
  lordHowe: aCalendar({ zone: 'Australia/Lord_Howe', hours: everyDay(['00:00', '04:00']) }),
  lordHoweDay: aCalendar({ zone: 'Australia/Lord_Howe', hours: everyDay(['01:45', '10:00']) }),
  apia: aCalendar({ zone: 'Pacific/Apia', hours: everyDay(['09:00', '17:00']) }),
  saoPaulo: aCalendar({ zone: 'America/Sao_Paulo', hours: everyDay(['00:00', '08:00']) }),
  kathmandu: aCalendar({ zone: 'Asia/Kathmandu', hours: { sun: [['10:00', '17:00']], ...weekdays(['10:00', '17:00']) } }),
  casablanca: aCalendar({ zone: 'Africa/Casablanca', hours: everyDay(['02:30', '03:30']) }),
  recife: aCalendar({ zone: 'America/Recife', hours: everyDay(['09:00', '17:00']) }),
  onlyDated: aCalendar({ hours: {}, shifts: { '2027-03-02': [['10:00', '12:00']], '2028-03-02': [['23:00', '01:00']] } }),
} satisfies Record<string, WorkCalendar>;
