import { beforeEach, describe, expect, it } from '@jest/globals';
import { createMover, type MovableService, type Mover } from '../../infra/local/mover.ts';

const at = (text: string) => new Date(`2026-11-${text}:00Z`);

/** A service whose clock is moved, which needs some looks to become idle, and sets deadlines for mail it reads. */
function aService(start: Date, readingMs = 0) {
  const log: string[] = [];
  let now = start;
  let busy = 0;
  let unread: Date[] = [];
  const deadlines: Date[] = [];
  const state = () => ({ now, nextDeadlineAt: deadlines.find((one) => one > now) ?? null, idle: busy-- <= 0 });
  const service: MovableService = {
    clock: async () => state(),
    async step(to) {
      if (to < now) throw new Error('409 {"code":"clock.backwards"}');
      for (const due of deadlines.filter((one) => one > now && one <= to)) log.push(`due ${due.toISOString().slice(8, 16)}`);
      now = to;
      return state();
    },
    async read() {
      log.push(`read ${unread.map((one) => one.toISOString().slice(8, 16)).join(', ')} at ${now.toISOString().slice(8, 16)}`);
      for (const mail of unread) deadlines.push(new Date(mail.getTime() + 3_600_000));
      unread = [];
      busy = 3;
      now = new Date(now.getTime() + readingMs);
      return state();
    },
  };
  const held: Date[] = [];
  const mail = {
    held,
    nextReleaseAt: () => held[0] ?? null,
    release(upTo: Date) {
      const released = held.filter((one) => one <= upTo);
      held.splice(0, released.length);
      unread.push(...released);
      return released.length > 0 ? ['anna'] : [];
    },
  };
  return { service, mail, log, now: () => now, busy: () => busy };
}

let world: ReturnType<typeof aService>;
let mover: Mover;
beforeEach(() => {
  world = aService(at('23T09:00'));
  mover = createMover(world.service, world.mail, () => 0);
});

describe('moving the clock', () => {
  it('meets mail and deadlines in the order of time, and ends idle', async () => {
    world.mail.held.push(at('23T10:00'), at('23T10:30'), at('23T12:00'));
    await mover.moveTo(at('23T12:30'));
    expect(world.log).toEqual([
      'read 23T10:00 at 23T10:00',
      'read 23T10:30 at 23T10:30',
      'due 23T11:00',
      'due 23T11:30',
      'read 23T12:00 at 23T12:00',
      'read  at 23T12:30',
    ]);
    expect(world.now()).toEqual(at('23T12:30'));
    expect(world.busy()).toBeLessThan(0);
  });

  it('says where it is on the way, and nothing when it is not moving', async () => {
    world.mail.held.push(at('23T10:00'));
    const seen: (string | null)[] = [];
    mover.onChange(() => seen.push(mover.moving()?.at.toISOString().slice(8, 16) ?? null));
    await mover.moveTo(at('23T12:00'));
    expect(seen).toEqual(['23T10:00', '23T11:00', '23T12:00', null]);
  });

  it('makes moves one after the other, and leaves an earlier target alone', async () => {
    await Promise.all([mover.moveTo(at('24T09:00')), mover.moveTo(at('25T09:00')), mover.moveTo(at('23T10:00'))]);
    expect(world.now()).toEqual(at('25T09:00'));
  });

  it('goes on where time has passed mail by itself, also while it read', async () => {
    const slow = aService(at('23T09:00'), 120_000);
    slow.mail.held.push(at('23T10:00'), at('23T10:01'), at('23T10:05'));
    await createMover(slow.service, slow.mail, () => 0).moveTo(at('23T10:06'));
    expect(slow.log).toEqual(['read 23T10:00 at 23T10:00', 'read 23T10:01 at 23T10:02', 'read 23T10:05 at 23T10:05', 'read  at 23T10:07']);
    world.mail.held.push(at('23T08:00'));
    await mover.moveTo(at('23T09:30'));
    expect(world.log).toEqual(['read 23T08:00 at 23T09:00']);
    expect(world.now()).toEqual(at('23T09:30'));
  });

  it('finds the next thing that happens: a deadline or a mail', async () => {
    expect(await mover.nextAt()).toBeNull();
    world.mail.held.push(at('23T10:00'));
    expect(await mover.nextAt()).toEqual(at('23T10:00'));
    await mover.moveTo(at('23T10:00'));
    world.mail.held.push(at('24T10:00'));
    expect(await mover.nextAt()).toEqual(at('23T11:00'));
  });

  it('stands still and says so when the service does not answer', async () => {
    const broken: Mover = createMover({ ...world.service, step: () => Promise.reject(new Error('gone')) }, world.mail, () => 0);
    await expect(broken.moveTo(at('24T09:00'))).rejects.toThrow('gone');
    expect(broken.moving()).toBeNull();
    await expect(broken.moveTo(at('23T08:00'))).resolves.toBeUndefined();
  });
});
