/** Longer than a send may take, so that whoever finds it run out knows that the sender is gone. */
const LEASE_MS = 35_000;
/** No lease is given longer, other instances' clocks included: one that ends later was given before the wall was set back. */
const LONGEST_LEASE_MS = 60_000;

/** Until when (wall) somebody who begins to send now is waited for. */
export const leaseUntil = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** Somebody may be sending still. */
export function stillLeased(until: Date | null | undefined, now: Date): boolean {
  const leftMs = (until?.getTime() ?? 0) - now.getTime();
  return leftMs > 0 && leftMs <= LONGEST_LEASE_MS;
}
