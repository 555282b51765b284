import { useEffect, useState } from 'react';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import type { TodayView } from '../../bot/contract/today.ts';
import { Problem } from '../api/problem.ts';
import type { Service } from '../api/service.ts';
import { rowsOf } from './todayState.ts';

/**
 * The row with this id, as new as the view: from the view where it stands there, else asked for (a link to something that was over long
 * ago). `null` when it is not there for this person, `undefined` while it is on its way.
 */
export function useObligation(service: Service, id: string | null, view: TodayView | null): ObligationView | null | undefined {
  const [asked, setAsked] = useState<{ id: string; row: ObligationView | null } | null>(null);
  const shown = id && view ? rowsOf(view).find((row) => row.id === id) : undefined;
  const lacking = id !== null && view !== null && !shown;

  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new view it may have changed as well
  useEffect(() => {
    if (!lacking) return;
    let current = true;
    service.obligation(id).then(
      (row) => current && setAsked({ id, row }),
      (error) => {
        if (!(error instanceof Problem)) throw error;
        if (current && error.kind === 'refused') setAsked({ id, row: null });
      },
    );
    return () => {
      current = false;
    };
  }, [service, id, lacking, view]);

  return shown ?? (asked && asked.id === id ? asked.row : undefined);
}
