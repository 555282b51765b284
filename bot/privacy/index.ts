import { sql } from 'kysely';
import { z } from 'zod';
import type { Capability } from '../capability.ts';
import { erase } from './erase.ts';
import { FORGET, RETENTION, retentionDeadline, TERMS, type Terms } from './retention.ts';

import { privacyRoutes } from './routes.ts';
import { somebody } from './somebody.ts';

export { startRetention, type Terms } from './retention.ts';

/**
 * What is kept of people, and how it goes: retention, erasure, and what is held about somebody.
 * @param followers - capabilities whose `on.charter` is told when somebody was erased: what was his is for others now
 */
export const privacy = (followers: readonly Capability[], terms: Terms = TERMS): Capability => ({
  name: 'privacy',
  events: {
    'privacy.erased': { schema: z.object({}), sentence: () => 'What was held about a person was erased' },
  },
  reactions: {
    'privacy.erased': async ({ partnershipId }, ports) => {
      for (const { on } of followers)
        if (on?.charter && partnershipId) await ports.transaction((tx) => on.charter!(tx, partnershipId, ports.clock.now()));
    },
  },
  deadlines: { [RETENTION.kind]: retentionDeadline(terms) },
  routes: privacyRoutes,
  jobs: {
    [FORGET]: {
      schema: z.object({ contactId: z.guid() }),
      async run({ contactId }: { contactId: string }, { ports }) {
        const { contacts } = await somebody(ports.db, { contactId });
        const { rows } = await sql`
          select 1 from contact where active and id = any(${contacts.map(({ id }) => id)}::uuid[])`.execute(ports.db);
        if (rows.length === 0) await erase(ports, { contactId }); // whoever is there elsewhere stays until he is gone there too
      },
    },
  },
});
