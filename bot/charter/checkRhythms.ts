import type { Finding } from './problems.ts';
import { asData, asList, type Data } from './raw.ts';
import { quoted, readCadence, readMoment } from './words.ts';

/** Two updates of one side under one name could not be told apart; a day of the week makes no sense of something that is given each day. */
export function rhythms(file: Data): Finding[] {
  const taken = new Set<string>();
  return asList(file.rhythms).flatMap((raw, index): Finding[] => {
    const { name, from, every, by } = asData(raw);
    const key = typeof name === 'string' ? `${String(from)} ${name.trim().toLowerCase()}` : '';
    const twice = key !== '' && taken.has(key);
    taken.add(key);
    return [
      ...(twice
        ? [{ path: ['rhythms', index, 'name'], message: `The name ${quoted(name)} is taken already. Give each update of a side its own` }]
        : []),
      ...(isDaily(every) && namesDay(by)
        ? [{ path: ['rhythms', index, 'by'], message: `${quoted(by)} names a day of something that is given every day. Write 10:00 alone` }]
        : []),
    ];
  });
}

const isDaily = (every: unknown): boolean => read(every, readCadence)?.unit === 'day';
function namesDay(by: unknown): boolean {
  const moment = read(by, readMoment);
  return moment !== undefined && (moment.weekday !== null || moment.workingDay !== null);
}
/** Undefined where it is unreadable: that is reported at its own place. */
function read<Value>(text: unknown, by: (text: string) => Value): Value | undefined {
  try {
    return typeof text === 'string' ? by(text) : undefined;
  } catch {
    return undefined;
  }
}
