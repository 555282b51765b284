import { guidOf } from './ids.ts';
import type { Person } from './person.ts';
import type { CharterFile, MailAddress, Mailbox, SentMail, Tenant } from './tenant.ts';

export interface SyntheticOptions {
  /** Mailboxes of the client; each writes to one contact of the provider with the same number. */
  readonly mailboxes: number;
  readonly messages: number;
  readonly endAt: Date;
  /** The mail is spread evenly over so many days before `endAt`. */
  readonly days: number;
  /** Of a hundred mails, so many stay inside the client and are nobody's business. Default 0. */
  readonly internalPercent?: number;
  readonly charters?: readonly CharterFile[];
}

const NONE: readonly never[] = [];
const CLIENT = 'client.example';
const PROVIDER = 'provider.example';

/**
 * A tenant of any size for measuring: conversations of four mails between the client's people and the provider's, made as they are asked
 * for. The same options give the same mail.
 */
export function syntheticTenant(options: SyntheticOptions): Tenant {
  const { mailboxes: count, messages, endAt, days, internalPercent = 0 } = options;
  const id = guidOf(`synthetic/${count}`);
  const address = (kind: 'client' | 'provider', n: number): MailAddress => ({
    address: `person-${n}@${kind === 'client' ? CLIENT : PROVIDER}`,
    name: `Person ${n}`,
  });
  const clients = Array.from({ length: count }, (_, n) => address('client', n));
  const providers = Array.from({ length: count }, (_, n) => address('provider', n));
  const people = clients.map(personOf(id));
  const stepMs = (days * 86_400_000) / Math.max(1, messages);
  return {
    folder: '',
    name: 'Client',
    id,
    domain: CLIENT,
    app: {
      id: guidOf(`synthetic/app/${count}`),
      secret: 'synthetic',
      idUri: 'api://localhost/synthetic',
      roles: ['Mail.ReadBasic.All', 'Calendars.ReadBasic', 'MailboxSettings.Read', 'User.ReadBasic.All'],
    },
    agreedAt: new Date(endAt.getTime() - days * 86_400_000),
    watchedAt: endAt,
    clockStartAt: endAt,
    about: '',
    people,
    firstLooking: people[0]!,
    mailboxes: people.map(mailboxOf),
    channels: [],
    charters: options.charters ?? [],
    meetings: [],
    said: [],
    async *mail() {
      for (let n = 0; n < messages; n += 1) yield mailAt(n);
    },
  };

  function mailAt(n: number): SentMail {
    const conversation = Math.floor(n / 4);
    const turn = n % 4;
    const client = clients[conversation % count]!;
    const inside = conversation % 100 < internalPercent;
    const other = inside ? clients[(conversation + 1) % count]! : providers[conversation % count]!;
    const [from, to] = turn % 2 === 0 ? [client, other] : [other, client];
    const idOf = (k: number) => `<${conversation}.${k}@${k % 2 === 0 ? CLIENT : inside ? CLIENT : PROVIDER}>`;
    const references = Array.from({ length: turn }, (_, k) => idOf(k));
    return {
      messageId: idOf(turn),
      inReplyTo: turn === 0 ? NONE : [references[turn - 1]!],
      references,
      from,
      to: [to],
      cc: NONE,
      subject: turn === 0 ? `Request ${conversation}` : `Re: Request ${conversation}`,
      sentAt: new Date(Math.floor((endAt.getTime() - days * 86_400_000 + n * stepMs) / 1000) * 1000),
      receivedAt: null,
      importance: 'normal',
      headers: NONE,
      text: null,
      meeting: null,
      marks: NONE,
    };
  }
}

const personOf =
  (tenantId: string) =>
  ({ address, name }: MailAddress): Person => ({
    key: address.split('@')[0]!,
    name,
    company: 'Client',
    title: '',
    address,
    aliases: [],
    kind: 'member',
    tenantId,
    objectId: guidOf(`synthetic/${address}`),
    teamsUserId: `29:${address}`,
    userPrincipalName: address,
    zone: 'Europe/Amsterdam',
    admin: false,
    desk: null,
  });

const mailboxOf = ({ address, name, objectId, zone }: Person): Mailbox => ({
  address,
  aliases: [],
  name,
  objectId,
  kind: 'user',
  state: 'on',
  zone,
  folders: [],
  rules: [],
  outOfOffice: null,
});
