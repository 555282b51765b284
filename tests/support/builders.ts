import type { AgreedCalendar, Charter, Contact, Target } from '../../bot/charter/charter.ts';
import type { Side } from '../../bot/contract/sides.ts';
import type { Escalation } from '../../bot/escalations/escalation.ts';
import type { Press, PressKind } from '../../bot/responses/press.ts';
import type { Address, Mark, Message } from '../../bot/threads/message.ts';
import { parseSubject } from '../../bot/threads/subject.ts';
import type { WorkCalendar } from '../../bot/worktime/index.ts';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

/** Working time Monday to Friday; `hours` like `09:00-17:00` or `21:00-06:00`. */
export function aCalendar(
  zone: string,
  hours: string,
  rest: Partial<WorkCalendar> & { place?: string; assumed?: boolean; key?: string } = {},
): AgreedCalendar {
  const { place = zone.split('/').at(-1)!, assumed = false, key = place.toLowerCase(), ...work } = rest;
  const intervals = hours.split(',').map((each) => each.trim().split('-') as [string, string]);
  return { key, place, assumed, work: { zone, hours: Object.fromEntries(WEEK.map((day) => [day, intervals])), holidays: [], ...work } };
}

let serial = 0;
export function aContact(side: Side, address: string, rest: Partial<Contact> = {}): Contact {
  serial += 1;
  return {
    id: `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    key: address.split('@')[0]!,
    side,
    name: address.split('@')[0]!,
    role: side === 'client' ? 'Service owner' : 'Service desk',
    addresses: [address],
    owner: false,
    executive: false,
    standIn: null,
    left: false,
    calendar: null,
    ...rest,
  };
}

export const hours = (n: number): Target => ({ kind: 'hours', seconds: n * 3600 });
export const days = (n: number): Target => ({ kind: 'days', days: n });

interface CharterParts {
  client?: AgreedCalendar;
  provider?: AgreedCalendar;
  target?: Target;
  high?: Target;
  contacts?: readonly Contact[];
  rest?: Partial<Charter>;
}

export const anna = aContact('client', 'anna@contoso.com', { owner: true });
export const arno = aContact('client', 'arno@contoso.com', { role: 'Finance' });
export const pia = aContact('provider', 'pia@fabrikam.com', { owner: true });
export const paul = aContact('provider', 'paul@fabrikam.com', { role: 'Network team' });

/** Contoso (Amsterdam) with Fabrikam (Manila): eight working hours, in force and acknowledged since 2026. */
export function aCharter({
  client,
  provider,
  target = hours(8),
  high = hours(2),
  contacts = [anna, arno, pia, paul],
  rest = {},
}: CharterParts = {}): Charter {
  const side = (which: Side, name: string, domain: string, calendar: AgreedCalendar) => ({
    side: which,
    name,
    domains: [domain],
    serviceAddresses: which === 'provider' ? [{ address: 'ops@fabrikam.com', name: 'Operations' }] : [],
    actsFor: which === 'provider' ? ['subcontractor.example'] : [],
    calendar,
    contacts: contacts.filter((contact) => contact.side === which),
  });
  const targets = { normal: target, high };
  return {
    partnershipId: '11111111-1111-4111-8111-111111111111',
    version: 1,
    name: 'Contoso with Fabrikam',
    effectiveAt: new Date('2026-01-01T00:00:00Z'),
    acknowledgedAt: new Date('2026-01-01T00:00:00Z'),
    sides: {
      client: side('client', 'Contoso', 'contoso.com', client ?? aCalendar('Europe/Amsterdam', '09:00-17:00')),
      provider: side('provider', 'Fabrikam', 'fabrikam.com', provider ?? aCalendar('Asia/Manila', '09:00-18:00')),
    },
    targets: { client: targets, provider: targets },
    notExpected: [],
    alertsPerDay: 5,
    channelDetail: 'roles',
    ...rest,
  };
}

const address = (text: string): Address => ({ address: text, name: text.split('@')[0]! });

interface MailParts {
  key?: string;
  to?: string | readonly string[];
  cc?: readonly string[];
  subject?: string;
  kind?: Message['kind'];
  importance?: Message['importance'];
  marks?: readonly Partial<Mark>[];
  isReply?: boolean;
}

/** A mail as `threads/` hands it over: `aMail('anna@contoso.com', '2026-03-03T09:00Z', { to: 'pia@fabrikam.com' })`. */
export function aMail(
  from: string,
  at: string,
  { to = [], cc = [], subject = 'Server move', kind = 'human', importance = 'normal', marks = [], ...rest }: MailParts = {},
): Message {
  const parsed = parseSubject(subject);
  const prefix = parsed.kind === 'reply' || parsed.kind === 'forward' || parsed.kind === 'automatic' ? parsed.kind : 'none';
  serial += 1;
  return {
    key: rest.key ?? `<${serial}@mail>`,
    at: new Date(at.length === 17 ? at.replace('Z', ':00Z') : at),
    kind,
    from: address(from),
    to: (typeof to === 'string' ? [to] : to).map(address),
    cc: cc.map(address),
    subject,
    bareSubject: parsed.bare,
    prefix,
    isReply: rest.isReply ?? prefix === 'reply',
    importance,
    marks: marks.map((mark) => ({ owner: from, flag: 'none', flagDueAt: null, categories: [], ...mark })),
  };
}

export function aPress(kind: PressKind, side: Side, at: string, about: Pick<Message, 'key'>, rest: Partial<Press> = {}): Press {
  serial += 1;
  return {
    id: String(serial),
    kind,
    at: new Date(at.length === 17 ? at.replace('Z', ':00Z') : at),
    side,
    contactId: side === 'client' ? anna.id : pia.id,
    messageKey: about.key,
    debtor: 'provider',
    on: null,
    happenedAt: null,
    about: null,
    ...rest,
  };
}

/** Help that nobody was asked for yet, with a level for each list of people: they have one hour, two, three; the third by the clock on the wall. */
export const anEscalation = (
  charter: Charter,
  by: Pick<Contact, 'id'>,
  asked: readonly (readonly string[])[],
  openedAt: Date,
): Escalation => ({
  id: '00000000-0000-4000-8000-00000000000e',
  partnershipId: charter.partnershipId,
  charterVersion: 1,
  askingSide: 'client',
  askedSide: 'provider',
  by: by.id,
  state: 'worry',
  ending: null,
  critical: false,
  updateEverySeconds: null,
  request: { what: 'x', why: 'x', wanted: 'x', doneWhen: 'x' },
  evidence: '',
  byItself: false,
  obligationId: null,
  pathway: asked.map((people, index) => ({
    name: `l${index}`,
    asked: people,
    takeWithinSeconds: 3600 * (index + 1),
    elapsed: index === 2,
  })),
  level: 0,
  asking: 0,
  repeated: 0,
  calls: [],
  everAsked: [],
  skipped: [],
  spentAt: null,
  holder: null,
  nextUpdateAt: null,
  proposal: null,
  resolvedBy: null,
  closesAt: null,
  tree: null,
  openedAt,
  endedAt: null,
  revision: 0,
});
