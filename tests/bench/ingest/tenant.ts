import type { Mailbox, SentMail, Tenant } from '../../../infra/local/tenant/tenant.ts';

export const TENANT_ID = '11111111-2222-4333-8444-555555555555';
export const APP_ID = '99999999-2222-4333-8444-555555555555';
export const SECRET = 'bench';
/** Of a reading, unless it says otherwise. */
export const MAILBOXES = 40;
const THREAD = 4;

/** Whose mail it is: over how many days before now, and one thread in how many is with the provider. */
export interface BenchMail {
  readonly days: number;
  readonly oneIn: number;
}
/** All of it is read, and half of it is relevant. */
export const DENSE: BenchMail = { days: 85, oneIn: 2 };
/** Mailboxes as people have them: two years, of which the last ninety days are read, and many others to write with. */
export const USUAL: BenchMail = { days: 730, oneIn: 8 };

export const addressOf = (n: number): string => `client${n}@contoso.com`;
export const objectIdOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/**
 * `messages` copies in so many mailboxes: threads of four mails, some of them between somebody of the client and a listed contact of the provider,
 * the others with the rest of the world, up to `now`.
 */
export function benchTenant(messages: number, now: Date, count = MAILBOXES, what = DENSE): Tenant {
  const mailboxes = Array.from(
    { length: count },
    (_, n): Mailbox => ({
      address: addressOf(n),
      aliases: [],
      name: `Client ${n}`,
      objectId: objectIdOf(n),
      kind: 'user',
      state: 'on',
      zone: 'Europe/Amsterdam',
      folders: [],
      rules: [],
      outOfOffice: null,
    }),
  );
  return {
    folder: '',
    name: 'Contoso',
    id: TENANT_ID,
    domain: 'contoso.com',
    app: { id: APP_ID, secret: SECRET, idUri: `api://localhost/${APP_ID}`, roles: ['Mail.ReadBasic.All', 'User.ReadBasic.All'] },
    agreedAt: now,
    watchedAt: now,
    clockStartAt: now,
    about: '',
    people: [],
    // nobody looks
    firstLooking: null as never,
    mailboxes,
    channels: [],
    charters: [],
    meetings: [],
    said: [],
    mail: () => mails(messages, now, count, what),
  };
}

async function* mails(count: number, now: Date, mailboxes: number, { days, oneIn }: BenchMail): AsyncGenerator<SentMail> {
  const threads = count / THREAD;
  const stepMs = (days * 86_400_000) / threads;
  for (let thread = 0; thread < threads; thread += 1) {
    const client = addressOf(thread % mailboxes);
    const relevant = thread % oneIn === Math.floor(thread / mailboxes) % oneIn;
    const other = relevant ? (thread % 3 === 0 ? 'carlo@fabrikam.com' : 'joan@fabrikam.com') : `partner${thread % 97}@elsewhere.example`;
    const ids = Array.from(
      { length: THREAD },
      (_, turn) => `<${thread.toString(36)}.${turn}.0123456789abcdef@${turn % 2 ? 'out' : 'in'}.example>`,
    );
    for (let turn = 0; turn < THREAD; turn += 1) {
      const [from, to] = turn % 2 === thread % 2 ? [client, other] : [other, client];
      const party = (address: string) => ({ address, name: address.split('@')[0]! });
      yield {
        messageId: ids[turn]!,
        inReplyTo: ids.slice(Math.max(0, turn - 1), turn),
        references: ids.slice(0, turn),
        from: party(from),
        to: [party(to)],
        cc: [],
        subject: `${turn ? 'RE: ' : ''}Order ${thread} for line ${thread % 31}`,
        sentAt: new Date(now.getTime() - days * 86_400_000 + Math.floor((thread * stepMs + turn * 5_400_000) / 1000) * 1000 - 86_400_000),
        receivedAt: null,
        importance: 'normal',
        headers: [],
        text: null,
        meeting: null,
        marks: [],
      };
    }
  }
}
