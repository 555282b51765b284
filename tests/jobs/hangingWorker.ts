// A service that is killed while it works: takes the job `hang`, says so, and never ends.
import { z } from 'zod';
import { wall } from '../../bot/clock.ts';
import { startJobs } from '../../bot/jobs/index.ts';
import { createLog } from '../../bot/log.ts';
import { connect, portsOf } from '../../bot/store/index.ts';

const url = process.argv[2]!;
const hang = async (): Promise<void> => {
  console.log('hanging');
  await new Promise(() => setInterval(() => {}, 1000));
};
await startJobs({
  connection: url,
  ports: portsOf(connect(url).db, wall, () => 0),
  log: createLog('silent'),
  handlers: { hang: { schema: z.object({}), run: hang } },
  concurrency: 1,
});
