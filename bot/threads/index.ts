/** Mail as the product sees it: what may be known of it, what belongs together, when it happened. */
export { headersByName, type MailHeaders } from './automatic.ts';
export { familyOf, partnershipsOfThreads } from './family.ts';
export type { Gate } from './gate.ts';
export { gateOf } from './gate.ts';
export { type IngestContext, type Ingested, ingest } from './ingest.ts';
export type { ItemFlag, MailItem, MailPage } from './item.ts';
export type { Address } from './message.ts';
export {
  type Coverage,
  copiesFor,
  coverage,
  loadThreads,
  lockThreads,
  type MailElsewhere,
  mailBetween,
  mailTo,
  type OpenableCopy,
  type Thread,
  threadsBySubject,
} from './read.ts';
export { removedUnseen } from './reconcile.ts';
export { LEAVE_OUT } from './rules.ts';
export type { ThreadChange } from './store.ts';
