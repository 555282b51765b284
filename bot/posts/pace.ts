/**
 * Teams' limits in one conversation are 7 calls a second, 8 in 2 s, 60 in 30 s and 1,800 an hour. Two buckets keep inside all of them in
 * every window: four at once and then one each 556 ms; three hundred at once and then 1,500 an hour.
 */
const SHORT = { burst: 4, everyMs: 556 };
const LONG = { burst: 300, everyMs: 2_400 };

/** A place is given out at most so far ahead, instances' clocks and patience included; a wait that Teams asked for with the clocks alone. */
const AHEAD_MS = 10_000;
/** A conversation rests no longer, whatever Teams asks for: then it is tried, and Teams asks anew. */
const LONGEST_WAIT_MS = 900_000;

/** For each bucket the instant (wall) at which it is full again; null when it was never used. */
export interface Pace {
  readonly paceShortAt: Date | null;
  readonly paceLongAt: Date | null;
  /** Teams asked to wait until then. */
  readonly waitUntil: Date | null;
}

/** Until when a conversation rests that Teams asked to wait. */
export const restUntil = (retryAfterSeconds: number, now: Date): Date =>
  new Date(now.getTime() + Math.min(retryAfterSeconds * 1000, LONGEST_WAIT_MS));

/** The pace without what can only have been written before the wall was set back; nobody waits until the old time comes again. */
export function sincePresent({ paceShortAt, paceLongAt, waitUntil }: Pace, now: Date): Pace {
  const within = (at: Date | null, mostMs: number) => (at && at.getTime() - now.getTime() > mostMs ? null : at);
  return {
    paceShortAt: within(paceShortAt, SHORT.burst * SHORT.everyMs + AHEAD_MS),
    paceLongAt: within(paceLongAt, LONG.burst * LONG.everyMs + AHEAD_MS),
    waitUntil: within(waitUntil, LONGEST_WAIT_MS + AHEAD_MS),
  };
}

/** When the next call may be made, and the buckets after it. */
export function nextSlot(pace: Pace, now: Date): { at: Date; paceShortAt: Date; paceLongAt: Date } {
  const nowMs = now.getTime();
  const freeAt = (bucket: typeof SHORT, at: Date | null) => Math.max(nowMs, at?.getTime() ?? nowMs) - (bucket.burst - 1) * bucket.everyMs;
  const atMs = Math.max(nowMs, freeAt(SHORT, pace.paceShortAt), freeAt(LONG, pace.paceLongAt), pace.waitUntil?.getTime() ?? nowMs);
  const after = (bucket: typeof SHORT, at: Date | null) => new Date(Math.max(atMs, at?.getTime() ?? atMs) + bucket.everyMs);
  return { at: new Date(atMs), paceShortAt: after(SHORT, pace.paceShortAt), paceLongAt: after(LONG, pace.paceLongAt) };
}

/** Teams lets an app send 50 a second in a tenant: ten at once, and then one each 26 ms keep inside it in every second. */
const APP = { burst: 10, everyMs: 26 };

/**
 * The next instant (wall) at which the app may send, in whatever conversation, and when its bucket is full again then.
 * @param fullAt - when it was to be full again; what can only have been written before the wall was set back is left out of account
 */
export function appSlot(fullAt: Date | null, now: Date): { at: Date; fullAt: Date } {
  const nowMs = now.getTime();
  const written = fullAt?.getTime() ?? nowMs;
  const fullMs = written - nowMs > APP.burst * APP.everyMs + AHEAD_MS ? nowMs : written;
  const atMs = Math.max(nowMs, fullMs - (APP.burst - 1) * APP.everyMs);
  return { at: new Date(atMs), fullAt: new Date(Math.max(atMs, fullMs) + APP.everyMs) };
}

/** Seconds until another try: doubled with each attempt up to ten minutes, spread so that cards do not come back together. */
export const backOffSeconds = (attempt: number, random: () => number): number => Math.min(600, 2 ** attempt) * (0.75 + random() / 2);
