import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { type FeedPort, Uncertain } from '../posts/port.ts';
import { tabLink } from '../posts/tabLink.ts';
import type { Graph } from './client.ts';
import { GraphRefusal, NotServed } from './exchange.ts';

/** As the manifest names it. */
export const ACTIVITY_TYPE = 'yourTurn';
const PREVIEW = 150;

/**
 * Lines in people's activity feed, where ACTIVITY_FEED says that the permission `TeamsActivity.Send.User` (or, for the tenant, `TeamsActivity.Send`)
 * is granted; null otherwise. A person whom Graph refuses (he has not got the app) is told in another way.
 */
export function activityFeed(graph: Graph, config: Config): FeedPort | null {
  if (!config.ACTIVITY_FEED) return null;
  const link = tabLink(config);
  return {
    async tell({ tenantId, objectId, text, subject }) {
      if (tenantId.toLowerCase() !== config.TENANT_ID.toLowerCase()) return false; // the feed ends at the tenant
      const body = {
        topic: { source: 'text', value: 'Rapport', webUrl: link(`${subject.kind}/${subject.id}`) },
        activityType: ACTIVITY_TYPE,
        previewText: { content: text.slice(0, PREVIEW) },
        templateParameters: [],
        ...(config.TEAMS_APP_ID && { teamsAppId: config.TEAMS_APP_ID }),
      };
      try {
        await graph.call({ method: 'POST', url: `/users/${objectId}/teamwork/sendActivityNotification`, body });
        return true;
      } catch (error) {
        if (error instanceof GraphRefusal) return false;
        // Graph may have told him before it broke off
        if (error instanceof Unavailable && !(error instanceof NotServed)) throw new Uncertain('the feed broke off', { cause: error });
        throw error;
      }
    },
  };
}
