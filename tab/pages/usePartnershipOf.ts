import { useEffect, useState } from 'react';
import { Problem } from '../api/problem.ts';
import type { Service } from '../api/service.ts';
import { oneOf, type Route } from './route.ts';

/**
 * The partnership that an address means. A link to one thing does not name it: then it is the one on the screen, the standing one, or
 * asked for.
 * @param standing - the channel's or the only one
 */
export function usePartnershipOf(
  service: Service,
  route: Route,
  standing: string | null,
): { partnershipId: string | null; problem: Problem | null } {
  const [shown, setShown] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const one = oneOf(route);
  const named = 'id' in route && !one ? route.id : standing;
  const partnershipId = named ?? (one ? shown : null);
  const [kind, ask] = one && !partnershipId ? [one.page, one.id] : [null, ''];

  useEffect(() => {
    setShown(partnershipId);
    setProblem(null);
  }, [partnershipId]);
  useEffect(() => {
    if (!kind) return;
    let current = true;
    const found: Promise<{ partnershipId: string }> =
      kind === 'obligation' ? service.obligation(ask) : kind === 'review' ? service.review(ask) : service.matter(kind, ask);
    found.then(
      (row) => current && setShown(row.partnershipId),
      (error: unknown) => current && setProblem(error instanceof Problem ? error : new Problem('unreadable', { cause: error })),
    );
    return () => {
      current = false;
    };
  }, [service, kind, ask]);
  return { partnershipId, problem: kind ? problem : null };
}
