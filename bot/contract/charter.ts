import { z } from 'zod';
import { ActionView } from './obligation.ts';
import { Instant, LooksAs, Side } from './sides.ts';

/** What one side agreed, in words. */
export const SideTerms = z.object({
  side: Side,
  name: z.string(),
  /** Roles that answer, owners first; never names. */
  roles: z.array(z.string()),
  /** Shared mailboxes and ticket systems that answer for it, by name. */
  services: z.array(z.string()),
  /** `Mon to Fri 09:00-18:00 in Manila`, a line for each group of days; those with hours of their own by role. */
  hours: z.array(z.string()),
  place: z.string(),
  zone: z.string(),
  /** The next closed days: `Mon 30 Nov: Bonifacio Day`. */
  closed: z.array(z.string()),
  /** What is to be said about the list of closed days; null when the side confirmed it. */
  closedNote: z.string().nullable(),
  /** When this side answers: `Within 8 working hours`. */
  answers: z.string(),
  urgent: z.string(),
  /** `Agreed on Mon 23 Nov`, or `Not yet`. */
  agreed: z.string(),
});
export type SideTerms = z.infer<typeof SideTerms>;

/** What both sides agreed, or are asked to agree on. */
export const CharterView = z.object({
  partnershipId: z.string(),
  name: z.string(),
  version: z.number(),
  note: z.string().nullable(),
  /** `Counts from Mon 23 Nov.` or what it waits for. */
  state: z.string(),
  bothAgreed: z.boolean(),
  sides: z.object({ client: SideTerms, provider: SideTerms }),
  /** What happens when an agreed time passes. */
  consequences: z.array(z.string()),
  /** Who sees what. */
  audience: z.array(z.string()),
  actions: z.array(ActionView),
});
export type CharterView = z.infer<typeof CharterView>;

/** A calendar of a side: its hours, the days that are closed next, and what was said of it beside the charter. */
export const CalendarView = z.object({
  key: z.string(),
  side: Side,
  place: z.string(),
  /** Roles that work by this calendar instead of their side's; empty for the side's own. */
  roles: z.array(z.string()),
  hours: z.array(z.string()),
  closed: z.array(z.string()),
  /** What is to be said about the list of closed days; null when the side confirmed it. */
  note: z.string().nullable(),
  /** Corrections that hold, the newest first: what, by whom, when. */
  said: z.array(z.object({ id: z.string(), text: z.string(), who: z.string(), undo: ActionView.nullable() })),
  actions: z.array(ActionView),
});
export type CalendarView = z.infer<typeof CalendarView>;

/** GET /api/partnerships/:id/agreement: what both sides agreed, and the calendars that all times are counted by. */
export const AgreementView = z.object({
  now: Instant,
  you: z.object({ side: Side, owner: z.boolean(), looksAs: LooksAs }),
  charter: CharterView,
  calendars: z.array(CalendarView),
});
export type AgreementView = z.infer<typeof AgreementView>;
