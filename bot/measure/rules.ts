import { median, percentile } from '../statistics.ts';
import { otherSide, type Side } from './sides.ts';

/** A message that counts: written by a side, to the other one as the chosen rule has it, by a person. */
export type CountedMessage = { readonly side: Side; readonly atMs: number };

/** Messages in a row of one side, and the first message of the other side after them, if there is one. Instants in milliseconds. */
export type Run = {
  readonly asker: Side;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly messages: number;
  readonly answeredAtMs: number | undefined;
};

const DAY_MS = 86_400_000;

/**
 * When a message was sent: what its Date says, unless that is missing or more than a day ahead of the server that took it last. Clocks
 * that run behind cannot be told from slow mail and are believed.
 */
export function happenedAt(sentAt: Date | undefined, receivedAt: Date | undefined): Date | undefined {
  if (!sentAt || (receivedAt && sentAt.getTime() - receivedAt.getTime() > DAY_MS)) return receivedAt;
  return sentAt;
}

/** The runs of one thread. Only the last can be without an answer. @param messages - those that count, in the order of time */
export function runsOf(messages: readonly CountedMessage[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < messages.length; ) {
    const first = messages[at]!;
    let end = at + 1;
    while (end < messages.length && messages[end]!.side === first.side) end++;
    runs.push({
      asker: first.side,
      firstAtMs: first.atMs,
      lastAtMs: messages[end - 1]!.atMs,
      messages: end - at,
      answeredAtMs: messages[end]?.atMs,
    });
    at = end;
  }
  return runs;
}

/** Hours, to two decimals; null where there is nothing to take them from. */
export type Waits = { readonly medianHours: number | null; readonly p90Hours: number | null };
export type WaitsFrom = { readonly fromFirst: Waits; readonly fromLast: Waits };

/** How a side answers. The figures of a side are those of its own answers. */
export type SideFigures = WaitsFrom & {
  readonly answered: number;
  /** In the working time of this side; null without a calendar. */
  readonly working: WaitsFrom | null;
  /** Runs of the other side that wait for this one. */
  readonly open: number;
  /** open / (answered + open); null when there was nothing to answer. */
  readonly openShare: number | null;
  /** From the first message, each open run counted as longer than any answer; null when the middle is one of those. */
  readonly medianWithOpenHours: number | null;
};
export type Figures = Readonly<Record<Side, SideFigures>>;

/** Working seconds between two instants in the calendar of one side. */
export type WorkingSeconds = (from: Date, to: Date) => number;

/** Takes runs one by one and keeps no more of each than its waits. */
export type Tally = { add(run: Run): void; figures(): Figures };

/** @param working - by answering side; without it no working time is given */
export function tally(working?: Readonly<Record<Side, WorkingSeconds>>): Tally {
  const answers = { client: answersOf(working?.client), provider: answersOf(working?.provider) };
  return {
    add: (run) => answers[otherSide(run.asker)].add(run),
    figures: () => ({ client: answers.client.figures(), provider: answers.provider.figures() }),
  };
}

/** The answers of one side. */
function answersOf(working: WorkingSeconds | undefined) {
  const fromFirst: number[] = [];
  const fromLast: number[] = [];
  const workingFromFirst: number[] = [];
  const workingFromLast: number[] = [];
  let open = 0;
  const workingMs = (fromMs: number, toMs: number) => (working ? working(new Date(fromMs), new Date(toMs)) * 1000 : 0);
  return {
    add({ firstAtMs, lastAtMs, answeredAtMs }: Run): void {
      if (answeredAtMs === undefined) {
        open++;
        return;
      }
      fromFirst.push(answeredAtMs - firstAtMs);
      fromLast.push(answeredAtMs - lastAtMs);
      if (!working) return;
      workingFromFirst.push(workingMs(firstAtMs, answeredAtMs));
      workingFromLast.push(workingMs(lastAtMs, answeredAtMs));
    },
    figures(): SideFigures {
      const answered = fromFirst.length;
      return {
        answered,
        fromFirst: waits(fromFirst),
        fromLast: waits(fromLast),
        working: working ? { fromFirst: waits(workingFromFirst), fromLast: waits(workingFromLast) } : null,
        open,
        openShare: answered + open === 0 ? null : open / (answered + open),
        medianWithOpenHours: hours(median(fromFirst, open)),
      };
    },
  };
}

function waits(ms: readonly number[]): Waits {
  return { medianHours: hours(median(ms)), p90Hours: hours(percentile(ms, 0.9)) };
}

function hours(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms / 36_000) / 100;
}
