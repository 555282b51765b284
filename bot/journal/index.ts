export { appendEvent, appendEvents, JOURNAL_CHANNEL, type NewEvent } from './append.ts';
export { registerReactions } from './reactions.ts';
export { eventById, eventsAfter, eventsOf, eventsOfAll, eventsWithRemarks, journalCursor, remarkOf, remarksOf } from './read.ts';
