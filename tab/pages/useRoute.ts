import { useSyncExternalStore } from 'react';
import { hashOf, type Route, routeOf } from './route.ts';

const subscribe = (changed: () => void): (() => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(subscribe, () => window.location.hash));
}

export const goTo = (route: Route): void => {
  window.location.hash = hashOf(route);
};
