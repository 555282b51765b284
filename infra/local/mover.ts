import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The service's product clock as `/local/clock` answers. */
export interface ClockState {
  readonly now: Date;
  /** The next instant at which something falls due, if anything is. */
  readonly nextDeadlineAt: Date | null;
  /** No job is due or running: what followed from the last step is done. */
  readonly idle: boolean;
}

/** What the mover asks of the service. */
export interface MovableService {
  clock(): Promise<ClockState>;
  /** Steps product time forward, through every deadline on the way. */
  step(to: Date): Promise<ClockState>;
  /** Has mail read now: of the users given, there in the folders given; else everything. */
  read(userIds?: readonly string[], folderIds?: readonly string[]): Promise<ClockState>;
}

/** What the mover asks of the Graph stand-in: mail that was written for a time that has not come yet. */
export interface Releasable {
  nextReleaseAt(): Date | null;
  /** Lets mail dated up to then appear. @returns the users in whose mailboxes something is new */
  release(upTo: Date): readonly string[];
  /** The folders in which the last release brought something, where that is known. */
  folderIds?(): readonly string[];
}

export interface Moving {
  readonly from: Date;
  readonly to: Date;
  readonly at: Date;
}

export interface Mover {
  /** Product time as known here: the last answer, and what went by since. */
  now(): Date;
  moving(): Moving | null;
  /** Asks the service for its time, without waiting until it is done with anything. */
  look(): Promise<void>;
  /** Moves product time to `target` and waits until everything that follows from it is done. An earlier target changes nothing. */
  moveTo(target: Date): Promise<void>;
  /** Begins later: time goes on to `target` first, and the mail up to then is read in one go, as by somebody who starts to read an old mailbox. */
  jumpTo(target: Date): Promise<void>;
  /** The next thing that happens by itself: a deadline, or mail that comes in. */
  nextAt(): Promise<Date | null>;
  /** Mail was written just now, or time went by: lets it appear and has it read. */
  catchUp(): Promise<void>;
  onChange(listener: () => void): () => void;
}

const POLL_MS = 15;
const IDLE_WITHIN_MS = 60_000;
/** As often as the service looks into every mailbox. */
const SWEEP_MS = 3600_000;

/**
 * Moves the product clock together with the mail of the stand-in, in the order of time: up to the next mail, let it appear, have it read,
 * wait until the service has nothing left to do, go on. Moves are made one after the other.
 * @param wallMs - wall time in milliseconds
 */
export function createMover(service: MovableService, mail: Releasable, wallMs: () => number): Mover {
  const changes = new EventEmitter().setMaxListeners(0);
  let known: { productMs: number; wallMs: number } | undefined;
  let moving: Moving | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const now = () => new Date(known ? known.productMs + (wallMs() - known.wallMs) : wallMs());
  const learn = (state: ClockState): ClockState => {
    known = { productMs: state.now.getTime(), wallMs: wallMs() };
    return state;
  };
  const afterAll = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = queue.then(run, run);
    queue = turn.catch(() => undefined);
    return turn;
  };
  /** Jobs follow from each other inside transactions, so once nothing is due nothing will come: one calm look is enough. */
  async function settle(last: ClockState): Promise<ClockState> {
    const until = wallMs() + IDLE_WITHIN_MS;
    let state = last;
    while (!state.idle) {
      if (wallMs() > until) throw new Error('the service is still busy after a minute');
      await sleep(POLL_MS);
      state = learn(await service.clock());
    }
    return state;
  }
  async function readUpTo(at: Date, last: ClockState): Promise<ClockState> {
    const userIds = mail.release(at);
    return settle(userIds.length > 0 ? learn(await service.read(userIds, mail.folderIds?.())) : last);
  }

  return {
    now,
    moving: () => moving,
    async look() {
      learn(await service.clock());
    },
    moveTo: (target) =>
      afterAll(async () => {
        // what is under way first: a mail that is being read may fall due before the target
        let state = await settle(learn(await service.clock()));
        const from = state.now;
        try {
          for (let at = from; at < target; ) {
            // Mail and deadlines one by one: what a card says, and the time beside it, are of that moment.
            const [mailAt, dueAt] = [mail.nextReleaseAt(), state.nextDeadlineAt];
            const due = dueAt && dueAt > at ? earlier(dueAt, target) : target;
            at = mailAt ? earlier(later(mailAt, at), due) : due;
            moving = { from, to: target, at };
            // Time goes by while the service works, and never back. What it posts on the way is posted then.
            if (at > now()) {
              learn({ ...state, now: at });
              state = learn(await service.step(at));
            }
            changes.emit('change');
            state = await readUpTo(at, state);
          }
          // The sweep that looks everywhere goes by wall time, which stood still.
          if (target.getTime() - from.getTime() >= SWEEP_MS) await settle(learn(await service.read()));
        } finally {
          moving = null;
          changes.emit('change');
        }
      }),
    jumpTo: (target) =>
      afterAll(async () => {
        const state = learn(await service.clock());
        await readUpTo(target, target > state.now ? learn(await service.step(target)) : state);
        changes.emit('change');
      }),
    async nextAt() {
      const deadline = (await service.clock()).nextDeadlineAt;
      const released = mail.nextReleaseAt();
      return deadline && released ? earlier(deadline, released) : (deadline ?? released);
    },
    catchUp: () =>
      afterAll(async () => {
        const state = learn(await service.clock());
        await readUpTo(now(), state);
        changes.emit('change');
      }),
    onChange(listener) {
      changes.on('change', listener);
      return () => changes.off('change', listener);
    },
  };
}

const earlier = (one: Date, other: Date) => new Date(Math.min(one.getTime(), other.getTime()));
const later = (one: Date, other: Date) => new Date(Math.max(one.getTime(), other.getTime()));

/** The service's local routes. @param key - what `LOCAL_KEY` says */
export function movableService(url: string, key: string): MovableService {
  const call = async (method: string, path: string, body?: unknown): Promise<ClockState> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { 'x-local-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // It went past that by itself between two looks.
    if (text.includes('clock.backwards')) return call('GET', '/local/clock');
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    const state = (text ? JSON.parse(text) : {}) as { now?: string; nextDeadlineAt?: string | null; idle?: boolean };
    return {
      now: new Date(state.now ?? Number.NaN),
      nextDeadlineAt: state.nextDeadlineAt ? new Date(state.nextDeadlineAt) : null,
      idle: state.idle ?? false,
    };
  };
  return {
    clock: () => call('GET', '/local/clock'),
    step: (to) => call('POST', '/local/clock', { to: to.toISOString() }),
    read: (userIds, folderIds) => call('POST', '/local/read', { userIds, folderIds }),
  };
}
