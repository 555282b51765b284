import { dayText } from '../charter/readable.ts';

/** A date as people read it: `Thu 26 Nov` for `2026-11-26`. */
export const dateText = (on: string): string => dayText('UTC', new Date(`${on}T12:00:00Z`));
