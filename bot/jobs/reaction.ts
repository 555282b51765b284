import { z } from 'zod';
import type { Capability, JobHandler } from '../capability.ts';
import { eventById } from '../journal/index.ts';

/** Reactions run after the commit, once per (event, capability) or more. One whose event or capability is gone has nothing left to do. */
export const reactionJob = (capabilities: readonly Capability[]): JobHandler => ({
  schema: z.object({ eventId: z.string(), capability: z.string() }),
  async run({ eventId, capability }: { eventId: string; capability: string }, { ports }) {
    const event = await eventById(ports.db, eventId);
    const react = event && capabilities.find(({ name }) => name === capability)?.reactions?.[event.kind];
    if (event && react) await react(event, ports);
  },
});
