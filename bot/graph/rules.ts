/** What Graph's answers mean, as far as it can be told without asking again. */

/** Longest wait that a request sits out itself; beyond it the job comes back instead. */
export const SHORT_WAIT_SECONDS = 5;
/** A mailbox is asked again after this much, however long Graph wants to be left alone. */
const LONGEST_WAIT_SECONDS = 3600;
/** Clocks of instances differ by less. */
const CLOCKS_DIFFER_SECONDS = 60;
/** Until when (wall) a mailbox that Graph wants left alone is left alone. */
export const restsUntil = (seconds: number, wallNow: Date): Date =>
  new Date(wallNow.getTime() + Math.min(seconds, LONGEST_WAIT_SECONDS) * 1000);
/** How long it still is, in seconds; nothing where the end lies further ahead than any is given: that was before the wall was set back. */
export function restsFor(until: Date | null, wallNow: Date): number {
  const seconds = ((until?.getTime() ?? 0) - wallNow.getTime()) / 1000;
  return seconds > 0 && seconds <= LONGEST_WAIT_SECONDS + CLOCKS_DIFFER_SECONDS ? seconds : 0;
}
const BASE_SECONDS = 1;
const CAP_SECONDS = 300;

/**
 * How long a mailbox has to be left alone.
 * @param header - Retry-After: seconds, decimals allowed, or an HTTP date; null when there was none
 * @param attempt - how many times in a row Graph had asked to wait before
 * @param random - 0 to 1, so that several instances do not come back at once
 * @returns seconds, never less than was asked for, at most five minutes more than that
 */
export function retryAfterSeconds(header: string | null, attempt: number, now: Date, random: number): number {
  const asked =
    header === null ? Number.NaN : /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : (Date.parse(header) - now.getTime()) / 1000;
  const own = Math.min(CAP_SECONDS, BASE_SECONDS * 2 ** attempt) * (0.5 + random / 2);
  // Graph has been seen to say 1 for ever: a little more each time.
  if (!Number.isNaN(asked)) return Math.max(0, asked) + (attempt > 0 ? Math.min(own, CAP_SECONDS) : 0);
  return own;
}

/** The mailbox is asked too much, or the service is not well: wait, then ask the same again. */
export const isThrottled = (status: number): boolean => status === 429 || status === 503 || status === 504;

/**
 * A delta token whose life is over: 410 in any form, one of the codes that say so, or a link of Graph's own that it takes for malformed (400),
 * whatever it calls that: nothing is lost by beginning anew, and a mailbox would stand still otherwise.
 */
export const isExpiredToken = ({ status, code }: { status: number; code: string }): boolean =>
  status === 410 ||
  status === 400 ||
  /^(syncstatenotfound|syncstateinvalid|resyncrequired|resync(changes)?(apply|upload)differences)$/i.test(code);

/** The app may not read this mailbox (RBAC scope or access policy): no outage, but a mailbox that is not ours to read. */
export const isOutOfScope = ({ status, code }: { status: number; code: string }): boolean =>
  status === 403 && /^(erroraccessdenied|accessdenied|authorization_requestdenied)$/i.test(code);

/** No mailbox here: disabled, unlicensed, on-premises, or the account is gone. */
export const isNoMailbox = ({ status, code }: { status: number; code: string }): boolean =>
  status === 404 &&
  /^(mailboxnotenabledforrestapi|errornonexistentmailbox|mailboxnotfound|errorinvaliduser|request_resourcenotfound|resourcenotfound)$/i.test(
    code,
  );

/** The claims of a WWW-Authenticate header, where access was revoked and a new token is asked for; null when it says nothing of the kind. */
export function claimsChallenge(header: string | null): string | null {
  const encoded = /claims="([^"]+)"/i.exec(header ?? '')?.[1];
  if (!encoded) return null;
  return encoded.startsWith('{') ? encoded : Buffer.from(encoded, 'base64').toString('utf8');
}

/** A value inside a `$filter`, quoted and encoded: `&` and `#` would cut the query. */
export const quoted = (value: string): string => encodeURIComponent(`'${value.replaceAll("'", "''")}'`);
