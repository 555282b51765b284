import path from 'node:path';
import dayjs from 'dayjs';
import dayjsBusinessTime from 'dayjs-business-time';
import moment from 'moment';
import 'moment-business-time';
import { add, type CompiledCalendar, endOfWorkingDay, type WorkCalendar, within, workCalendar } from '../../bot/worktime/index.ts';

// moment-business-time adds these to moment and brings no types.
declare module 'moment' {
  interface Moment {
    addWorkingTime(amount: number, unit: string): Moment;
    workingDiff(other: Moment, unit: string): number;
  }
}

/** How many operations one contender does in a second, and how that compares with the bare searches. */
export interface Row {
  name: string;
  opsPerSecond: number;
  ratio?: number;
  note?: string;
}

const ZONE = 'Europe/Berlin';
const DAYS_MS = 30 * 24 * 3_600_000;
/** What 30 days hold on the average: 21 working days of 8 hours. */
const SECONDS = 21 * 8 * 3600;
const HOLIDAYS = [2026, 2027, 2028].flatMap((year) => ['01-01', '05-01', '10-03', '12-25', '12-26'].map((day) => `${year}-${day}`));
const ROUNDS = 15;
const ROUND_MS = 25;
/** A power of two, so that taking the next question costs nothing. */
const QUESTIONS = 4096;

interface Contender {
  name: string;
  note?: string;
  /** How many operations between two looks at the clock. */
  batch: number;
  /** Asks question `i`; the sum of answers is kept, so that nothing is left out as useless. */
  ask(i: number): number;
}

/**
 * Working time over 30 days, two intervals a day, holidays, in a zone with summer time, at any moment of two years. Dates go in, and come
 * out of `add`. All contenders take turns in one process; the figures are medians of their rounds.
 */
export async function run(): Promise<{ title: string; rows: Row[] }> {
  const given = process.env.TZ;
  process.env.TZ = ZONE; // the two libraries know no zone but the machine's
  try {
    const contenders = prepare();
    const speeds = contenders.map((): number[] => []);
    for (let round = -2; round < ROUNDS; round += 1) {
      contenders.forEach((contender, i) => {
        const speed = measure(contender);
        if (round >= 0) speeds[i]!.push(speed); // the first two are warming up
      });
    }
    const medians = speeds.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]!);
    const rows = contenders.map(
      ({ name, note }, i): Row => ({
        name,
        opsPerSecond: Math.round(medians[i]!),
        ratio: Number((medians[i]! / medians[0]!).toPrecision(3)),
        ...(note === undefined ? {} : { note }),
      }),
    );
    return { title: `Working time over 30 days (${ZONE}, two intervals a day, holidays)`, rows };
  } finally {
    if (given === undefined) delete process.env.TZ;
    else process.env.TZ = given;
  }
}

function prepare(): Contender[] {
  const data: WorkCalendar = {
    zone: ZONE,
    hours: Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [
        day,
        [
          ['09:00', '12:00'],
          ['13:00', '18:00'],
        ],
      ]),
    ),
    holidays: HOLIDAYS,
  };
  const calendar = workCalendar(data);
  const random = randomNumbers();
  const from = Array.from({ length: QUESTIONS }, () => new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 730 * 1440) * 60_000));
  const to = from.map((at) => new Date(at.getTime() + DAYS_MS));
  for (const at of [from, to].flat()) within(calendar, at, new Date(at.getTime() + DAYS_MS));
  setUpLibraries();
  const dayjsFrom = from.map((at) => dayjs(at));
  const dayjsTo = to.map((at) => dayjs(at));
  const momentFrom = from.map((at) => moment(at));
  const momentTo = to.map((at) => moment(at));
  const mask = QUESTIONS - 1;

  const contenders: Contender[] = [
    { ...bareSearches(calendar, from, to), batch: 4096 },
    { name: 'within', batch: 4096, ask: (i) => within(calendar, from[i & mask]!, to[i & mask]!) },
    { name: 'add', batch: 4096, ask: (i) => add(calendar, from[i & mask]!, SECONDS).getTime() },
    { name: 'endOfWorkingDay', note: 'the tenth', batch: 16, ask: (i) => endOfWorkingDay(calendar, from[i & mask]!, 10).getTime() },
    {
      name: 'a new calendar',
      note: 'made and asked once: builds its table',
      batch: 1,
      ask: (i) => within(workCalendar(data), from[i & mask]!, to[i & mask]!),
    },
    { name: 'within, dayjs-business-time', batch: 4, ask: (i) => dayjsFrom[i & mask]!.businessMinutesDiff(dayjsTo[i & mask]!) * 60 },
    { name: 'add, dayjs-business-time', batch: 4, ask: (i) => dayjsFrom[i & mask]!.addBusinessMinutes(SECONDS / 60).valueOf() },
    { name: 'within, moment-business-time', batch: 1, ask: (i) => momentTo[i & mask]!.workingDiff(momentFrom[i & mask]!, 'minutes') * 60 },
    {
      name: 'add, moment-business-time',
      batch: 1,
      ask: (i) =>
        momentFrom[i & mask]!.clone()
          .addWorkingTime(SECONDS / 60, 'minutes')
          .valueOf(),
    },
  ];
  return contenders.map((contender) => ({ ...contender, note: contender.note ?? agreement(contender, contenders) }));
}

