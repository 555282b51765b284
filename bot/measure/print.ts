import type { Coverage } from './collect.ts';
import type { Highlights, ThreadRun } from './highlights.ts';
import type { Options } from './options.ts';
import type { Figures, SideFigures, WaitsFrom } from './rules.ts';
import { otherSide, SIDES, type Side } from './sides.ts';
import { cellText, padded, widthOf } from './text.ts';

export type Report = {
  readonly options: Options;
  readonly figures: Figures;
  readonly highlights: Highlights;
  readonly coverage: Coverage;
  readonly asOf: Date;
  /** Of the terminal, in cells. */
  readonly width: number;
  readonly styled: boolean;
};

const HOUR_MS = 3_600_000;
const NOTHING = '–';

/** The figures for people: both sides side by side, what waits since when, what took longest. Plain words, times in UTC. */
export function printReport(report: Report): string {
  const width = Math.max(60, Math.min(report.width, 110));
  const paint = painter(report.styled);
  const lines = [
    paint.bold('How quickly each side answers'),
    '',
    ...basis(report, width),
    '',
    ...table(report, paint),
    ...SIDES.flatMap((side) => waiting(report, side, width, paint)),
    ...slowest(report, width, paint),
    '',
    ...notes(report, width).map(paint.dim),
  ];
  return `${lines.join('\n')}\n`;
}

function basis({ options, coverage, asOf }: Report, width: number): string[] {
  const span = Number.isFinite(coverage.firstAtMs) ? `, ${day(coverage.firstAtMs)} to ${day(coverage.lastAtMs)}` : '';
  const who = (side: Side) => `${options.sides[side].join(', ')} (wrote ${count(coverage.bySide[side], 'message')})`;
  const counted = {
    to: 'messages with the other side in To',
    'to-or-cc': 'messages with the other side in To or Cc',
    thread: 'every message of both sides, in threads that name both',
  }[options.addressed];
  const rows = [
    ['Mail', `${count(coverage.messages - coverage.duplicates - coverage.later, 'message')}${span}`],
    ['Client', who('client')],
    ['Provider', who('provider')],
    ['Counted', counted],
    ['As of', `${instant(asOf.getTime())} UTC`],
  ];
  return rows.map(([name, text]) => `${padded(name!, 10)}${cellText(text!, width - 10)}`);
}

const FIRST_COLUMN = 41;
const COLUMN = 19;

function table({ figures, options }: Report, paint: Painter): string[] {
  const row = (label: string, of: (side: SideFigures) => string): string =>
    padded(label, FIRST_COLUMN) + SIDES.map((side) => padded(of(figures[side]), COLUMN, 'right')).join('');
  const waits = (of: (side: SideFigures) => WaitsFrom | null, show: (hours: number | null) => string): string[] => [
    row('  half within,    from the first message', (side) => show(of(side)?.fromFirst.medianHours ?? null)),
    row('                  from the last message', (side) => show(of(side)?.fromLast.medianHours ?? null)),
    row('  9 of 10 within, from the first message', (side) => show(of(side)?.fromFirst.p90Hours ?? null)),
    row('                  from the last message', (side) => show(of(side)?.fromLast.p90Hours ?? null)),
  ];
  return [
    padded('', FIRST_COLUMN) + SIDES.map((side) => paint.bold(padded(named(options, side), COLUMN, 'right'))).join(''),
    paint.dim(padded('', FIRST_COLUMN) + SIDES.map((side) => padded(side, COLUMN, 'right')).join('')),
    paint.bold(row('Questions answered', (side) => String(side.answered))),
    ...waits((side) => side, elapsed),
    ...(figures.client.working
      ? [paint.bold('In the working time of the side that answers'), ...waits((side) => side.working, worked)]
      : []),
    paint.bold(row('Questions still waiting', (side) => String(side.open))),
    row('  share of all questions', (side) => (side.openShare === null ? NOTHING : `${Math.round(side.openShare * 100)} %`)),
    row('  half of all questions answered within', (side) =>
      side.medianWithOpenHours === null && side.open > 0 ? 'not yet' : elapsed(side.medianWithOpenHours),
    ),
  ];
}

