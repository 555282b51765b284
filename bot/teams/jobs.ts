import { z } from 'zod';
import type { JobHandler } from '../capability.ts';
import { addJob } from '../jobs/index.ts';
import type { TeamsPort } from '../posts/port.ts';
import { requestRosters, rosterJob } from './roster.ts';
import { forgetAnswers } from './seen.ts';

const DAY_MS = 86_400_000;
export const DAILY = 'teams.daily';

/** Reading rosters; and once a day all of them, since Teams does not tell of every change, and forgetting answers nobody asks for any more. */
export const teamsJobs = (teams: TeamsPort): Record<string, JobHandler> => ({
  'teams.roster': rosterJob(teams),
  [DAILY]: {
    schema: z.object({}),
    async run(_payload, { ports }) {
      await forgetAnswers(ports);
      await requestRosters(ports);
      await addJob(ports.db, DAILY, {}, { key: DAILY, runAt: new Date(ports.wall.now().getTime() + DAY_MS), priority: 10 });
    },
  },
});