/** The least that any table of segments costs: find the place of either end by bisection. Nothing is computed from it. */
function bareSearches(calendar: CompiledCalendar, from: readonly Date[], to: readonly Date[]): Omit<Contender, 'batch'> {
  const { marks } = calendar.table;
  const starts = Float64Array.from({ length: marks.length / 2 - 1 }, (_, i) => marks[2 * i]!);
  const place = (at: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const fromMs = Float64Array.from(from, (at) => at.getTime());
  const toMs = Float64Array.from(to, (at) => at.getTime());
  const mask = QUESTIONS - 1;
  return {
    name: 'two bare binary searches',
    note: `the measure: a sorted Float64Array of the same ${starts.length} starts, numbers in`,
    ask: (i) => place(fromMs[i & mask]!) + place(toMs[i & mask]!),
  };
}

function setUpLibraries(): void {
  const open = [
    { start: '09:00:00', end: '12:00:00' },
    { start: '13:00:00', end: '18:00:00' },
  ];
  dayjs.extend(dayjsBusinessTime);
  dayjs.setBusinessTime({ sunday: null, monday: open, tuesday: open, wednesday: open, thursday: open, friday: open, saturday: null });
  dayjs.setHolidays(HOLIDAYS);
  const hours = open.flatMap(({ start, end }) => [start, end]);
  moment.updateLocale('en', { workinghours: { 0: null, 1: hours, 2: hours, 3: hours, 4: hours, 5: hours, 6: null }, holidays: HOLIDAYS });
}

/** How often a library gives the room's answer, over the first questions. */
function agreement(contender: Contender, contenders: readonly Contender[]): string | undefined {
  const [operation, library] = contender.name.split(', ');
  if (library === undefined) return undefined;
  const ours = contenders.find(({ name }) => name === operation)!;
  const asked = 100;
  let same = 0;
  for (let i = 0; i < asked; i += 1) if (contender.ask(i) === ours.ask(i)) same += 1;
  return `same answer in ${same} of ${asked}`;
}

let kept = 0;

function measure({ ask, batch }: Contender): number {
  const startMs = performance.now();
  const untilMs = startMs + ROUND_MS;
  let asked = 0;
  let nowMs = startMs;
  while (nowMs < untilMs) {
    for (const end = asked + batch; asked < end; asked += 1) kept += ask(asked);
    nowMs = performance.now();
  }
  return (asked * 1000) / (nowMs - startMs);
}

/** Numbers in [0, 1) without a pattern that a processor could learn; the same in every run. */
function randomNumbers(): () => number {
  let state = 20_261_122;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// By itself: node infra/run.mjs tests/bench/worktime.bench.ts
if (path.basename(process.argv[1] ?? '').includes('worktime.bench')) {
  const { title, rows } = await run();
  console.log(title);
  console.table(rows.map((row) => ({ ...row, opsPerSecond: row.opsPerSecond.toLocaleString('en') })));
  if (Number.isNaN(kept)) console.log('an answer was not a number');
}
