import type { EventEmitter } from 'node:events';
import type { Faults } from './errors.ts';
import type { History } from './history.ts';
import type { Limiter } from './limits.ts';
import type { Roster } from './roster.ts';

/** Something people see changed: a message came, changed or went. */
export interface ChannelChange {
  readonly conversationId: string;
  readonly messageId: string;
}

/** What the connector's two faces share: the calls of the bot (`api.ts`) and the Teams client of a person (`client.ts`). */
export interface Core {
  readonly roster: Roster;
  readonly history: History;
  readonly limiter: Limiter;
  readonly faults: Faults;
  /** Product time, for what people read beside a message. */
  readonly now: () => Date;
  readonly wallMs: () => number;
  readonly changes: EventEmitter<{ change: [ChannelChange] }>;
}
