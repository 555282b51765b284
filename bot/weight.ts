/** More than anything waits, in minutes. */
export const PRESSING = 1e9;

/** What puts the lines of a brief and the items of an agenda in order: minutes since an instant (less than none before it); pressing ones first. */
export const weightOf = (since: Date, now: Date, pressing = false): number =>
  (pressing ? PRESSING : 0) + (now.getTime() - since.getTime()) / 60_000;
