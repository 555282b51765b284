import { z } from 'zod';
import { MatterView } from './matter.ts';
import { ObligationView, TimeView } from './obligation.ts';
import { ReviewView } from './review.ts';
import { Instant, LooksAs, Side } from './sides.ts';

export const SideView = z.object({
  side: Side,
  name: z.string(),
  place: z.string(),
  zone: z.string(),
  /** `Working until 18:00`, `Closed until Mon 09:00`, `Closed today: Bonifacio Day`. */
  now: z.string(),
  localTime: z.string(),
  open: z.boolean(),
});
export type SideView = z.infer<typeof SideView>;

export const PartnershipSummary = z.object({
  id: z.string(),
  name: z.string(),
  sides: z.object({ client: z.string(), provider: z.string() }),
  /** Whose eyes: of somebody who looks by his role, the client's. */
  yourSide: Side,
  owner: z.boolean(),
  looksAs: LooksAs,
  pastDue: z.number(),
  open: z.number(),
});
export type PartnershipSummary = z.infer<typeof PartnershipSummary>;

/**
 * GET /api/me: who is looking, by verified identity. Not `bound` and without partnerships: a read-only page that says who can bind this
 * person.
 */
export const MeView = z.object({
  now: Instant,
  bound: z.boolean(),
  name: z.string().nullable(),
  admin: z.boolean(),
  whoCanBind: z.string().nullable(),
  partnerships: z.array(PartnershipSummary),
});
export type MeView = z.infer<typeof MeView>;

export const CharterStateView = z.object({
  version: z.number(),
  acknowledged: z.object({ client: Instant.nullable(), provider: Instant.nullable() }),
  text: z.string(),
});
export type CharterStateView = z.infer<typeof CharterStateView>;

/** GET /api/partnerships/:id/today: what waits on each side, side by side, most urgent first. */
export const TodayView = z.object({
  now: Instant,
  /** The journal position this view includes: the stream resumes after it. */
  cursor: z.string(),
  partnership: z.object({ id: z.string(), name: z.string(), paused: z.boolean() }),
  you: z.object({ side: Side, owner: z.boolean(), looksAs: LooksAs, name: z.string() }),
  sides: z.object({ client: SideView, provider: SideView }),
  charter: CharterStateView,
  headline: z.string(),
  /** Waiting for this side. Unsure ones only in `mine`. */
  waitingFor: z.object({ client: z.array(ObligationView), provider: z.array(ObligationView) }),
  /** Help that is asked for, decisions: open ones of every kind. Each stands beside the mail of the side whose turn it is. */
  matters: z.array(MatterView),
  /** Private questions to the viewer: unsure mails, `still needed?`, `was this the answer?`. */
  mine: z.array(ObligationView),
  answered: z.array(ObligationView),
  coverage: z.object({ text: z.string(), mailboxes: z.number(), people: z.number(), lastReadAt: TimeView.nullable() }),
});
export type TodayView = z.infer<typeof TodayView>;

/** POST /api/actions/:verb */
export const ActionRequest = z.object({
  subjectId: z.string(),
  revision: z.number().optional(),
  inputs: z.record(z.string(), z.string()).default({}),
});
export type ActionRequest = z.infer<typeof ActionRequest>;

/** `undo` names the journal event that `POST /api/actions/obligation.undo` takes back (`inputs.eventId`). */
export const ActionResult = z.object({
  now: Instant,
  message: z.string(),
  obligation: ObligationView.nullable(),
  matter: MatterView.nullable(),
  review: ReviewView.nullable().default(null),
  undo: z.object({ subjectId: z.string(), eventId: z.string() }).nullable(),
});
export type ActionResult = z.infer<typeof ActionResult>;

/** One line (`application/x-ndjson`) of GET /api/partnerships/:id/stream?after=<cursor>: something changed; `heartbeat` carries only the time. */
export const StreamLine = z.object({
  kind: z.enum(['changed', 'heartbeat', 'end']),
  now: Instant,
  cursor: z.string(),
  /** Of a change: a view whose cursor lies beyond it holds it. Without it any view may lack something. */
  position: z.string().optional(),
  subjects: z.array(z.string()).optional(),
});
export type StreamLine = z.infer<typeof StreamLine>;

/** Every error of the API. `message` is a plain sentence for the person; `code` is stable. */
export const ErrorView = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type ErrorView = z.infer<typeof ErrorView>;
