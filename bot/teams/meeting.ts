import { z } from 'zod';
import type { TeamsActivity } from './activity.ts';
import type { BotParts } from './parts.ts';

const MEETING_END = 'application/vnd.microsoft.meetingEnd';

/** What Teams tells of a meeting that is over, in the case in which it spells it. All else is let through unread. */
const Ended = z.looseObject({ JoinUrl: z.url({ protocol: /^https$/ }).max(2_000) });

/**
 * Teams says that a meeting is over, where the bot is in its chat. The time is ours: what an activity says about time is not trusted. Told
 * again, it changes nothing.
 */
export async function meetingEvent({ ports, meetingEnded }: BotParts, { name, value }: TeamsActivity): Promise<undefined> {
  const told = name === MEETING_END ? Ended.safeParse(value) : null;
  if (!told?.success) return undefined;
  await ports.transaction(async (tx) => {
    for (const tell of meetingEnded) await tell(tx, told.data.JoinUrl, ports.clock.now());
  });
  return undefined;
}
