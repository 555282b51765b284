import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import type { ActionResult } from '../../bot/contract/today.ts';
import { coalesced } from '../api/coalesced.ts';
import { follow } from '../api/follow.ts';
import { Problem } from '../api/problem.ts';
import type { Service } from '../api/service.ts';
import { useVisible } from '../api/useVisible.ts';
import { includes, minutesBetween, nothingYet, type TodayState, todayAfter } from './todayState.ts';

/** Changes that come together are looked at together. */
const GATHER_MS = 200;
/** Clock words (`Working until 18:00`) change without an event: looked at again after this much of the service's time. */
const LOOK_AGAIN_MINUTES = 5;
/** How long a changed row stays marked. */
const MARKED_MS = 8000;

export interface Today {
  readonly state: TodayState;
  refresh(): Promise<void>;
  /** @throws {Problem} */
  act(verb: string, subjectId: string, inputs: Readonly<Record<string, string>>, revision?: number): Promise<ActionResult>;
}

/** A partnership's Today, kept true while somebody can see it. */
export function useToday(service: Service, partnershipId: string): Today {
  const [state, dispatch] = useReducer(todayAfter, nothingYet);
  const { view } = state;
  const latest = useRef(view);
  latest.current = view;
  const visible = useVisible();

  const loader = useMemo(() => {
    const load = coalesced(async () => {
      try {
        const loaded = await service.today(partnershipId);
        if (!load.superseded()) dispatch({ kind: 'loaded', view: loaded });
      } catch (error) {
        dispatch({ kind: 'failed', problem: error instanceof Problem ? error : new Problem('unreadable', { cause: error }) });
      }
    });
    return load;
  }, [service, partnershipId]);

  useEffect(() => {
    if (visible) void loader.run();
  }, [loader, visible]);

  const following = visible && view !== null;
  useEffect(() => {
    if (!following) return;
    const stop = new AbortController();
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const lookSoon = () => {
      clearTimeout(gathering);
      gathering = setTimeout(() => void loader.run(), GATHER_MS);
    };
    void follow(
      service,
      partnershipId,
      latest.current!.cursor,
      {
        onLine(line) {
          dispatch({ kind: 'heard', now: line.now });
          const seen = latest.current!;
          const news = line.kind === 'changed' && !includes(seen.cursor, line.position);
          if (news || minutesBetween(seen.now, line.now) >= LOOK_AGAIN_MINUTES) lookSoon();
        },
        onLive: (live) => dispatch({ kind: 'live', live }),
        onRefused: () => void loader.run(),
      },
      stop.signal,
    );
    return () => {
      clearTimeout(gathering);
      stop.abort();
    };
  }, [service, partnershipId, loader, following]);

  const { fresh } = state;
  useEffect(() => {
    if (!fresh.size) return;
    const timer = setTimeout(() => dispatch({ kind: 'rested' }), MARKED_MS);
    return () => clearTimeout(timer);
  }, [fresh]);

  const act = useCallback<Today['act']>(
    async (verb, subjectId, inputs, revision) => {
      dispatch({ kind: 'acting', id: subjectId });
      let result: ActionResult | null = null;
      try {
        result = await service.act(verb, subjectId, inputs, revision);
        return result;
      } finally {
        dispatch({ kind: 'acted', id: subjectId, result });
        void loader.run();
      }
    },
    [service, loader],
  );
  return { state, refresh: loader.run, act };
}
