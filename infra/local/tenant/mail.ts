import { access } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../../bot/errors.ts';
import { type Address, type MailFileMessage, readMail } from '../../../bot/mailfile/index.ts';
import type { TenantDocument, ThreadDocument } from './document.ts';
import { readIcs } from './ics.ts';
import { shortHash } from './ids.ts';
import { type Anchor, fillDays, readDay, readMoment, UnreadableMoment } from './moments.ts';
import type { Person } from './person.ts';
import type { TenantFinding } from './problems.ts';
import type { MailAddress, MailMark, Meeting, SentMail } from './tenant.ts';

export interface MailContext {
  readonly document: TenantDocument;
  readonly people: readonly Person[];
  readonly anchor: Anchor;
}

/** A person's key, `Name <address>`, or an address. Null when it is none of them. */
export function addressOf(written: string, { people, document }: Pick<MailContext, 'people' | 'document'>): MailAddress | null {
  const person = people.find(({ key, address }) => key === written || address === written.toLowerCase());
  if (person) return { address: person.address, name: person.name };
  const named = /^(.*?)\s*<([^\s<>]+@[^\s<>]+)>$/.exec(written);
  const address = (named?.[2] ?? written).toLowerCase();
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(address)) return null;
  const mailbox = document.mailboxes.find((one) => typeof one !== 'string' && one.address === address);
  return { address, name: named?.[1] || (typeof mailbox === 'object' ? (mailbox.name ?? '') : '') };
}

/** The mails of a thread as written in tenant.yaml: each answers the one before, to its author, unless it says otherwise. */
export function mailsOf(thread: ThreadDocument, at: readonly PropertyKey[], context: MailContext, findings: TenantFinding[]): SentMail[] {
  const sent: SentMail[] = [];
  for (const [i, mail] of thread.mails.entries()) {
    const where = [...at, 'mails', i];
    const before = sent.at(-1) ?? null;
    const answers = mail.fresh || mail.meeting === 'request' ? null : before;
    const resolve = (written: string, part: PropertyKey[]): MailAddress[] => {
      const address = addressOf(written, context);
      if (!address) findings.push({ path: [...where, ...part], message: `"${written}" is neither the key of a person nor a mail address` });
      return address ? [address] : [];
    };
    const [from] = resolve(mail.from, ['from']);
    if (!from) continue;
    const back = before && (before.from.address === from.address ? before.to : [before.from]);
    const to = mail.to?.flatMap((one, j) => resolve(one, ['to', j])) ?? back ?? [];
    if (to.length === 0 && !mail.to) findings.push({ path: where, message: 'The first mail of a thread needs a "to"' });
    try {
      const zone = context.people.find(({ address }) => address === from.address)?.zone ?? context.document.zone;
      const subject = fillDays(mail.subject ?? thread.subject, context.anchor);
      const messageId = `<${shortHash(`${context.document.domain}/${String(at[1])}/${thread.subject}/${i}`, 24).toLowerCase()}@${from.address.split('@')[1]}>`;
      sent.push({
        messageId,
        inReplyTo: answers ? [answers.messageId] : [],
        references: answers ? [...answers.references, answers.messageId] : [],
        from,
        to,
        cc: mail.cc.flatMap((one, j) => resolve(one, ['cc', j])),
        subject: answers && mail.subject === undefined ? `${mail.automatic ? 'Automatic reply' : 'Re'}: ${subject}` : subject,
        sentAt: readMoment(mail.at, context.anchor, zone, before?.sentAt ?? null),
        receivedAt: null,
        importance: mail.high ? 'high' : 'normal',
        headers: [
          ...(mail.automatic ? [{ name: 'Auto-Submitted', value: 'auto-replied' }] : []),
          ...(mail.list === undefined ? [] : [{ name: 'List-Id', value: `<${mail.list}>` }]),
        ],
        text: fillDays(mail.text, context.anchor),
        meeting: mail.meeting ?? null,
        marks: marksOf(mail, from.address, context.anchor),
      });
    } catch (error) {
      if (!(error instanceof UnreadableMoment)) throw error;
      findings.push({ path: [...where, 'at'], message: error.message });
      break; // what answers it would only say the same again
    }
  }
  return sent;
}

