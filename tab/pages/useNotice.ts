import { useCallback, useState } from 'react';
import type { NoticeView } from '../components/Notice.tsx';

export type Said = Omit<NoticeView, 'turn'>;

/** The one thing the page says at a time about a press; the newest replaces the one before. */
export function useNotice() {
  const [notice, setNotice] = useState<NoticeView | null>(null);
  const say = useCallback((said: Said) => setNotice((before) => ({ ...said, turn: (before?.turn ?? 0) + 1 })), []);
  const quiet = useCallback(() => setNotice(null), []);
  return { notice, say, quiet };
}
