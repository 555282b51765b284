// npm start: everything on this machine, with the stand-ins in place of Microsoft 365.

import { BadInput } from '../../bot/errors.ts';
import { launch } from './launch/launch.ts';
import { readOptions, USAGE } from './launch/options.ts';
import { ServiceEnded } from './launch/service.ts';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const stopping = new AbortController();
  process.once('disconnect', () => stopping.abort()); // whoever started this is gone
  let asked = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      asked += 1;
      if (asked === 3) process.exit(1); // somebody is in a hurry
      if (asked > 1) return;
      console.log('\nStopping ...');
      stopping.abort();
    });
  }
  try {
    const { ended } = await launch(options, (line) => console.log(line), stopping.signal);
    const reason = await ended;
    if (reason) console.error(`\n${reason.message}`);
    return reason ? 1 : 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    throw error;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // What somebody can mend is said as it is; anything else is a bug and shows where it came from.
    console.error(error instanceof BadInput || error instanceof ServiceEnded ? error.message : error);
    process.exit(1);
  },
);
