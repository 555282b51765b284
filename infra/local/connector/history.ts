import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What stands in a conversation: text, cards, mentions. Fields as in the Bot Framework's activity. */
export interface MessageContent {
  readonly text?: string;
  readonly summary?: string;
  readonly attachments?: readonly { readonly contentType: string; readonly content?: unknown }[];
  readonly entities?: readonly unknown[];
}

export interface StoredMessage {
  /** Milliseconds since 1970 as a decimal string, as Teams numbers messages. */
  readonly id: string;
  /** A channel's id or a personal chat's; the thread of a channel message is `thread`. */
  readonly conversationId: string;
  /** Id of the message that opened the channel thread (its own id when it opened it); null in a personal chat. */
  readonly thread: string | null;
  /** `bot`, or the key of a person. */
  readonly from: string;
  /** Instant people read beside it (product time). */
  readonly at: string;
  readonly editedAt: string | null;
  /** Grows with each change of the content: views made for people before are old. */
  readonly revision: number;
  readonly content: MessageContent;
}

type Entry =
  | { readonly op: 'message'; readonly message: StoredMessage }
  | { readonly op: 'edit'; readonly id: string; readonly at: string; readonly content: MessageContent }
  | { readonly op: 'delete'; readonly id: string }
  | { readonly op: 'installed'; readonly conversationId: string; readonly installed: boolean };

/**
 * All messages and where the bot is installed, kept as JSON lines: Teams does not forget its channel when the service restarts. Loading
 * writes the file anew without what was replaced. Without a file everything is in memory.
 */
export class History {
  private readonly file: string | undefined;
  private readonly byId = new Map<string, StoredMessage>();
  private readonly installs = new Set<string>();
  private lastId = 0;

  constructor(file?: string) {
    this.file = file;
    if (!file) return;
    mkdirSync(path.dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line) this.apply(parseLine(line));
    }
    const compact = [
      ...[...this.installs].map((conversationId): Entry => ({ op: 'installed', conversationId, installed: true })),
      ...[...this.byId.values()].map((message): Entry => ({ op: 'message', message })),
    ];
    writeFileSync(`${file}.new`, compact.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    renameSync(`${file}.new`, file);
  }

  /** A new id: the wall's milliseconds, made to grow. */
  nextId(wallMs: number): string {
    this.lastId = Math.max(this.lastId + 1, wallMs);
    return String(this.lastId);
  }

  add(message: StoredMessage): void {
    this.record({ op: 'message', message });
  }

  /** False when there is no such message. */
  edit(id: string, content: MessageContent, at: string): boolean {
    if (!this.byId.has(id)) return false;
    this.record({ op: 'edit', id, at, content });
    return true;
  }

  delete(id: string): boolean {
    if (!this.byId.has(id)) return false;
    this.record({ op: 'delete', id });
    return true;
  }

  message(id: string): StoredMessage | undefined {
    return this.byId.get(id);
  }

  /** Oldest first. */
  messagesIn(conversationId: string): StoredMessage[] {
    return [...this.byId.values()].filter((message) => message.conversationId === conversationId);
  }

  setInstalled(conversationId: string, installed: boolean): void {
    if (this.installs.has(conversationId) !== installed) this.record({ op: 'installed', conversationId, installed });
  }

  isInstalled(conversationId: string): boolean {
    return this.installs.has(conversationId);
  }

  private record(entry: Entry): void {
    this.apply(entry);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  private apply(entry: Entry | undefined): void {
    if (entry?.op === 'message') {
      this.byId.set(entry.message.id, entry.message);
      this.lastId = Math.max(this.lastId, Number(entry.message.id));
    } else if (entry?.op === 'edit') {
      const message = this.byId.get(entry.id);
      if (message) this.byId.set(entry.id, { ...message, content: entry.content, editedAt: entry.at, revision: message.revision + 1 });
    } else if (entry?.op === 'delete') this.byId.delete(entry.id);
    else if (entry?.installed) this.installs.add(entry.conversationId);
    else if (entry) this.installs.delete(entry.conversationId);
  }
}

/** The last line is cut off when the process was killed while writing it. */
function parseLine(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
