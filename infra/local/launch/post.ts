import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { DeskMailWhole, Post } from '../desk/mail.ts';
import { mailboxMark, numberOf, readId } from '../graph/ids.ts';
import type { Graph } from '../graph/index.ts';
import type { SentMail, Tenant } from '../tenant/tenant.ts';

const ALL = Number.MAX_SAFE_INTEGER;

/** The mail of the Graph stand-in as the desk reads and writes it. What is written here is kept in `file` and is there again at the next start. */
export function deskPost(graph: Graph, tenant: Tenant, file: string): Post {
  if (existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) if (line) graph.addMail(revive(line));
  }
  return {
    mailsOf: (address) => graph.mailOf(address, 40).map(asRead),
    mail: (id) => {
      const messageId = id.startsWith('m-') ? Buffer.from(id.slice(2), 'base64url').toString() : messageIdOf(id, graph, tenant);
      const mail = messageId === undefined ? null : graph.find(messageId);
      return mail ? asRead(mail) : undefined;
    },
    send({ from, to, subject, text, replyTo, at }) {
      const inReplyTo = replyTo ? Buffer.from(replyTo.slice(2), 'base64url').toString() : undefined;
      const mail = graph.send({ from: from.address, to, subject, text, at, ...(inReplyTo && { inReplyTo }) });
      appendFileSync(file, `${JSON.stringify(mail)}\n`, { mode: 0o600 });
    },
  };
}

/** The mail behind an item id of Graph, such as the links of Outlook carry. */
function messageIdOf(itemId: string, graph: Graph, tenant: Tenant): string | undefined {
  for (const { objectId, address, aliases } of tenant.mailboxes) {
    const read = readId(itemId, mailboxMark(objectId));
    if (!read) continue;
    const mails = [address, ...aliases].flatMap((one) => graph.mailOf(one, ALL));
    return mails.find(({ messageId }) =>
      ['sent', 'received'].some((kind) => numberOf(`copy/${objectId}/${messageId}/${kind}`) === read.number),
    )?.messageId;
  }
  return undefined;
}

const named = ({ name, address }: SentMail['from']) => (name ? `${name} <${address}>` : address);
const asRead = (mail: SentMail): DeskMailWhole => ({
  id: `m-${Buffer.from(mail.messageId).toString('base64url')}`,
  at: mail.sentAt.toISOString(),
  from: mail.from.address,
  to: mail.to.map(({ address }) => address),
  subject: mail.subject,
  headers: [
    ['From', named(mail.from)],
    ['To', mail.to.map(named).join(', ')],
    ...(mail.cc.length > 0 ? [['Cc', mail.cc.map(named).join(', ')] as const] : []),
    ['Date', mail.sentAt.toUTCString()],
    ...(mail.importance === 'normal' ? [] : [['Importance', mail.importance] as const]),
    ['Message-ID', mail.messageId],
    ...(mail.inReplyTo.length > 0 ? [['In-Reply-To', mail.inReplyTo.join(' ')] as const] : []),
    ...mail.headers.map(({ name, value }) => [name, value] as const),
  ],
  text: mail.text,
});

const revive = (line: string): SentMail => {
  const mail = JSON.parse(line) as SentMail & { sentAt: string; receivedAt: string | null };
  return { ...mail, sentAt: new Date(mail.sentAt), receivedAt: mail.receivedAt === null ? null : new Date(mail.receivedAt) };
};
