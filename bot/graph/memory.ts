import { randomInt, randomUUID } from 'node:crypto';

/**
 * What this process remembers of a first reading, so that it need not ask for every conversation again: in which conversations of a mailbox
 * mail was forgotten. Numbers only, salted, in memory alone, and gone with the reading. It counts only while one process has read the mailbox
 * from the beginning; `mailbox.reader` says which. Whoever does not know asks again, so nothing rests on it but speed.
 */
export interface ReadingMemory {
  /** Written into `mailbox.reader`. */
  readonly id: string;
  begin(mailboxId: string): void;
  knows(mailboxId: string): boolean;
  note(mailboxId: string, conversations: readonly string[]): void;
  /** May be true by accident, never false. */
  forgot(mailboxId: string, conversation: string): boolean;
  end(mailboxId: string): void;
}

/** @param capacity - conversations remembered over all mailboxes; beyond it the oldest reading is given up */
export function readingMemory(capacity = 400_000): ReadingMemory {
  const salt = randomInt(2 ** 31);
  const readings = new Map<string, Set<number>>();
  let size = 0;
  const end = (mailboxId: string): void => {
    size -= readings.get(mailboxId)?.size ?? 0;
    readings.delete(mailboxId);
  };
  return {
    id: randomUUID(),
    begin(mailboxId) {
      end(mailboxId);
      readings.set(mailboxId, new Set());
    },
    knows: (mailboxId) => readings.has(mailboxId),
    note(mailboxId, conversations) {
      const known = readings.get(mailboxId);
      if (!known) return;
      size -= known.size;
      for (const conversation of conversations) known.add(hash(conversation, salt));
      size += known.size;
      for (const oldest of readings.keys()) {
        if (size <= capacity) break;
        end(oldest);
      }
    },
    forgot: (mailboxId, conversation) => readings.get(mailboxId)?.has(hash(conversation, salt)) ?? true,
    end,
  };
}

/** FNV-1a, 30 bits: small integers are cheap to keep. */
function hash(text: string, salt: number): number {
  let value = salt ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value & 0x3fffffff;
}
