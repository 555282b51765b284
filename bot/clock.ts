/** Product time: targets, briefs, reviews, ladders. In local mode it may run ahead of or behind the wall. */
export interface Clock {
  now(): Date;
}

/** Transport time: leases, retries, tokens, subscriptions. The only place in `bot/` that reads the system's clock. */
export const wall: Clock = { now: () => new Date(Date.now()) };

/**
 * The product clock: the wall plus an offset that stands in the database (table `product_clock`), so that every instance and
 * every restart agrees. `offsetMs` reads the last known value; it is 0 in production.
 */
export const productClock = (base: Clock, offsetMs: () => number): Clock => ({
  now: () => new Date(base.now().getTime() + offsetMs()),
});
