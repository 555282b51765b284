import { z } from 'zod';
import type { EventKind, JournalEvent } from '../capability.ts';

/** What the history says of an event: always the same, or by what the event holds. */
export type Sentence = string | ((data: JournalEvent['data']) => string);

/** Ids, kinds and numbers that one room writes and reads itself. */
const schema = z.looseObject({});
const textOf = (sentence: Sentence, data: JournalEvent['data']): string => (typeof sentence === 'string' ? sentence : sentence(data));

/** What people do to a matter, in words that come after whoever did it: `Fabrikam (Service desk) took it.` @param kind - of its subjects */
export const doneByPeople = (kind: string, sentences: Readonly<Record<string, Sentence>>): Record<string, EventKind> =>
  eventsOf(kind, sentences, (text, who) => `${who} ${text}`);

/** What time and rules do to a matter, in whole sentences. @param kind - of its subjects */
export const doneByRules = (kind: string, sentences: Readonly<Record<string, Sentence>>): Record<string, EventKind> =>
  eventsOf(kind, sentences, (text) => text);

const eventsOf = (
  kind: string,
  sentences: Readonly<Record<string, Sentence>>,
  said: (text: string, who: string) => string,
): Record<string, EventKind> =>
  Object.fromEntries(
    Object.entries(sentences).map(([verb, sentence]): [string, EventKind] => [
      `${kind}.${verb}`,
      { schema, sentence: ({ data }, who) => said(textOf(sentence, data), who) },
    ]),
  );
