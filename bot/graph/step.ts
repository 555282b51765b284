import type { Ports } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import { readAgain, WANTED_AT_ONCE } from './again.ts';
import { GraphRefusal } from './exchange.ts';
import { listFolders } from './folders.ts';
import { readPages } from './page.ts';
import { readAgainWhereMorePass } from './passing.ts';
import type { Reading } from './reading.ts';
import { isNoMailbox, isOutOfScope, restsFor, restsUntil } from './rules.ts';
import { foldersOf, type Mailbox, markListed, type ReadableMailbox, readableMailbox, saveFolders, setState, someWanted } from './store.ts';
import { BACKFILL_PRIORITY, nextWork, priorityOf } from './work.ts';

export interface StepReading extends Reading {
  /** Reads a page of the calendar. */
  readonly readCalendar: (mailbox: Mailbox) => Promise<void>;
}

/**
 * One step of reading a mailbox: whatever comes next, as much as one or a few requests give. Nobody else reads this mailbox meanwhile (the
 * job's key sees to that), so that Graph's limit of four at once holds over all instances.
 * @returns the priority of the step that follows; null when there was nothing to do: the mailbox is read up to now
 * @throws {Unavailable} when Graph wants this mailbox left alone
 */
export async function step(reading: StepReading, mailboxId: string): Promise<number | null> {
  const { ports } = reading;
  const mailbox = await readableMailbox(ports.db, mailboxId);
  if (!mailbox) return null;
  const seconds = restsFor(mailbox.waitUntil, ports.wall.now());
  if (seconds > 0) throw new Unavailable('Graph asked to wait', { retryAfterSeconds: seconds });
  try {
    return await work(reading, mailbox);
  } catch (error) {
    // so that a job that comes by another way (a notification, a sweep) does not ask earlier than Graph wants
    if (error instanceof Unavailable && error.retryAfterSeconds)
      await change(ports, mailboxId, { waitUntil: restsUntil(error.retryAfterSeconds, ports.wall.now()) });
    if (!(error instanceof GraphRefusal)) throw error;
    const state = isOutOfScope(error) ? 'outOfScope' : isNoMailbox(error) ? 'gone' : null;
    if (!state) throw error;
    await ports.transaction((tx) => setState(tx, mailboxId, state, ports.wall.now()));
    // it began with this step: the first reading is still to come
    if (mailbox.firstReadAt === null) {
      await change(ports, mailboxId, { firstReadAt: null, reader: null });
      reading.memory.end(mailboxId);
    }
    return null;
  }
}

async function work(reading: StepReading, mailbox: ReadableMailbox): Promise<number | null> {
  const { ports, gate, memory } = reading;
  if (mailbox.reader !== memory.id) {
    memory.end(mailbox.id);
    if (mailbox.reader !== null) await change(ports, mailbox.id, { reader: null });
  }
  if (await readAgainWhereMorePass(ports.db, gate, mailbox)) return BACKFILL_PRIORITY;
  const todo = nextWork(
    mailbox,
    mailbox.listingDue ? [] : await foldersOf(ports.db, mailbox.id),
    mailbox.wanting ? await someWanted(ports.db, mailbox.id, WANTED_AT_ONCE) : [],
  );
  switch (todo.kind) {
    case 'pages':
      await bothDone(readPages(reading, mailbox, todo), todo.calendar ? reading.readCalendar(mailbox) : Promise.resolve());
      break;
    case 'wanted':
      await readAgain(reading, mailbox, todo.wanted);
      break;
    case 'list':
      if (mailbox.firstReadAt === null) await begin(reading, mailbox);
      await list(reading, mailbox);
      break;
    case 'nothing':
      await change(ports, mailbox.id, { lastReadAt: ports.clock.now(), reader: null });
      memory.end(mailbox.id);
      return null;
  }
  return priorityOf(todo);
}

/** One that fails does not leave the other under way, whose mailbox would be read by somebody else then. */
async function bothDone(...parts: readonly Promise<void>[]): Promise<void> {
  for (const part of await Promise.allSettled(parts)) if (part.status === 'rejected') throw part.reason;
}

/** Nobody has read this mailbox yet. */
async function begin({ ports, memory }: StepReading, mailbox: Mailbox): Promise<void> {
  await change(ports, mailbox.id, { firstReadAt: ports.clock.now(), reader: memory.id });
  memory.begin(mailbox.id);
}

async function list({ ports, graph }: Reading, mailbox: ReadableMailbox): Promise<void> {
  const folders = await listFolders(graph, mailbox.userId!);
  await ports.transaction(async (tx) => {
    await saveFolders(tx, mailbox.id, folders, ports.clock.now());
    await markListed(tx, mailbox.id, ports.wall.now());
  });
}

const change = async ({ db }: Ports, mailboxId: string, to: Partial<Mailbox>): Promise<void> =>
  void (await db.updateTable('mailbox').set(to).where('id', '=', mailboxId).execute());
