import { useCallback, useEffect, useRef, useState } from 'react';
import type { ActionView } from '../../bot/contract/obligation.ts';
import type { StreamLine } from '../../bot/contract/today.ts';
import { follow } from '../api/follow.ts';
import { Problem } from '../api/problem.ts';
import type { Service } from '../api/service.ts';
import { useVisible } from '../api/useVisible.ts';
import { useWords } from '../strings/index.ts';
import { includes, later } from './todayState.ts';
import { useNotice } from './useNotice.ts';

/** Changes that come together are looked at together. */
const GATHER_MS = 200;

/** A form that stands open on a page: what is asked for, and about what. */
export interface PageForm {
  readonly action: ActionView;
  /** What it is about, in words. */
  readonly about: string;
  send(inputs: Record<string, string>): void;
  cancel(): void;
}

/** What a press is about: its words, and the subject that the service is told. */
export interface PressedOn {
  readonly about: string;
  readonly subjectId: string;
  readonly revision?: number;
}
interface PageOptions<View> {
  /** Where a view says up to what it is complete: then the page follows what changes after that. */
  readonly cursorOf?: (view: View) => string;
  /** The service's time when it made a view: with it the page tells the time as it goes on. */
  readonly nowOf?: (view: View) => string;
  /** Opens a link outside the page. */
  readonly openLink?: (url: string) => void;
}

/**
 * A page of a partnership beside Today: its view, looked at again after each press, whenever it comes into sight, and as things change where
 * it can be followed; and what its buttons do. A press is about the partnership's agreement, unless it says otherwise.
 * @param load - kept by the caller from one drawing to the next
 */
export function usePage<View>(
  service: Service,
  partnershipId: string,
  load: () => Promise<View>,
  { cursorOf, nowOf, openLink }: PageOptions<View> = {},
) {
  const words = useWords();
  const [view, setView] = useState<View | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<{ action: ActionView; on: PressedOn } | null>(null);
  const [heard, hear] = useState<string | null>(null);
  const [live, setLive] = useState(true);
  const { notice, say, quiet } = useNotice();
  const visible = useVisible();
  const turn = useRef(0);

  const look = useCallback(async () => {
    turn.current += 1;
    const mine = turn.current;
    try {
      const seen = await load();
      if (mine !== turn.current) return;
      setView(seen);
      setProblem(null);
    } catch (error) {
      if (mine === turn.current) setProblem(error instanceof Problem ? error : new Problem('unreadable', { cause: error }));
    }
  }, [load]);
  useEffect(() => {
    if (visible) void look();
  }, [look, visible]);

  const cursor = visible && view && cursorOf ? cursorOf(view) : null;
  const latest = useRef(cursor);
  latest.current = cursor;
  const following = cursor !== null;
  useEffect(() => {
    if (!following) return;
    const stop = new AbortController();
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const onLine = (line: StreamLine): void => {
      hear(line.now);
      if (line.kind !== 'changed' || includes(latest.current ?? '', line.position)) return;
      clearTimeout(gathering);
      gathering = setTimeout(() => void look(), GATHER_MS);
    };
    void follow(service, partnershipId, latest.current!, { onLine, onLive: setLive, onRefused: () => void look() }, stop.signal);
    return () => {
      clearTimeout(gathering);
      stop.abort();
    };
  }, [service, partnershipId, following, look]);

  const send = async (action: ActionView, { subjectId, revision }: PressedOn, inputs: Record<string, string>): Promise<void> => {
    setBusy(true);
    try {
      const { message } = await service.act(action.verb, subjectId, { ...action.carries, ...inputs }, revision);
      say({ tone: 'done', text: message });
      await look();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say({ tone: 'note', text: error.sentence ?? words.problem.notDone });
    } finally {
      setBusy(false);
    }
  };
  const press = (action: ActionView, pressed: PressedOn | string): void => {
    const on = typeof pressed === 'string' ? { about: pressed, subjectId: partnershipId } : pressed;
    if (action.openUrl !== undefined) openLink?.(action.openUrl);
    else if (action.inputs.length) setAsking({ action, on });
    else void send(action, on, {});
  };
  const form: PageForm | null = asking && {
    action: asking.action,
    about: asking.on.about,
    send(inputs) {
      setAsking(null);
      void send(asking.action, asking.on, inputs);
    },
    cancel: () => setAsking(null),
  };
  // The service's time, as last heard. The page has no other.
  const now = view && nowOf ? later(heard, nowOf(view)) : heard;
  return { view, problem, busy, press, form, notice, quiet, look, now, live };
}
