import type { Mailbox, MailFolder, Wanted } from './store.ts';

/** What one step of reading a mailbox does. Steps are short, so that all mailboxes get on; what is left is the next one's. */
export type Work =
  | { readonly kind: 'list' }
  | Pages
  | { readonly kind: 'wanted'; readonly wanted: readonly Wanted[] }
  | { readonly kind: 'nothing' };

/** A page of each of these folders and, beside them, one of the calendar. `waiting`: folders whose past is due after theirs, in their order. */
export interface Pages {
  readonly kind: 'pages';
  readonly folders: readonly MailFolder[];
  readonly waiting: readonly MailFolder[];
  readonly calendar: boolean;
}

/** Priority of a job that only fills in the past: after everything else. */
export const BACKFILL_PRIORITY = 10;

/** As many requests as Graph takes at once in a mailbox. */
export const PAGES_AT_ONCE = 4;

/**
 * What comes next: which folders there are; what is new in folders that have been read; what passed the gate late; then the past, the folders
 * that waited longest first. Of folders one page each, several at once, and the calendar, when it is due, beside them.
 */
export function nextWork(mailbox: Mailbox, folders: readonly MailFolder[], wanted: readonly Wanted[]): Work {
  if (mailbox.listingDue) return { kind: 'list' };
  const calendar = mailbox.calendarDue;
  const atOnce = PAGES_AT_ONCE - (calendar ? 1 : 0);
  const due = folders.filter((folder) => folder.due > 0);
  const fresh = due.filter(({ complete }) => complete).slice(0, atOnce);
  if (fresh.length > 0) return { kind: 'pages', folders: fresh, waiting: [], calendar };
  if (wanted.length > 0) return { kind: 'wanted', wanted };
  const past = due.sort((a, b) => (a.readAt?.getTime() ?? 0) - (b.readAt?.getTime() ?? 0));
  if (past.length === 0 && !calendar) return { kind: 'nothing' };
  return { kind: 'pages', folders: past.slice(0, atOnce), waiting: past.slice(atOnce), calendar };
}

/** @returns the priority of what goes on after it */
export const priorityOf = (work: Work): number => (work.kind === 'pages' && work.folders[0]?.complete === false ? BACKFILL_PRIORITY : 0);
