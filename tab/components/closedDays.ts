import type { ExplanationView } from '../../bot/contract/obligation.ts';

const DAY_MS = 86_400_000;
const dayAfter = (on: string): string => new Date(Date.parse(on) + DAY_MS).toISOString().slice(0, 10);

/** Closed days that follow each other for the same reason, as one: a weekend, a week between the years. */
export function runsOf(closed: ExplanationView['closed']): { from: string; to: string; text: string }[] {
  const runs: { from: string; to: string; text: string }[] = [];
  for (const { on, text } of closed) {
    const last = runs.at(-1);
    if (last && last.text === text && dayAfter(last.to) === on) last.to = on;
    else runs.push({ from: on, to: on, text });
  }
  return runs;
}
