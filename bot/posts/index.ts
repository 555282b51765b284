import { z } from 'zod';
import type { Capability, CardKind, JobHandler } from '../capability.ts';
import type { FeedPort, TeamsPort } from './port.ts';
import { refresh } from './refresh.ts';
import { leaveForGood } from './remove.ts';
import { myTurn } from './slot.ts';
import { conversationById, refOf } from './store.ts';
import { type TabLink, withTabLink } from './tabLink.ts';

export { adopt } from './adopt.ts';
export { ALERTS_DEADLINE, type AlertTerms, alertsDeadline, giveRoom } from './budget.ts';
export { handOnCards } from './handOn.ts';
export { leaveChat, removeCards, requestLeave } from './remove.ts';
export { refreshCards, renewCards, requestAlerts, requestPost, requestPosts } from './request.ts';
export { arrivals, postsOf, standingOf, standsWith } from './store.ts';
export { type TabLink, tabLink } from './tabLink.ts';
export { reachable } from './targets.ts';

/** All kinds of living cards of the house, by the kind of their subject. @param link - by which they lead into the tab */
export const cardKinds = (capabilities: readonly Capability[], link?: TabLink): ReadonlyMap<string, CardKind> =>
  new Map(
    capabilities.flatMap(({ cards }) =>
      Object.entries(cards ?? {}).map(([kind, each]) => [kind, link ? withTabLink(each, link) : each] as const),
    ),
  );

/** The jobs that keep cards true in Teams. @param feed - where lines in people's activity feed are granted */
export function postJobs(
  capabilities: readonly Capability[],
  { teams, feed = null, link }: { teams: TeamsPort; feed?: FeedPort | null; link: TabLink },
): Record<string, JobHandler> {
  const kinds = cardKinds(capabilities, link);
  return {
    'post.refresh': {
      schema: z.object({ kind: z.string(), id: z.string() }),
      run: ({ kind, id }: { kind: string; id: string }, { ports }) => refresh({ ports, teams, feed, kinds }, { kind, id }),
    },
    'post.remove': {
      schema: z.object({ conversationId: z.string(), activityId: z.string() }),
      async run({ conversationId, activityId }: { conversationId: string; activityId: string }, { ports }) {
        const conversation = await conversationById(ports.db, conversationId);
        if (!conversation) return;
        await myTurn(ports, conversation.id);
        await teams.remove(refOf(conversation), activityId);
      },
    },
    'post.leave': {
      schema: z.object({ conversationId: z.string() }),
      run: ({ conversationId }: { conversationId: string }, { ports }) => leaveForGood({ ports, teams }, conversationId),
    },
  };
}
