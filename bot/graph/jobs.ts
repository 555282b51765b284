import { z } from 'zod';
import type { JobHandler, Ports } from '../capability.ts';
import type { Config } from '../config.ts';
import { addJob } from '../jobs/index.ts';
import type { Tx } from '../store/database.ts';
import type { Gate, IngestContext } from '../threads/index.ts';
import { askingAhead } from './ahead.ts';
import { calendarTakes, type OnMeetings, readCalendar } from './calendar.ts';
import { callMailboxSearchBySweep, callNextTurn, callTurn, callTurns, callWatch } from './calls.ts';
import type { Graph } from './client.ts';
import { currentGate } from './gate.ts';
import { findMailboxes } from './mailboxes.ts';
import { readingMemory } from './memory.ts';
import { proveScope, scopeOf } from './scope.ts';
import { tableStatistics } from './statistics.ts';
import { step } from './step.ts';
import { callMailbox, callMailboxes, mailboxesDue } from './store.ts';
import { mailboxesToWatch, watch } from './subscriptions.ts';
import { takes } from './take.ts';

const MAILBOXES_A_TURN = 500;
/** Then other mailboxes get on. Enough for most mailboxes from their first folder to the end: each turn costs a job. */
const STEPS_A_TURN = 12;
const Notified = z.object({ userIds: z.array(z.string()).max(1000), folderIds: z.array(z.string()).max(10_000).nullable() });

export interface GraphParts {
  readonly graph: Graph;
  readonly config: Pick<Config, 'MAILBOXES' | 'TENANT_ID' | 'BACKFILL_DAYS' | 'SWEEP_SECONDS' | 'PUBLIC_URL' | 'OUT_OF_SCOPE_MAILBOX'>;
  /** The event that goes up: a thread changed, in the transaction that changed it. */
  readonly onThreads: NonNullable<IngestContext['onThreads']>;
  readonly onMeetings: OnMeetings;
}

/**
 * `graph.sweep` calls for everything and comes back after `SWEEP_SECONDS` (wall time): it finds what notifications missed. `graph.mailboxes`
 * finds whose mail is read. `graph.watch` asks Graph to say when something happens. `graph.mailbox` is one turn of one mailbox: a few steps, each of which reads a list of folders, some pages, or some conversations; then itself again.
 */
export function graphJobs({ graph, config, onThreads, onMeetings }: GraphParts): Readonly<Record<string, JobHandler>> {
  const memory = readingMemory();
  const grown = tableStatistics();
  const taking = takes();
  const takeCalendar = calendarTakes(onMeetings);
  let gates: ((now: Date) => Promise<Gate>) | null = null;
  const gateNow = ({ db, clock }: Ports): Promise<Gate> => {
    gates ??= currentGate(db);
    return gates(clock.now());
  };
  const outside = config.OUT_OF_SCOPE_MAILBOX;
  const mayRead = async ({ db }: Ports): Promise<boolean> => !outside || (await scopeOf(db)) === 'proven';
  // Graph speaks to https addresses alone; without one, the sweep finds everything.
  const watched = config.PUBLIC_URL.startsWith('https:');
  const callWatches = async (tx: Tx, ids: readonly string[], wallNow: Date): Promise<void> => {
    if (watched) for (const id of await mailboxesToWatch(tx, ids, wallNow)) await callWatch(tx, id);
  };
  return {
    'graph.sweep': {
      schema: z.object({ after: z.guid().optional() }),
      async run({ after }: { after?: string }, { ports }) {
        const { wall } = ports;
        const ids = await ports.transaction(async (tx) => {
          if (!after) await callMailboxSearchBySweep(tx);
          const called = await callMailboxes(tx, after ?? null, MAILBOXES_A_TURN, wall.now());
          await callTurns(tx, called);
          await callWatches(tx, called, wall.now());
          return called;
        });
        if (ids.length === MAILBOXES_A_TURN) await addJob(ports.db, 'graph.sweep', { after: ids.at(-1)! }, { key: 'graph.sweep' });
        else
          await addJob(
            ports.db,
            'graph.sweep',
            {},
            { key: 'graph.sweep', runAt: new Date(wall.now().getTime() + config.SWEEP_SECONDS * 1000) },
          );
      },
    },
    /** Something came into these users' mailboxes; into these folders of them, where that is known. */
    'graph.notified': {
      schema: Notified,
      run: ({ userIds, folderIds }: z.infer<typeof Notified>, { ports }) =>
        ports.transaction(async (tx) => {
          for (const userId of userIds) {
            const mailboxId = await callMailbox(tx, userId, folderIds);
            if (mailboxId) await callTurn(tx, mailboxId);
          }
        }),
    },
    'graph.watch': {
      schema: z.object({ mailboxId: z.guid() }),
      async run({ mailboxId }: { mailboxId: string }, { ports }) {
        if (await mayRead(ports)) await watch(graph, ports, config.PUBLIC_URL, mailboxId);
      },
    },
    'graph.mailboxes': {
      schema: z.object({}),
      async run(_payload, { ports }) {
        if (outside) await proveScope(graph, ports.db, outside);
        await findMailboxes(graph, config, await gateNow(ports), ports, async (tx) => {
          const due = await mailboxesDue(tx);
          await callTurns(tx, due);
          await callWatches(tx, due, ports.wall.now());
        });
      },
    },
    'graph.mailbox': {
      schema: z.object({ mailboxId: z.guid() }),
      async run({ mailboxId }: { mailboxId: string }, { ports }) {
        let priority = 0;
        const ahead = askingAhead();
        try {
          for (let left = STEPS_A_TURN; left > 0; left -= 1) {
            if (!(await mayRead(ports))) return;
            if (left === 1) ahead.lastStep();
            const reading = {
              graph,
              ports,
              memory,
              grown,
              ...taking,
              ahead,
              gate: await gateNow(ports),
              backfillDays: config.BACKFILL_DAYS,
              onThreads,
            };
            const next = await step({ ...reading, readCalendar: (mailbox) => readCalendar(reading, mailbox, takeCalendar) }, mailboxId);
            if (next === null) return;
            priority = next;
          }
        } finally {
          ahead.end();
        }
        return () => callNextTurn(ports.db, mailboxId, priority);
      },
    },
  };
}
