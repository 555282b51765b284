import type { Unread } from './client.ts';
import type { MessagePage } from './item.ts';

/**
 * Pages of a first reading that are asked for while the ones before them are being taken, so that a folder's pages follow one another as fast as
 * Graph gives them. They belong to one turn of a mailbox, and are known by the links that name them.
 */
export interface Ahead {
  /**
   * Has the page asked for that a link names, once, unless the turn is about to end.
   * @param ask - `over` ends the request
   */
  begin(link: string, ask: (link: string, over: AbortSignal) => Promise<Unread<MessagePage>>): void;
  /** The page, for whoever comes first; undefined where it was not asked for. */
  take(link: string): Promise<Unread<MessagePage>> | undefined;
  /** The last step of the turn begins: nobody would come for what is asked for now. */
  lastStep(): void;
  /** Ends what nobody came for, so that nothing of this turn is under way when another begins. */
  end(): void;
}

export function askingAhead(): Ahead {
  const asked = new Map<string, Promise<Unread<MessagePage>>>();
  const over = new AbortController();
  let open = true;
  return {
    begin(link, ask) {
      if (!open || asked.has(link)) return;
      const page = ask(link, over.signal);
      page.catch(() => {}); // whoever comes for it hears of it
      asked.set(link, page);
    },
    take(link) {
      const page = asked.get(link);
      asked.delete(link);
      return page;
    },
    lastStep() {
      open = false;
    },
    end() {
      open = false;
      over.abort();
      asked.clear();
    },
  };
}
