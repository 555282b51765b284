import { plain } from '../posts/parts.ts';

/** A partnership as people name it. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** As many as a sentence names. */
const MOST_NAMES = 10;

const wordsOf = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

/**
 * The one partnership that somebody means by what he wrote after a word: the only one there is where he wrote nothing, else the one whose name he
 * wrote, or words of it that no other has. Null where that may be none or several: then nothing is changed.
 */
export function meantBy<Each extends Named>(written: string, choices: readonly Each[]): Each | null {
  const words = wordsOf(written);
  const only = (some: readonly Each[]): Each | null => (some.length === 1 ? (some[0] ?? null) : null);
  if (!words.trim()) return only(choices);
  return only(choices.filter(({ name }) => wordsOf(name) === words)) ?? only(choices.filter(({ name }) => wordsOf(name).includes(words)));
}

/** Asks which one is meant. @param choices - at least one, by name: where he may say the word */
export function whichOf(word: string, choices: readonly Named[]): string {
  const names = choices.slice(0, MOST_NAMES).map(({ name }) => plain(name, 80));
  const rest = choices.length - names.length;
  return [
    `Which partnership do you mean? Please write its name after the word, for example: ${word} ${names[0]}`,
    'You can write this for:',
    ...names.map((name) => `- ${name}`),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(choices.length > 1 ? [`For all of them: ${word} ${ALL}`] : []),
  ].join('\n');
}

const ALL = 'all';
/** Whether somebody means every partnership where he may say the word. */
export const meansAll = (written: string): boolean => written.trim().toLowerCase() === ALL;

/** What a word did for several partnerships, in one answer. */
export function together(sentences: readonly string[]): string {
  const rest = sentences.length - MOST_NAMES;
  return [...sentences.slice(0, MOST_NAMES), ...(rest > 0 ? [`The same for ${rest} more.`] : [])].join('\n');
}
