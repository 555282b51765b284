import { createContext, useContext } from 'react';
import type { ActionView, ObligationView } from '../../bot/contract/obligation.ts';

/** What rows and details may ask of the page around them. */
export interface Desk {
  /** Rows with an action under way. */
  readonly busy: ReadonlySet<string>;
  /** Rows that are new or changed. */
  readonly fresh: ReadonlySet<string>;
  /** Does what a button says: at once, after its form, or by opening its link. */
  press(row: ObligationView, action: ActionView): void;
  undo(subjectId: string, eventId: string): void;
  openLink(url: string): void;
}

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('no desk around');
  return desk;
}
