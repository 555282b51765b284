import type { SentMail } from '../tenant/tenant.ts';
import { numberOf } from './ids.ts';
import type { MailboxStore, StoredMessage } from './model.ts';

/** As Exchange has it (MS-OXCMSG): up to three letters, a colon and a space. Other languages' longer prefixes stay part of the topic. */
const PREFIX = /^\s*[^\d\s:]{1,3}:\s+/;

/**
 * The conversation that a copy joins in its mailbox: that of a message it answers to by its headers, as far as this mailbox holds it; else,
 * for a reply without a known parent, that of its topic; else a new one. The same mail is in another conversation in every mailbox.
 * @param parents - the messages that its headers name, nearest first
 */
export function conversationFor(
  store: MailboxStore,
  mail: SentMail,
  parents: readonly StoredMessage[],
): { conversation: number; level: number } {
  // Both copies of somebody who writes to himself are in one conversation.
  for (const parent of parents) {
    const copy = parent.copies.find(({ mailbox }) => mailbox === store);
    if (copy) return { conversation: copy.conversation, level: parent.mail === mail ? copy.level : copy.level + 1 };
  }
  const { topic, prefixed } = topicOf(mail.subject);
  const known = prefixed || mail.inReplyTo.length > 0 || mail.references.length > 0 ? store.topics.get(topic) : undefined;
  const conversation = known ?? numberOf(`conversation/${store.settings.objectId}/${mail.messageId}`);
  store.topics.set(topic, conversation);
  return { conversation, level: known === undefined ? 0 : 1 };
}

function topicOf(subject: string): { topic: string; prefixed: boolean } {
  let topic = subject;
  while (PREFIX.test(topic)) topic = topic.replace(PREFIX, '');
  return { topic: topic.trim().toUpperCase(), prefixed: topic !== subject };
}
