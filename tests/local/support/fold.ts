import type { Charter } from '../../../bot/charter/charter.ts';
import { importHolidays } from '../../../bot/charter/holidays.ts';
import { partnershipIdOf } from '../../../bot/charter/ids.ts';
import { readCharter } from '../../../bot/charter/read.ts';
import { resolveVersion } from '../../../bot/charter/resolve.ts';
import { partyOf } from '../../../bot/people/index.ts';
import type { Obligation } from '../../../bot/responses/obligation.ts';
import { fold } from '../../../bot/responses/rules.ts';
import { classify } from '../../../bot/threads/automatic.ts';
import type { Message } from '../../../bot/threads/message.ts';
import { parseSubject } from '../../../bot/threads/subject.ts';
import type { SentMail, Tenant } from '../../../infra/local/tenant/index.ts';

export interface Wait extends Obligation {
  readonly subject: string;
}

/** The charter of a partnership as agreed at `tenant.agreedAt`. @throws naming the problems of its file */
export async function charterOf(tenant: Pick<Tenant, 'charters' | 'agreedAt'>, slug: string): Promise<Charter> {
  const { text, fileName } = tenant.charters.find((one) => one.slug === slug)!;
  const read = await readCharter(text, fileName);
  if ('problems' in read) throw new Error(read.problems.map(({ line, message }) => `${fileName}:${line} ${message}`).join('\n'));
  const id = partnershipIdOf(slug);
  const calendars = Object.entries(read.document.calendars);
  const year = tenant.agreedAt.getUTCFullYear();
  const holidays = Object.fromEntries(
    await Promise.all(calendars.map(async ([key, calendar]) => [key, await importHolidays(calendar, year)] as const)),
  );
  const at = tenant.agreedAt;
  const by = (side: 'client' | 'provider') => ({ version: 1, side, contactId: id, at });
  return resolveVersion(
    id,
    1,
    { format: 1, document: read.document, holidays, through: year + 4 },
    {
      versions: [{ version: 1, effectiveAt: new Date(0), loadedAt: at }],
      acknowledgements: [by('client'), by('provider')],
      edits: [],
      names: {},
      stamp: '',
    },
  );
}

/** What waits in a partnership at `now`, by the mail of the tenant alone: no database, no Graph. */
export function waitsAt(mails: readonly SentMail[], charter: Charter, now: Date): Wait[] {
  const roots = new Map<string, string>();
  const threads = new Map<string, Message[]>();
  const other: Message[] = [];
  const subjects = new Map<string, string>();
  for (const mail of [...mails].sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime())) {
    if (mail.sentAt > now) break;
    const message = messageOf(mail);
    const known = [...mail.inReplyTo, ...mail.references].find((id) => roots.has(id));
    // Without headers Exchange puts a reply to its topic.
    const root = roots.get(known ?? (message.prefix === 'reply' ? message.bareSubject : '')) ?? mail.messageId;
    roots.set(mail.messageId, root).set(message.bareSubject, root);
    const parties = [mail.from, ...mail.to, ...mail.cc].flatMap(({ address }) => partyOf(charter, address) ?? []);
    if (!parties.some(({ side, contact, service }) => side === 'provider' && (contact || service))) continue;
    threads.set(root, [...(threads.get(root) ?? []), message]);
    subjects.set(mail.messageId, mail.subject);
    if (message.kind === 'human' || message.kind === 'meeting') other.push(message);
  }
  const all = [...threads].map(([id, messages]) => ({ id, messages }));
  return all.flatMap((thread) =>
    fold(
      {
        partnershipId: charter.partnershipId,
        threads: [thread],
        otherMail: [],
        meetings: [],
        charters: [charter],
        presses: [],
        learned: [],
        lapses: [],
      },
      now,
    ).map((one) => ({
      ...one,
      subject: subjects.get(one.openingKey) ?? '',
    })),
  );
}

function messageOf(mail: SentMail): Message {
  const { bare, kind } = parseSubject(mail.subject);
  const headers = new Map(mail.headers.map(({ name, value }) => [name.toLowerCase(), [value]]));
  const type = mail.meeting === null ? undefined : '#microsoft.graph.eventMessageRequest';
  return {
    key: mail.messageId,
    at: mail.sentAt,
    kind: classify({ subject: mail.subject, from: mail.from.address, headers, ...(type && { odataType: type }) }).kind,
    from: mail.from,
    to: mail.to,
    cc: mail.cc,
    subject: mail.subject,
    bareSubject: bare,
    prefix: kind === 'reply' || kind === 'forward' || kind === 'automatic' ? kind : 'none',
    isReply: mail.inReplyTo.length > 0,
    importance: mail.importance,
    marks: mail.marks.map(({ on, flag = 'none', flagDueAt = null, categories = [] }) => ({ owner: on, flag, flagDueAt, categories })),
  };
}

export async function mailsOf(tenant: Pick<Tenant, 'mail'>): Promise<SentMail[]> {
  const mails: SentMail[] = [];
  for await (const mail of tenant.mail()) mails.push(mail);
  return mails;
}
