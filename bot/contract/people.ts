import { z } from 'zod';
import { ActionView } from './obligation.ts';
import { Instant, Side } from './sides.ts';

/** An account that is a contact's: what the channel calls it, and who said so when. */
export const AccountView = z.object({ id: z.string(), name: z.string(), text: z.string(), undo: ActionView.nullable() });
export type AccountView = z.infer<typeof AccountView>;

/**
 * GET /api/partnerships/:id/people, for owners alone: whose accounts are whose, on his own side, at the client on both; and the members of
 * the channel who are nobody yet.
 */
export const PeopleView = z.object({
  now: Instant,
  partnershipId: z.string(),
  sides: z.array(
    z.object({
      side: Side,
      name: z.string(),
      people: z.array(z.object({ id: z.string(), name: z.string(), role: z.string(), accounts: z.array(AccountView) })),
    }),
  ),
  unknown: z.array(z.object({ id: z.string(), name: z.string(), actions: z.array(ActionView) })),
});
export type PeopleView = z.infer<typeof PeopleView>;
