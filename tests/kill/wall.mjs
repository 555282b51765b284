// Preloaded into the service: its wall is ahead of the machine's by as many milliseconds as the file KILL_WALL_FILE says, from one moment to the next.
import { readFileSync } from 'node:fs';

const Real = Date;
let aheadMs = 0;
setInterval(() => {
  try {
    aheadMs = Number(readFileSync(process.env.KILL_WALL_FILE, 'utf8'));
  } catch {
    aheadMs = 0;
  }
}, 20).unref();

globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + aheadMs);
    else super(...given);
  }
  static now() {
    return Real.now() + aheadMs;
  }
};
