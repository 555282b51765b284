/**
 * What matters (help asked for, decisions, updates, actions) and reviews have in common: how what happens to them is recorded and read, what a
 * view of one shows, who is told of it by a message of his own. What each of them does, and when, is said in its own room.
 */
export { briefOf } from './brief.ts';
export { type Calling, messageOf, messagesOf, messageView, nextLook, readMessageId, stateOfCall, tell } from './calls.ts';
export { channelOf, evidenceFor } from './evidence.ts';
export { type History, historiesOf, readsWords } from './history.ts';
export { type Acting, eventsByRules, recordPress, type Told } from './record.ts';
export { doneByPeople, doneByRules, type Sentence } from './sentences.ts';
export { endedSince } from './store.ts';
export { openAndEnded, saidFor, sideAndRole, titleFor, toneBefore, viewById } from './view.ts';
