import type { ObligationView } from '../../bot/contract/obligation.ts';
import { SIDES, type Side } from '../../bot/contract/sides.ts';
import type { ActionResult, TodayView } from '../../bot/contract/today.ts';
import type { Problem } from '../api/problem.ts';

/** Today as the page holds it: the last view of the service, and what the page knows beside it. */
export interface TodayState {
  readonly view: TodayView | null;
  /** The service's time, as last heard. The page has no other. */
  readonly now: string | null;
  /** Rows that are new or changed since the person last saw them at rest. */
  readonly fresh: ReadonlySet<string>;
  /** Rows with an action under way. */
  readonly busy: ReadonlySet<string>;
  /** Why the last look did not work; the view before it stays. */
  readonly problem: Problem | null;
  readonly live: boolean;
  /** How many rows the last update touched, and a count that makes the same number said again. */
  readonly told: { readonly rows: number; readonly turn: number };
}

export type TodayEvent =
  | { kind: 'loaded'; view: TodayView }
  | { kind: 'failed'; problem: Problem }
  | { kind: 'acting'; id: string }
  | { kind: 'acted'; id: string; result: ActionResult | null }
  | { kind: 'heard'; now: string }
  | { kind: 'live'; live: boolean }
  | { kind: 'rested' };

export const nothingYet: TodayState = {
  view: null,
  now: null,
  fresh: new Set(),
  busy: new Set(),
  problem: null,
  live: true,
  told: { rows: 0, turn: 0 },
};

export function todayAfter(state: TodayState, event: TodayEvent): TodayState {
  switch (event.kind) {
    case 'loaded': {
      const changed = state.view ? changedRows(state.view, event.view) : [];
      return {
        ...state,
        view: event.view,
        now: later(state.now, event.view.now),
        problem: null,
        fresh: changed.length ? new Set([...state.fresh, ...changed]) : state.fresh,
        told: changed.length ? { rows: changed.length, turn: state.told.turn + 1 } : state.told,
      };
    }
    case 'failed':
      // What somebody may not see (any more) does not stay on his screen.
      return { ...state, problem: event.problem, view: event.problem.kind === 'refused' ? null : state.view };
    case 'acting':
      return { ...state, busy: new Set([...state.busy, event.id]) };
    case 'acted': {
      const busy = new Set([...state.busy].filter((id) => id !== event.id));
      if (!event.result) return { ...state, busy };
      const { obligation, now } = event.result;
      return { ...state, busy, now: later(state.now, now), view: state.view && obligation ? placed(state.view, obligation) : state.view };
    }
    case 'heard':
      return { ...state, now: later(state.now, event.now) };
    case 'live':
      return { ...state, live: event.live };
    case 'rested':
      return state.fresh.size ? { ...state, fresh: new Set() } : state;
  }
}

/** The later of two instants of the service. */
export const later = (a: string | null, b: string): string => (a !== null && Date.parse(a) > Date.parse(b) ? a : b);

/** All rows of a view, each once. */
export const rowsOf = (view: TodayView): ObligationView[] => [
  ...new Map([...view.answered, ...view.waitingFor.client, ...view.waitingFor.provider, ...view.mine].map((row) => [row.id, row])).values(),
];

/** Rows of the newer view that the older one did not hold as they are now. */
function changedRows(older: TodayView, newer: TodayView): string[] {
  if (older.partnership.id !== newer.partnership.id) return [];
  const known = new Map(rowsOf(older).map((row) => [row.id, row]));
  return rowsOf(newer).flatMap((row) => {
    const before = known.get(row.id);
    return before && before.revision === row.revision && before.status === row.status ? [] : [row.id];
  });
}

/** A view with one row as it is after an action: in its place while it waits on the same side, among the answered once it is over. */
export function placed(view: TodayView, row: ObligationView): TodayView {
  if (row.partnershipId !== view.partnership.id) return view;
  const replaced = (rows: ObligationView[], keep: boolean) => rows.flatMap((each) => (each.id !== row.id ? [each] : keep ? [row] : []));
  const column = (side: Side) => {
    const belongs = row.state === 'open' && row.verdict !== 'unsure' && row.waitingFor.side === side;
    const rows = replaced(view.waitingFor[side], belongs);
    return belongs && !rows.includes(row) ? [...rows, row] : rows;
  };
  const over = row.state !== 'open';
  const answered = replaced(view.answered, over);
  return {
    ...view,
    waitingFor: { client: column('client'), provider: column('provider') },
    mine: replaced(view.mine, !over),
    answered: over && !answered.includes(row) ? [row, ...answered] : answered,
  };
}

/** The sides in the order this person reads them: his own first. */
export const sidesFor = (you: Side): readonly Side[] => (you === 'client' ? SIDES : [...SIDES].reverse());

/** Minutes between two instants of the service. */
export const minutesBetween = (a: string, b: string): number => Math.abs(Date.parse(b) - Date.parse(a)) / 60_000;

/** Whether a view at `cursor` is sure to hold what happened at `position` (decimal numbers of any length): it lies beyond it. */
export const includes = (cursor: string, position: string | undefined): boolean =>
  position !== undefined && /^\d+$/.test(cursor) && /^\d+$/.test(position) && BigInt(cursor) > BigInt(position);
