import type { Actor, JournalEvent, Subject } from '../capability.ts';
import { appendEvent, type NewEvent } from '../journal/index.ts';
import type { Tx } from '../store/database.ts';

/** Somebody who does something now, in the transaction of whoever calls. */
export interface Acting {
  readonly tx: Tx;
  readonly now: Date;
  readonly actor: Actor;
}

/** What a rule tells the history of a matter. */
export interface Told<Kind extends string = string> {
  readonly kind: Kind;
  readonly data?: JournalEvent['data'];
  /** Where it happened before it was seen. */
  readonly at?: Date;
  /** Where it was mail that did it. */
  readonly through?: 'mail';
}

interface Matter {
  readonly id: string;
  readonly partnershipId: string;
}

/** Events of what rules did to a matter: to be appended where its row is written. @param kind - of its subject: `approval` */
export const eventsByRules = (kind: Subject['kind'], { id, partnershipId }: Matter, told: readonly Told[], now: Date): NewEvent[] =>
  told.map(({ kind: what, data = {}, at = now, through = 'rule' }) => ({
    kind: `${kind}.${what}`,
    subject: { kind, id },
    partnershipId,
    at,
    by: null,
    through,
    data,
  }));

/** Records what somebody did to a matter, with his words apart: `recordPress(acting, 'approval', a, 'decline', why)`. */
export const recordPress = (
  { tx, now, actor }: Acting,
  kind: Subject['kind'],
  { id, partnershipId }: Matter,
  verb: string,
  remark: string | null = null,
  data: JournalEvent['data'] = {},
): Promise<JournalEvent> =>
  appendEvent(tx, { kind: `${kind}.${verb}`, subject: { kind, id }, partnershipId, at: now, by: actor, data, remark });
