import { useCallback, useEffect, useState } from 'react';

/** What this browser remembers for the desk; nothing where storage is switched off. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`desk.${key}`);
  } catch {
    return null;
  }
}
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`desk.${key}`, value);
  } catch {
    // a browser without storage forgets
  }
}

/** Who is looking at which conversation. Stands in the address, so that it can be shared, reloaded and gone back from. */
export interface Look {
  readonly as: string;
  readonly conversation: string;
}
const fromAddress = (): Look => {
  const query = new URLSearchParams(location.search);
  return { as: query.get('as') ?? '', conversation: query.get('in') ?? '' };
};

export function useLook(): [Look, (look: Look) => void] {
  const [look, setLook] = useState<Look>(fromAddress);
  useEffect(() => {
    const onBack = () => setLook(fromAddress());
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
  const go = useCallback((next: Look) => {
    const query = new URLSearchParams({ as: next.as, ...(next.conversation && { in: next.conversation }) });
    history[fromAddress().as ? 'pushState' : 'replaceState'](null, '', `?${query}`);
    setLook(next);
  }, []);
  return [look, go];
}
