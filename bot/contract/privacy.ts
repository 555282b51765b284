import { z } from 'zod';
import { Instant } from './sides.ts';

/** Things of one kind that are held about somebody. Names of fields are plain words; what is another person's is left out. */
export const HeldView = z.object({
  what: z.string(),
  why: z.string(),
  /** Where it comes from. */
  from: z.string(),
  howLong: z.string(),
  count: z.number(),
  /** At most a thousand. */
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
export type HeldView = z.infer<typeof HeldView>;

/** GET /api/me/data: everything that Rapport holds about the person of the token. */
export const MyDataView = z.object({
  now: Instant,
  names: z.array(z.string()),
  addresses: z.array(z.string()),
  /** Partnerships in which he is known. */
  partnerships: z.array(z.string()),
  held: z.array(HeldView),
  /** What is held of nobody, and whom to ask. */
  notes: z.array(z.string()),
});
export type MyDataView = z.infer<typeof MyDataView>;
