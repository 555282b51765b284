/** Where a link of Teams leads that the client opens itself: a conversation by one of its messages, or a place in the app's tab. */
export function teamsPlace({
  hostname,
  pathname,
  searchParams,
}: URL): { conversation: string; subPage?: never } | { subPage: string; conversation?: never } | null {
  if (hostname !== 'teams.microsoft.com') return null;
  const [, l, kind, first] = pathname.split('/');
  if (l !== 'l' || !first) return null;
  if (kind === 'message') return { conversation: decodeURIComponent(first) };
  if (kind !== 'entity') return null;
  try {
    const { subEntityId } = JSON.parse(searchParams.get('context') ?? '') as { subEntityId?: unknown };
    return typeof subEntityId === 'string' ? { subPage: subEntityId } : null;
  } catch {
    return null;
  }
}
