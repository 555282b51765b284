/** What Teams allows one bot in one conversation: so many calls in so many seconds. */
export const CONVERSATION_LIMITS: readonly { readonly calls: number; readonly seconds: number }[] = [
  { calls: 7, seconds: 1 },
  { calls: 8, seconds: 2 },
  { calls: 60, seconds: 30 },
  { calls: 1800, seconds: 3600 },
];

/** Sliding windows per conversation. */
export class Limiter {
  private readonly calls = new Map<string, number[]>();
  private readonly nowMs: () => number;
  private readonly limits: typeof CONVERSATION_LIMITS;

  constructor(nowMs: () => number, limits = CONVERSATION_LIMITS) {
    this.nowMs = nowMs;
    this.limits = limits;
  }

  /** Counts a call. Over a limit nothing is counted and the answer says after how many seconds it may be repeated. */
  take(conversation: string): { allowed: true } | { allowed: false; retryAfterSeconds: number } {
    const now = this.nowMs();
    const horizon = Math.max(...this.limits.map((limit) => limit.seconds)) * 1000;
    const seen = (this.calls.get(conversation) ?? []).filter((at) => at > now - horizon && at <= now);
    this.calls.set(conversation, seen);
    const waits = this.limits.flatMap(({ calls, seconds }) => {
      const oldest = seen.filter((at) => at > now - seconds * 1000).at(-calls);
      return oldest === undefined ? [] : [oldest + seconds * 1000 - now];
    });
    if (waits.length > 0) return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(Math.max(...waits) / 1000)) };
    seen.push(now);
    return { allowed: true };
  }
}
