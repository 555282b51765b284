import { useCallback, useEffect, useState } from 'react';
import type { MeView } from '../../bot/contract/today.ts';
import { Problem } from '../api/problem.ts';
import type { Service } from '../api/service.ts';

/** Who is looking, as the service knows them. */
export function useMe(service: Service): { me: MeView | null; problem: Problem | null; look(): void } {
  const [state, setState] = useState<{ me: MeView | null; problem: Problem | null }>({ me: null, problem: null });
  const look = useCallback(() => {
    setState({ me: null, problem: null });
    service.me().then(
      (me) => setState({ me, problem: null }),
      (error: unknown) => setState({ me: null, problem: error instanceof Problem ? error : new Problem('unreadable', { cause: error }) }),
    );
  }, [service]);
  useEffect(look, [look]);
  return { ...state, look };
}
