import { createContext, useContext } from 'react';
import { en, type Strings } from './en.ts';

export type { Strings } from './en.ts';

const LANGUAGES: Readonly<Record<string, Strings>> = { en };

/** The language of the host where we speak it, else English. */
export const stringsFor = (locale: string): Strings =>
  LANGUAGES[locale.toLowerCase()] ?? LANGUAGES[locale.toLowerCase().split('-')[0]!] ?? en;

const Words = createContext<Strings>(en);
export const WordsProvider = Words.Provider;
export const useWords = (): Strings => useContext(Words);
