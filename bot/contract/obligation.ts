import { z } from 'zod';
import { Instant, Priority, Side } from './sides.ts';

/** One input of an action's form. `date` is a day of the viewer's calendar; `text` is plain text of at most `max` characters. */
export const ActionInput = z.object({
  id: z.string(),
  kind: z.enum(['date', 'datetime', 'text', 'choice']),
  label: z.string(),
  required: z.boolean(),
  max: z.number().optional(),
  placeholder: z.string().optional(),
  value: z.string().optional(),
  choices: z.array(z.object({ value: z.string(), title: z.string() })).optional(),
});
export type ActionInput = z.infer<typeof ActionInput>;

/**
 * A button, the same on card, tab and pane. Cards send `verb` with `{ subjectId, revision, ...inputs }` by Action.Execute; the tab posts
 * them to `/api/actions/:verb`. `rank` `few` stands on the card, `more` behind More. `openUrl` actions only open a link (a mail to write).
 * `carries` is sent with the inputs as it is: which calendar, whose account.
 */
export const ActionView = z.object({
  verb: z.string(),
  label: z.string(),
  rank: z.enum(['few', 'more']),
  inputs: z.array(ActionInput),
  carries: z.record(z.string(), z.string()).optional(),
  openUrl: z.string().optional(),
  hint: z.string().optional(),
});
export type ActionView = z.infer<typeof ActionView>;

/** The same instant in the two zones of a partnership, ready to read: `Wed 18:00 in Manila (11:00 in Amsterdam)`. */
export const TimeView = z.object({
  at: Instant,
  /** One entry per zone, the debtor side's first. `place` is a city, `text` like `Wed 25 Nov, 18:00`. */
  zones: z.array(z.object({ side: Side, place: z.string(), zone: z.string(), text: z.string() })),
});
export type TimeView = z.infer<typeof TimeView>;

/** How a time came about: the working time that counted, the days that did not, by whose calendar. */
export const ExplanationView = z.object({
  calendar: z.string(),
  target: z.string(),
  segments: z.array(z.object({ from: TimeView, to: TimeView, seconds: z.number() })),
  closed: z.array(z.object({ on: z.string(), text: z.string() })),
  pausedSeconds: z.number(),
  /** True when a closed day comes from an imported list that the side has not confirmed. */
  assumed: z.boolean(),
});
export type ExplanationView = z.infer<typeof ExplanationView>;

/** `said`: a person said it; the rest is what mail and time did. */
export const HistoryLine = z.object({ at: Instant, text: z.string(), eventId: z.string(), undoable: z.boolean(), said: z.boolean() });
export type HistoryLine = z.infer<typeof HistoryLine>;

/** How a row looks; it says nothing that its `status` does not say in words. */
export const Tone = z.enum(['past', 'soon', 'dated', 'calm', 'unsure', 'done']);
export type Tone = z.infer<typeof Tone>;

export const ObligationState = z.enum(['open', 'settled', 'waived', 'lapsed', 'notDelivered', 'notCounted']);
export type ObligationState = z.infer<typeof ObligationState>;

/**
 * An obligation as one viewer may see it, in words. `subject` and `people` are null unless the viewer takes part in the thread (or the charter
 * widens it). `status` is what the row says in a word or two (`Past the agreed time`, `Expected today`, `Answer by Thu 26 Nov`, `Answered`).
 */
export const ObligationView = z.object({
  id: z.string(),
  partnershipId: z.string(),
  revision: z.number(),
  state: ObligationState,
  /** The side an answer is expected from, and the side that waits. */
  waitingFor: z.object({ side: Side, name: z.string(), role: z.string().nullable() }),
  waitingSide: z.object({ side: Side, name: z.string(), role: z.string().nullable() }),
  /** `sentence` without the expected time: for a place that shows that beside it. */
  lead: z.string(),
  sentence: z.string(),
  /** What this reader alone is asked or told now; null when nothing. */
  question: z.string().nullable().default(null),
  /** What else stands out, a sentence each: who is away, how long the conversation goes back and forth, who wants to ask again. */
  notes: z.array(z.string()).default([]),
  status: z.string(),
  tone: Tone,
  subject: z.string().nullable(),
  people: z.object({ asker: z.string(), asked: z.array(z.string()) }).nullable(),
  priority: Priority,
  since: TimeView,
  /** The time that counts now (agreed, or the standing promise); null when nothing is expected by a time. */
  expectedBy: TimeView.nullable(),
  /** The agreed time, where a promise moved `expectedBy`. */
  agreedBy: TimeView.nullable(),
  settledAt: TimeView.nullable(),
  pastDue: z.boolean(),
  verdict: z.enum(['expected', 'unsure', 'notExpected']),
  why: z.string(),
  turns: z.number(),
  explanation: ExplanationView.nullable(),
  actions: z.array(ActionView),
  history: z.array(HistoryLine),
  /** Where the obligation's mail can be opened by this viewer in his own Outlook, if he holds a copy. */
  openMailUrl: z.string().nullable(),
});
export type ObligationView = z.infer<typeof ObligationView>;
