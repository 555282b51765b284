import { type ParsedSubject, parseSubject } from './subject.ts';

/**
 * Who wrote a message: a person, a machine, or a person through a list. An answer of a machine settles nothing and expects nothing.
 * Headers decide where they are known; where they are not (sent copies, the sender's own mail), the subject is a weak sign.
 */
export type MailKind = 'human' | 'automatic' | 'nonDelivery' | 'meeting' | 'robot' | 'list';

export type Classification = {
  readonly kind: MailKind;
  /** The sign that decided, stable, for the history and for the reason that people read. */
  readonly reason: MailSign;
  /** False where only the wording of the subject says so, which a person could have written too. */
  readonly certain: boolean;
};

export type MailSign =
  | 'none'
  | 'odata.event-message'
  | 'content-type.calendar'
  | 'content-type.report'
  | 'from.mail-system'
  | 'from.robot'
  | 'auto-submitted'
  | 'x-autoreply'
  | 'precedence'
  | 'return-path.empty'
  | 'list'
  | 'subject.automatic'
  | 'subject.meeting'
  | 'subject.non-delivery';

/** Header names in lower case; each value unfolded. */
export type MailHeaders = ReadonlyMap<string, readonly string[]>;

export type MailSigns = {
  readonly subject: string;
  /** The same, where it has been parsed already. */
  readonly parsed?: ParsedSubject;
  /** The author's address. */
  readonly from: string;
  /** `@odata.type` of the Graph item, when it came from Graph. */
  readonly odataType?: string | undefined;
  /** Absent when unknown (sent copies have none), which is not the same as empty. */
  readonly headers?: MailHeaders | undefined;
};

/** The headers of a Graph message (`internetMessageHeaders`) by lower-case name. */
export function headersByName(headers: Iterable<{ readonly name?: string | null; readonly value?: string | null }>): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const { name, value } of headers) {
    const key = (name ?? '').toLowerCase();
    const known = byName.get(key);
    if (known) known.push(value ?? '');
    else byName.set(key, [value ?? '']);
  }
  return byName;
}

const MAIL_SYSTEM = /^(?:mailer-?daemon|postmaster|mail-?daemon|microsoftexchange[0-9a-f]{32})@/iu;
const ROBOT =
  /^(?:(?:[^@]+[._+-])?(?:no|not|dont|do-?not|donot|never)[._-]?reply(?:[._+-][^@]*)?|robot(?:[._+-][^@]*)?|(?:calendar-)?notifications?(?:[._+-][^@]*)?|bounces?(?:[._+-][^@]*)?)@/iu;
/** Complete sentences of mail servers; one-word forms with a colon are prefixes and known to the subject parser. */
const RETURNED =
  /^(?:undeliver(?:able|ed)|mail delivery (?:failed|failure|system|subsystem)|delivery (?:failure|has failed|status notification ?\(failure\))|returned mail|failure notice|message undeliverable|mail could not be delivered|nicht zustellbar|unzustellbar|échec de (?:la )?remise|non remis|mensaje no entregado|no se puede entregar|mancato recapito|impossibile recapitare|onbestelbaar|falha na entrega|配信不能|退信|系统退信)/iu;
const NO_ANSWER_PRECEDENCE = /^(?:auto[_-]?reply|bulk|junk)$/iu;
const REPORT_TYPE = /report-type\s*=\s*"?([a-z-]+)/iu;

/**
 * The kind of a message by its headers, its type and, last and uncertain, its subject. `X-Auto-Response-Suppress` says nothing: it stands
 * on ordinary bulk mail and only asks others not to answer by machine.
 */
export function classify({ subject, parsed = parseSubject(subject), from, odataType, headers }: MailSigns): Classification {
  const header = (name: string): string => headers?.get(name)?.[0]?.trim() ?? '';
  const certainly = (kind: MailKind, reason: MailSign): Classification => ({ kind, reason, certain: true });

  if (odataType?.toLowerCase().startsWith('#microsoft.graph.eventmessage')) return certainly('meeting', 'odata.event-message');
  const contentType = header('content-type').toLowerCase();
  if (contentType.startsWith('text/calendar')) return certainly('meeting', 'content-type.calendar');

  const returned = parsed.kind === 'non-delivery' || RETURNED.test(subject.trim());
  if (contentType.startsWith('multipart/report')) {
    const report = REPORT_TYPE.exec(contentType)?.[1] ?? '';
    // Read receipts and complaints are reports too. A report that says nothing of its type is judged by its subject.
    const delivery = report === 'delivery-status' || (report === '' && (returned || MAIL_SYSTEM.test(from)));
    const delayed = /\bdelay(?:ed)?\b/iu.test(subject);
    return certainly(delivery && !delayed ? 'nonDelivery' : 'automatic', 'content-type.report');
  }
  if (MAIL_SYSTEM.test(from)) return certainly(returned ? 'nonDelivery' : 'robot', 'from.mail-system');

  // RFC 3834: the value, parameters and comments aside, is `no` for people's mail.
  const submitted = header('auto-submitted').toLowerCase();
  if (submitted !== '' && !/^no(?:[\s;(]|$)/u.test(submitted)) return certainly('automatic', 'auto-submitted');
  if (headers?.has('x-autoreply') || headers?.has('x-autorespond') || headers?.has('x-autoresponder')) {
    if (!/^(?:no|false)$/iu.test(header('x-autoreply'))) return certainly('automatic', 'x-autoreply');
  }
  const list = headers !== undefined && ['list-id', 'list-post', 'x-mailing-list'].some((name) => headers.has(name));
  const precedence = header('precedence');
  // Lists mark what people write to them as bulk: there it says nothing about the author.
  if (NO_ANSWER_PRECEDENCE.test(precedence) && !(list && /^bulk$/iu.test(precedence))) return certainly('automatic', 'precedence');
  if (headers?.has('return-path') && /^<\s*>$/u.test(header('return-path'))) return certainly('automatic', 'return-path.empty');
  if (ROBOT.test(from)) return certainly('robot', 'from.robot');

  if (parsed.kind === 'automatic') return { kind: 'automatic', reason: 'subject.automatic', certain: false };
  if (list || /^list$/iu.test(precedence)) return certainly('list', 'list');
  // From here the wording alone speaks. Graph would have said that it is a meeting, so there the words are a person's.
  if (parsed.kind === 'meeting-response' && odataType === undefined) return { kind: 'meeting', reason: 'subject.meeting', certain: false };
  if (parsed.kind === 'non-delivery') return { kind: 'nonDelivery', reason: 'subject.non-delivery', certain: false };
  return certainly('human', 'none');
}