function marksOf({ flag, categories }: ThreadDocument['mails'][number], on: string, anchor: Anchor): MailMark[] {
  if (flag === undefined && categories.length === 0) return [];
  const flagged = flag === undefined ? {} : flag === 'complete' ? { flag: 'complete' as const } : { flag: 'flagged' as const };
  const due = typeof flag === 'object' ? { flagDueAt: new Date(`${readDay(flag.due, anchor)}T00:00:00Z`) } : {};
  return [{ on, ...flagged, ...due, ...(categories.length > 0 && { categories }) }];
}

/** A source of mail on disk, found in the tenant folder or from the project's root. @throws {BadInput} when it is not there */
export async function findSource(written: string, folder: string, root: string, whenMissing: string | undefined): Promise<string> {
  for (const candidate of [path.resolve(folder, written), path.resolve(root, written)]) {
    if (
      await access(candidate).then(
        () => true,
        () => false,
      )
    )
      return candidate;
  }
  throw new BadInput(`${written} is neither in ${folder} nor in ${root}. ${whenMissing ?? 'Put it there, or take it out of tenant.yaml.'}`);
}

/** Meetings and meeting mail of a calendar file; the mail of any other source. Bodies are not read. */
export async function* mailIn(file: string): AsyncGenerator<SentMail> {
  if (file.toLowerCase().endsWith('.ics')) {
    yield* (await readIcs(file)).mails;
    return;
  }
  const known = new Map<string, MailAddress>();
  for await (const message of readMail(file)) {
    const mail = sentMailOf(message, known);
    if (mail) yield mail;
  }
}
export const meetingsIn = async (file: string): Promise<readonly Meeting[]> =>
  file.toLowerCase().endsWith('.ics') ? (await readIcs(file)).meetings : [];

/** Headers that tell a machine's mail from a person's. Others are read elsewhere, or said nothing that Graph would not say. */
const KEPT = [
  'auto-submitted',
  'precedence',
  'list-id',
  'list-post',
  'x-mailing-list',
  'x-autoreply',
  'x-autorespond',
  'return-path',
  'x-auto-response-suppress',
];
const METHODS: Readonly<Record<string, SentMail['meeting']>> = { request: 'request', cancel: 'cancelled', reply: 'accepted' };

/** Null for a message without author or date: no mailbox would have it. */
function sentMailOf(message: MailFileMessage, known: Map<string, MailAddress>): SentMail | null {
  const [author] = message.from;
  if (!author || !message.sentAt) return null;
  const one = ({ address, name }: Address): MailAddress => {
    const key = `${address} ${name}`;
    const found = known.get(key) ?? { address, name };
    known.set(key, found);
    return found;
  };
  const id = (bare: string) => `<${bare}>`;
  const first = (name: string) => message.headers.get(name)?.[0] ?? '';
  const contentType = first('content-type').toLowerCase();
  const urgent = /^high/i.test(first('importance')) || /^[12]\b/.test(first('x-priority').trim());
  return {
    messageId: id(message.messageId ?? `${shortHash(`${message.file}/${message.offset}`, 24)}@no-message-id`),
    inReplyTo: message.inReplyTo.map(id),
    references: message.references.map(id),
    from: one(author),
    to: message.to.map(one),
    cc: message.cc.map(one),
    subject: message.subject,
    sentAt: message.sentAt,
    receivedAt: message.receivedAt ?? null,
    importance: urgent ? 'high' : 'normal',
    headers: KEPT.flatMap((name) => (message.headers.get(name) ?? []).map((value) => ({ name, value }))),
    text: null,
    meeting: contentType.startsWith('text/calendar') ? (METHODS[/method="?(\w+)/.exec(contentType)?.[1] ?? ''] ?? 'request') : null,
    marks: [],
  };
}
