import type { JournalEvent } from '../capability.ts';
import { eventsOfAll } from '../journal/index.ts';
import type { Tx } from '../store/database.ts';
import { PRESSES, type Press, type PressKind } from './press.ts';
import type { StoredObligation } from './store.ts';

const KINDS = new Set<string>(PRESSES.map((kind) => `obligation.${kind}`));

/** What people pressed on these obligations, from the journal, in order; what was undone is left out. */
export async function pressesOf(
  tx: Tx,
  obligations: readonly Pick<StoredObligation, 'id'>[],
): Promise<(Press & { obligationId: string })[]> {
  return standing(
    await eventsOfAll(
      tx,
      'obligation',
      obligations.map(({ id }) => id),
    ),
  );
}

export function standing(events: readonly JournalEvent[]): (Press & { obligationId: string })[] {
  const undone = new Set(events.filter((event) => event.kind === 'obligation.undone').map((event) => event.data.eventId));
  return events.filter((event) => KINDS.has(event.kind) && !undone.has(event.id)).map(pressOf);
}

function pressOf(event: JournalEvent): Press & { obligationId: string } {
  const { messageKey, debtor, on, happenedAt, about } = event.data as Record<string, string | undefined>;
  return {
    id: event.id,
    obligationId: event.subject.id,
    kind: event.kind.slice('obligation.'.length) as PressKind,
    at: event.at,
    side: event.by!.side,
    contactId: event.by!.contactId,
    messageKey: messageKey!,
    debtor: debtor as Press['debtor'],
    on: on ?? null,
    happenedAt: happenedAt ? new Date(happenedAt) : null,
    about: about ?? null,
  };
}
