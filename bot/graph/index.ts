/** Microsoft Graph: the mail and calendars of the client's mailboxes, read by delta. */
import type { Capability } from '../capability.ts';
import { callMailboxSearch } from './calls.ts';
import { type GraphParts, graphJobs } from './jobs.ts';

export { callMailboxSearch, callSweep } from './calls.ts';
export { type Graph, graphClient, signIn } from './client.ts';
export { type GraphCall, GraphRefusal } from './exchange.ts';
export { activityFeed } from './feed.ts';
export { type GraphParts, graphJobs } from './jobs.ts';
export { mailSender } from './mail.ts';
export { graphNotifications } from './notifications.ts';
export { freeBusy } from './schedule.ts';
export { type Scope, scopeOf } from './scope.ts';

/** What the reader hands to the house: its jobs, and that a changed charter changes who is read. */
export const graphReader = (parts: GraphParts): Capability => ({
  name: 'graph',
  jobs: graphJobs(parts),
  on: { charter: async (tx) => callMailboxSearch(tx) },
});
export { startWaking } from './waking.ts';
