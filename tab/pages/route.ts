import type { MatterKind } from '../../bot/contract/matter.ts';

/** Where in the tab somebody is. The address holds it (`#/obligation/<id>`), so that a link opens the exact place. */
export type Route = { page: 'home' } | { page: (typeof PAGES)[number]; id: string } | { page: 'config' } | { page: 'data' };

/** The page that lists a kind. */
export const LISTS = {
  escalation: 'escalations',
  approval: 'approvals',
  rhythm: 'rhythms',
  actionItem: 'actionItems',
} as const satisfies Record<MatterKind, string>;
const KINDS = Object.keys(LISTS) as MatterKind[];

/** Lists (`escalations`, `approvals`, ...), `agreement`, `people` and `reviews` are named by their partnership; `obligation`, `review` and matters by themselves. */
const PAGES = ['partnership', 'obligation', ...KINDS, ...Object.values(LISTS), 'agreement', 'people', 'reviews', 'review'] as const;

/** The kind of matter that a page shows; null where it shows none. */
export const matterKindOf = (page: Route['page']): MatterKind | null => KINDS.find((kind) => page === kind || page === LISTS[kind]) ?? null;
/** The one thing that an address names by its own id; null where it names a partnership, or nothing. */
export const oneOf = (route: Route): { page: 'obligation' | 'review' | MatterKind; id: string } | null =>
  'id' in route && (route.page === 'obligation' || route.page === 'review' || isKind(route.page))
    ? { page: route.page, id: route.id }
    : null;
const isKind = (page: string): page is MatterKind => KINDS.some((kind) => kind === page);

export function routeOf(hash: string): Route {
  const [page, id] = hash.replace(/^#?\/?/, '').split(/[/?]/);
  if (page === 'config' || page === 'data') return { page };
  const named = PAGES.find((each) => each === page);
  return named && id ? { page: named, id: decoded(id) } : { page: 'home' };
}

export const hashOf = (route: Route): string =>
  'id' in route ? `#/${route.page}/${encodeURIComponent(route.id)}` : route.page === 'home' ? '#/' : `#/${route.page}`;

/** What a link of Teams points at: `obligation/<id>`, `obligation:<id>` (a subject) or the bare id. */
export function routeOfSubPage(subPageId: string): Route {
  const named = subPageId.replace(':', '/');
  const route = routeOf(named);
  if (route.page !== 'home') return route;
  return /^[\w-]{1,64}$/.test(subPageId) ? { page: 'obligation', id: subPageId } : { page: 'home' };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
