import { z } from 'zod';
import type { JobHandler, Ports } from '../capability.ts';
import { addJob } from '../jobs/index.ts';
import { loadCharters } from './load.ts';

const READ_EVERY_MS = 60_000;

/** `charter.read` looks at the folder and comes again in a minute. A broken file is named in the log each time its text is new. */
export function charterJobs(
  folder: string,
  log: { warn(details: Readonly<Record<string, unknown>>, message: string): void },
): Record<string, JobHandler> {
  let said = '';
  return {
    'charter.read': {
      schema: z.object({}).loose(),
      async run(_payload, { ports }) {
        try {
          const { problems } = await loadCharters(ports, folder, { start: false });
          // Places alone: a problem may quote a name or an address.
          const places = problems.map(({ file, line, column }) => `${file}:${line}:${column}`);
          if (places.length && places.join() !== said) log.warn({ places }, 'charter files cannot be used; the earlier versions go on');
          said = places.join();
        } finally {
          await readChartersSoon(ports, READ_EVERY_MS);
        }
      },
    },
  };
}

/** Enqueues the next look at the folder; there is one, however many instances ask. */
export const readChartersSoon = (ports: Pick<Ports, 'db' | 'wall'>, inMs = 0): Promise<void> =>
  addJob(ports.db, 'charter.read', {}, { key: 'charter.read', runAt: new Date(ports.wall.now().getTime() + inMs), priority: 5 });
