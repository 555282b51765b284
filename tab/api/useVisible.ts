import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void): (() => void) => {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
};

/** Whether anybody can see the page: hidden, it keeps no connection open. */
export const useVisible = (): boolean => useSyncExternalStore(subscribe, () => !document.hidden);
