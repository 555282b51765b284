import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { FreeBusyPort, Stretch } from '../meetings/index.ts';
import type { Graph } from './client.ts';
import { GraphRefusal } from './exchange.ts';

/** As many as Graph takes in one request. */
const PEOPLE_AT_ONCE = 20;
const QUARTER_MINUTES = 15;
const QUARTER_MS = QUARTER_MINUTES * 60_000;
/** Of an availability view, a digit for each quarter: tentative, busy, out of office. The others are free and working elsewhere. */
const TAKEN: ReadonlySet<string> = new Set(['1', '2', '3']);

/** What comes besides (subjects and places, where more is granted than is needed) ends here. */
const Schedules = z.object({
  value: z.array(
    z.object({
      scheduleId: z.string().nullish(),
      availabilityView: z.string().nullish(),
      error: z.object({ responseCode: z.string().nullish() }).nullish(),
    }),
  ),
});

/** `getSchedule`, where FREE_BUSY says so; null otherwise. What Graph refuses is one line in the log, and nobody is told. */
export function freeBusy(graph: Graph, config: Pick<Config, 'FREE_BUSY'>, log: Pick<Log, 'warn' | 'info'>): FreeBusyPort | null {
  if (!config.FREE_BUSY) return null;
  return {
    async taken({ askedBy, addresses, from, to }) {
      const startMs = Math.floor(from.getTime() / QUARTER_MS) * QUARTER_MS;
      const told: { readonly address: string; readonly view: string }[] = [];
      let untold = 0;
      for (let at = 0; at < addresses.length; at += PEOPLE_AT_ONCE) {
        const schedules = addresses.slice(at, at + PEOPLE_AT_ONCE);
        const body = {
          schedules,
          startTime: zoned(startMs),
          endTime: zoned(Math.ceil(to.getTime() / QUARTER_MS) * QUARTER_MS),
          availabilityViewInterval: QUARTER_MINUTES,
        };
        let answer: z.infer<typeof Schedules>;
        try {
          const given = await graph.call({ method: 'POST', url: `/users/${askedBy}/calendar/getSchedule`, mailbox: askedBy, body });
          answer = Schedules.parse(given);
        } catch (error) {
          if (!(error instanceof GraphRefusal)) throw error;
          log.warn({ status: error.status, code: error.code }, 'Graph does not say when people are taken: working calendars alone count');
          return null;
        }
        const some = answer.value.flatMap(({ scheduleId, availabilityView, error }) => {
          const address = schedules.find((one) => one === scheduleId?.toLowerCase());
          return address && availabilityView && !error ? [{ address, view: availabilityView }] : [];
        });
        untold += schedules.length - some.length;
        told.push(...some);
      }
      if (untold > 0) log.info({ untold, of: addresses.length }, 'of some people Graph does not say when they are taken');
      return {
        times: takenIn(
          told.map(({ view }) => view),
          startMs,
        ),
        of: told.map(({ address }) => address),
      };
    },
  };
}

const zoned = (ms: number) => ({ dateTime: new Date(ms).toISOString().slice(0, 19), timeZone: 'UTC' });

/** When anybody is taken, whoever it is. */
function takenIn(views: readonly string[], startMs: number): Stretch[] {
  const found: { from: Date; to: Date }[] = [];
  const quarters = Math.max(0, ...views.map(({ length }) => length));
  for (let quarter = 0; quarter < quarters; quarter += 1) {
    if (!views.some((view) => TAKEN.has(view[quarter] ?? ''))) continue;
    const from = new Date(startMs + quarter * QUARTER_MS);
    const to = new Date(from.getTime() + QUARTER_MS);
    const last = found.at(-1);
    if (last?.to.getTime() === from.getTime()) last.to = to;
    else found.push({ from, to });
  }
  return found;
}
