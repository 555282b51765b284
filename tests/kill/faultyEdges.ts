import type { KyselyPlugin } from 'kysely';
import type { Ports } from '../../bot/capability.ts';
import { type TeamsPort, Uncertain } from '../../bot/posts/port.ts';

/** Something goes wrong once, at the `nth` use of an edge (from 0), before or after the other side did what it was asked. */
export interface EdgeFault {
  readonly edge: 'transaction' | 'send' | 'change' | 'graph';
  readonly nth: number;
  readonly when: 'before' | 'after';
  /** `kill`: the process is gone, nothing more of it runs until the restart. `cut`: the connection is, and the process sees it. */
  readonly how: 'kill' | 'cut';
}

export class Killed extends Error {
  override readonly name = 'Killed';
}

/** The edges of a process that can be killed at any of them, and started again. */
export function faultyEdges() {
  let fault: EdgeFault | null = null;
  let used = 0;
  let dead = false;
  let hit = false;

  async function across<T>(edge: EdgeFault['edge'], call: () => Promise<T>): Promise<T> {
    if (dead) throw new Killed('nothing runs in a process that is gone');
    const here = fault?.edge === edge && used++ === fault.nth ? fault : null;
    if (!here) return call();
    hit = true;
    if (here.when === 'after') await call();
    if (here.how === 'kill') dead = true;
    if (here.how === 'cut' && edge === 'send') throw new Uncertain('cut off in the send');
    throw here.how === 'kill' ? new Killed(edge) : new Error(`cut off in ${edge}`);
  }

  /** A query of its own, outside of any transaction, does not leave a process that is gone. */
  const deadPlugin: KyselyPlugin = {
    transformQuery({ node }) {
      if (dead) throw new Killed('nothing runs in a process that is gone');
      return node;
    },
    transformResult: async ({ result }) => result,
  };

  return {
    across,
    ports: (real: Ports): Ports => ({
      ...real,
      db: real.db.withPlugin(deadPlugin),
      transaction: (work) => across('transaction', () => real.transaction(work)),
    }),
    teams: (real: TeamsPort): TeamsPort => ({
      ...real,
      send: (to, message) => across('send', () => real.send(to, message)),
      update: (to, activityId, card) => across('change', () => real.update(to, activityId, card)),
      remove: (to, activityId) => across('change', () => real.remove(to, activityId)),
    }),
    arm(next: EdgeFault | null) {
      fault = next;
      used = 0;
      hit = false;
    },
    /** Whether it was killed, and not started again. */
    isDead: () => dead,
    /** A new process. @returns whether the fault was met */
    restart(): boolean {
      dead = false;
      fault = null;
      return hit;
    },
  };
}