function waiting({ highlights, options, asOf }: Report, side: Side, width: number, paint: Painter): string[] {
  const { listed, more, moreSinceMs } = highlights.open[side];
  if (listed.length === 0) return [];
  const lines = listed.map((run) => {
    const messages = run.messages > 1 ? `  (${run.messages} messages)` : '';
    const age = padded(elapsed((asOf.getTime() - run.firstAtMs) / HOUR_MS), 10, 'right');
    const start = `  ${padded(instant(run.firstAtMs), 17, 'right')}  ${age}  `;
    return `${start}${subject(run, width - widthOf(start) - messages.length)}${paint.dim(messages)}`;
  });
  const rest = more > 0 ? [paint.dim(`  and ${more} more since ${day(moreSinceMs)} or later`)] : [];
  return ['', paint.bold(`Waiting for ${named(options, side)} since`), ...lines, ...rest];
}

/** One line per thread: its longest wait from the first message. */
function slowest({ highlights, options }: Report, width: number, paint: Painter): string[] {
  if (highlights.slowest.length === 0) return [];
  const lines = highlights.slowest.map((run) => {
    const took = padded(elapsed((run.answeredAtMs - run.firstAtMs) / HOUR_MS), 10, 'right');
    const answerer = padded(named(options, otherSide(run.asker)), COLUMN - 1);
    const start = `${took}  until ${padded(day(run.answeredAtMs), 11, 'right')}  by ${answerer}  `;
    return `${start}${subject(run, width - widthOf(start))}`;
  });
  return ['', paint.bold('What took longest'), ...lines];
}

function notes({ coverage, options, figures }: Report, width: number): string[] {
  const left = [
    coverage.automatic > 0 && `${count(coverage.automatic, 'automatic message')}`,
    coverage.undated > 0 && `${coverage.undated} without a date`,
    coverage.later > 0 && `${coverage.later} later than the day of measuring`,
    coverage.duplicates > 0 && count(coverage.duplicates, 'further copy', 'further copies'),
  ].filter((part) => part !== false);
  const lines = ['Times are UTC. Messages in a row of one side are one question; a waiting one counts as longer than any answer.'];
  if (left.length > 0) lines.push(`Left aside: ${left.join(', ')}.`);
  for (const side of SIDES) {
    if (coverage.bySide[side] > 0 || coverage.messages === 0) continue;
    const others = [...coverage.domains].filter(([domain]) => domain !== '').sort((a, b) => b[1] - a[1]);
    const seen = others.slice(0, 3).map(([domain, messages]) => `${cellText(domain, 40)} (${messages})`);
    lines.push(
      `No message of the ${side} was found. ${seen.length > 0 ? `Most mail comes from ${seen.join(', ')}.` : 'No mail says who wrote it.'}`,
    );
  }
  const nothing = SIDES.every((side) => figures[side].answered + figures[side].open === 0);
  if (nothing && coverage.messages > 0 && options.addressed !== 'thread' && SIDES.every((side) => coverage.bySide[side] > 0)) {
    const others = options.addressed === 'to' ? 'to-or-cc or thread' : 'thread';
    lines.push(`Both sides wrote, but not to each other. In copy or through a list they may: try --addressed ${others}.`);
  }
  return lines.flatMap((line) => wrapped(line, width));
}

function subject(run: ThreadRun, width: number): string {
  return cellText(run.title, Math.max(10, width)) || '(no subject)';
}

function named(options: Options, side: Side): string {
  const [first, ...more] = options.sides[side];
  const others = more.length > 0 ? ` +${more.length}` : '';
  return cellText(first ?? side, COLUMN - 1 - others.length) + others;
}

/** Elapsed time: minutes, hours up to two days, days up to two years. */
function elapsed(hours: number | null): string {
  if (hours === null) return NOTHING;
  const days = hours / 24;
  if (days < 2) return worked(hours);
  return days < 730 ? `${days < 100 ? days.toFixed(1) : Math.round(days)} days` : `${(days / 365.25).toFixed(1)} years`;
}

/** Working time stays in hours: nobody knows how long a working day is. */
function worked(hours: number | null): string {
  if (hours === null) return NOTHING;
  return hours < 1 ? `${Math.round(hours * 60)} min` : `${hours.toFixed(1)} h`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function day(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

function instant(atMs: number): string {
  return `${day(atMs)} ${new Date(atMs).toISOString().slice(11, 16)}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

type Painter = { bold(text: string): string; dim(text: string): string };

function painter(styled: boolean): Painter {
  const style = (code: number) => (text: string) => (styled && text !== '' ? `\u001b[${code}m${text}\u001b[22m` : text);
  return { bold: style(1), dim: style(2) };
}
