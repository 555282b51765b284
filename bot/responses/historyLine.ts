import type { EventKind, JournalEvent } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import type { HistoryLine } from '../contract/obligation.ts';
import { toInstant } from '../contract/sides.ts';
import { visible } from '../posts/plain.ts';
import { namedContact } from './whose.ts';

/** As much as a form takes. */
const REMARK_LENGTH = 500;

/** An event as people read it: in words, with the side and role of whoever did it, and what was written with it. Nothing takes it back. */
export function historyLine({ sentence }: EventKind, event: JournalEvent, charter: Charter, remark: string | null): HistoryLine {
  const who = event.by ? namedContact(charter, event.by.side, event.by.contactId) : '';
  return {
    at: toInstant(event.at),
    text: `${sentence(event, who)}${remark ? ` “${visible(remark, REMARK_LENGTH)}”` : ''}`,
    eventId: event.id,
    said: event.by !== null,
    undoable: false,
  };
}
