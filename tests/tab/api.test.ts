import { describe, expect, it } from '@jest/globals';
import type { StreamLine } from '../../bot/contract/today.ts';
import { coalesced } from '../../tab/api/coalesced.ts';
import { follow, waitBefore } from '../../tab/api/follow.ts';
import { linesOf } from '../../tab/api/lines.ts';
import { Problem } from '../../tab/api/problem.ts';
import { serviceWith } from '../../tab/api/service.ts';
import { aResult, aToday, NOW } from '../support/views.ts';

const bytes = (...parts: (string | Uint8Array)[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === 'string' ? new TextEncoder().encode(part) : part);
      controller.close();
    },
  });

it('reads lines however the bytes are cut, and drops a line that was cut off', async () => {
  const accent = new TextEncoder().encode('é');
  const read: string[] = [];
  for await (const line of linesOf(bytes('a', 'b\n\nc', accent.slice(0, 1), accent.slice(1), '\nd'))) read.push(line);
  expect(read).toEqual(['ab', 'cé']);
});

describe('calls to the service', () => {
  type Call = { path: string; token: string | null; body: unknown };
  function answering(...answers: (Response | Error)[]) {
    const calls: Call[] = [];
    let tokens = 0;
    const fetcher = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      calls.push({
        path: String(input),
        token: new Headers(init?.headers).get('authorization'),
        body: init?.body && JSON.parse(String(init.body)),
      });
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { calls, service: serviceWith(async () => `t${++tokens}`, fetcher as typeof fetch) };
  }
  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

  it('take a token each, and one more when the first ran out on the way', async () => {
    const { calls, service } = answering(json({ code: 'token.expired', message: 'Over.' }, 401), json(aToday()), json(aToday()));
    await service.today('p');
    await service.today('p');
    expect(calls.map(({ token }) => token)).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t3']);
  });
  it('post an action exactly as the contract says', async () => {
    const { calls, service } = answering(json(aResult()), json(aResult()));
    await service.act('obligation.promise', 'o', { on: '2026-11-26' }, 4);
    await service.act('obligation.undo', 'o', { eventId: '12' });
    expect(calls.map(({ path, body }) => [path, body])).toEqual([
      ['/api/actions/obligation.promise', { subjectId: 'o', revision: 4, inputs: { on: '2026-11-26' } }],
      ['/api/actions/obligation.undo', { subjectId: 'o', inputs: { eventId: '12' } }],
    ]);
  });
  it.each([
    [json({ code: 'obligation.ended', message: 'This has ended.' }, 409), 'refused', 'This has ended.'],
    [json({ code: 'access.none', message: 'Not yours.' }, 403), 'refused', 'Not yours.'],
    [json({ code: 'unavailable', message: 'Later.' }, 503), 'busy', 'Later.'],
    [new Response('<html>gateway</html>', { status: 502 }), 'busy', null],
    [json({ hello: 1 }), 'unreadable', null],
    [new TypeError('network'), 'network', null],
  ])('tell apart what went wrong (%#)', async (answer, kind, sentence) => {
    const { service } = answering(answer);
    await expect(service.today('p')).rejects.toMatchObject({ name: 'Problem', kind, sentence });
  });
  it('say when the host gives no token, and ask nothing then', async () => {
    const calls: unknown[] = [];
    const service = serviceWith(() => Promise.reject(new Error('resourceDisabled')), (async (input: unknown) =>
      calls.push(input)) as never);
    await expect(service.me()).rejects.toMatchObject({ kind: 'token' });
    expect(calls).toEqual([]);
  });
});

describe('following a partnership', () => {
  const line = (kind: StreamLine['kind'], cursor: string): string => `${JSON.stringify({ kind, now: NOW, cursor })}\n`;
  /** Each start takes the next answer; when none is left, it stops. */
  async function followed(...answers: (ReadableStream<Uint8Array> | Problem)[]) {
    const stop = new AbortController();
    const said = { after: [] as string[], lines: [] as string[], live: [] as boolean[], waits: 0, refused: 0 };
    await follow(
      {
        async stream(_id, after) {
          said.after.push(after);
          const answer = answers.shift()!;
          if (answers.length === 0) stop.abort();
          if (answer instanceof Problem) throw answer;
          return answer;
        },
      },
      'p',
      '5',
      {
        onLine: ({ kind, cursor }) => said.lines.push(`${kind} ${cursor}`),
        onLive: (live) => said.live.push(live),
        onRefused: () => {
          said.refused += 1;
        },
      },
      stop.signal,
      async () => {
        said.waits += 1;
      },
    );
    return said;
  }

  it('comes back at the last cursor, after an end and after a cut', async () => {
    const said = await followed(
      bytes(line('heartbeat', '5'), line('changed', '6'), line('end', '6')),
      bytes(line('changed', '9')),
      bytes(),
    );
    expect(said.after).toEqual(['5', '6', '9']);
    expect(said.lines).toEqual(['heartbeat 5', 'changed 6', 'changed 9']);
    expect(said.waits).toBe(2);
  });
  it('tells that nothing comes, and that it comes again', async () => {
    const said = await followed(new Problem('network'), new Problem('busy'), bytes(line('heartbeat', '5')), bytes());
    expect(said.live).toEqual([false, false, true]);
  });
  it('stops where it may not look any more', async () => {
    const said = await followed(new Problem('refused', { status: 403 }), bytes());
    expect([said.after.length, said.refused]).toEqual([1, 1]);
  });
  it('passes over lines that it cannot read', async () => {
    const said = await followed(bytes('{"kind":"new"}\n', 'nonsense\n', line('changed', '7')), bytes());
    expect(said.lines).toEqual(['changed 7']);
  });
  it('waits longer each time, never longer than half a minute, and not all pages alike', () => {
    const waits = [0, 1, 2, 3, 4, 5, 20].map((failures) => waitBefore(failures, 0.5));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waitBefore(50, 1)).toBe(30_000);
    expect(waitBefore(3, 0)).toBeLessThan(waitBefore(3, 1));
  });
});

describe('a coalesced task', () => {
  it('never runs twice at once, and once more after however many asked', async () => {
    const open: (() => void)[] = [];
    let runs = 0;
    const task = coalesced(() => {
      runs += 1;
      return new Promise((resolve) => open.push(resolve));
    });
    const first = task.run();
    expect(task.superseded()).toBe(false);
    const later = [task.run(), task.run(), task.run()];
    expect(runs).toBe(1);
    expect(task.superseded()).toBe(true);
    open.shift()!();
    await first;
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    expect(runs).toBe(2);
    open.shift()!();
    await Promise.all(later);
    expect(runs).toBe(2);
    expect(open).toEqual([]);
  });
  it('goes on after a run that threw', async () => {
    let runs = 0;
    const task = coalesced(async () => {
      runs += 1;
      if (runs === 1) throw new Error('once');
    });
    const first = task.run();
    const second = task.run();
    await expect(first).rejects.toThrow('once');
    await second;
    expect(runs).toBe(2);
  });
});
