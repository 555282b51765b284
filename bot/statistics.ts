/**
 * The middle value, or the mean of the two middle ones, with so many more that are longer than any. Undefined of nothing, and where the
 * middle is one of those.
 */
export function median(values: readonly number[], longer = 0): number | undefined {
  const sorted = Float64Array.from(values).sort();
  const all = sorted.length + longer;
  const lower = sorted[(all - 1) >> 1];
  const upper = sorted[all >> 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/**
 * Nearest rank: the smallest value that at least this share of all does not exceed, with so many more that are longer than any. Undefined of
 * nothing, and where it is one of those.
 */
export function percentile(values: readonly number[], share: number, longer = 0): number | undefined {
  const sorted = Float64Array.from(values).sort();
  // A share of 0.9 of 10 must be the ninth, whatever the binary fraction makes of it.
  return sorted[Math.max(0, Math.ceil(share * (sorted.length + longer) - 1e-9) - 1)];
}

/**
 * Whether a share is lower than another by more than chance would make it: the difference of two shares in units of its own spread (pooled),
 * beyond what happens by chance once in twenty. False where one of them was taken from nothing.
 */
export function clearlyLower(now: Share, before: Share): boolean {
  if (now.of === 0 || before.of === 0) return false;
  const pooled = (now.count + before.count) / (now.of + before.of);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / now.of + 1 / before.of));
  return spread > 0 && (before.count / before.of - now.count / now.of) / spread > ONE_IN_TWENTY;
}

/** So many of so many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}
/** Of a normal spread, one in twenty lies further out on one side. */
const ONE_IN_TWENTY = 1.645;
