import type { Unread } from './client.ts';
import type { MessagePage } from './item.ts';

/**
 * Pages of a first reading that are asked for while the ones before them are being taken, so that a folder's pages follow one another as fast as
 * Graph gives them. They belong to one turn of a mailbox, and are known by the links that name them.
 */
export interface Ahead {
  /** Has the page asked for that a link names, unless the turn is about to end. */
  begin(link: string, ask: (link: string) => Promise<Unread<MessagePage>>): void;
  /** The page, for whoever comes first; undefined where it was not asked for. */
  take(link: string): Promise<Unread<MessagePage>> | undefined;
  /** The last step of the turn begins: nobody would come for what is asked for now. */
  lastStep(): void;
  /** Lets go what nobody came for. */
  end(): void;
}

export function askingAhead(): Ahead {
  const asked = new Map<string, Promise<Unread<MessagePage>>>();
  let open = true;
  return {
    begin(link, ask) {
      if (!open) return;
      const page = ask(link);
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
      for (const page of asked.values())
        page.then(
          (unread) => unread.drop(),
          () => {},
        );
      asked.clear();
    },
  };
}
