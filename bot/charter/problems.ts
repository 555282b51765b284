import { BadInput } from '../errors.ts';
import type { Path, Place } from './place.ts';
import { quoted } from './words.ts';

/** What is wrong with a charter file, where, and how to mend it; one sentence or two that an owner can act on. */
export interface Problem extends Place {
  readonly file: string;
  readonly message: string;
}

/** A problem before its place is known. `key`: the key itself is meant, not what stands beside it. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly key?: boolean;
}

/** `fabrikam.yaml:12:7: ...`, by place. */
export const problemText = ({ file, line, column, message }: Problem): string =>
  `${file}:${line}:${column}: ${message}.`.replace(/([.?!])\.$/, '$1');

/** A charter that cannot be used: everything that is wrong with it, at once. */
export class CharterProblems extends BadInput {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(`These charters cannot be used yet:\n${problems.map((problem) => `  ${problemText(problem)}`).join('\n')}\nSee docs/charter.md.`);
    this.problems = problems;
  }
}

/** The nearest known word, or null when none is near: spelling, spaces, hyphens, capitals and the plural may differ. */
export function nearest(word: string, known: readonly string[]): string | null {
  const bare = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '');
  const single = (text: string) => bare(text).replace(/(es|s)$/, '');
  const ranked = known
    .map((candidate) => ({
      candidate,
      steps: Math.min(distance(bare(word), bare(candidate)), distance(single(word), single(candidate))),
    }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best && best.steps <= Math.max(1, Math.floor(bare(best.candidate).length / 3)) ? best.candidate : null;
}

/** `Did you mean "manila"?`, else the words there are. */
export function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `Did you mean ${quoted(near)}?`;
  return known.length ? `Known here: ${known.join(', ')}` : 'There is none';
}

/** Levenshtein's distance: letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_cell, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[to.length]!;
}
