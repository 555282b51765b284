// Loaded into the processes that tests start: writes down what goes over the wire of a Graph stand-in that runs there.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const file = process.env.RAPPORT_TEST_WIRE;
if (file)
  subscribe('rapport.local.graph', (message) => {
    try {
      appendFileSync(file, `${JSON.stringify(message)}\n`);
    } catch {} // the test is over
  });
