/**
 * What stands in front of a subject. Mail programs put a word for reply, forward or automatic reply before it, each in its own
 * language and sometimes several times; what is left, compared without case, is the bare subject by which mail belongs together.
 * The words are those that Outlook, Exchange, Gmail, Notes, Thunderbird, QQ and others write, by kind and not by language:
 * several languages share one. Where two languages disagree, the reading is said beside the word.
 */

/** `fresh` has no prefix. `meeting-response` and `non-delivery` are words that calendars and mail servers put there; people may too. */
export type SubjectKind = 'fresh' | 'reply' | 'forward' | 'automatic' | 'meeting-response' | 'non-delivery';

export type SubjectPrefix = { readonly text: string; readonly kind: Exclude<SubjectKind, 'fresh'> };

export type ParsedSubject = {
  /** For comparison only: without prefixes and list tags, compatibility-normalised, without case, spaces collapsed. May be empty. */
  readonly bare: string;
  /** The same part as it was written, for people to read; free of control and direction characters. May be empty. */
  readonly title: string;
  /** The kind of the outermost prefix: `Re: Automatic reply: x` is a person's reply. */
  readonly kind: SubjectKind;
  /** Outermost first. */
  readonly prefixes: readonly SubjectPrefix[];
};

const REPLY = [
  ...['re', 'aw', 'antw', 'antwort', 'sv', 'vs' /* Finnish reply, Norwegian forward: read as reply */, 'rif', 'ri', 'res', 'resp'],
  ...['réf', 'rép', 'ynt', 'yan', 'odp', 'odg', 'ats', 'atb', 'vá', 'válasz', 'bls', 'balas', 'răsp', 'svar', 'απ', 'απάντ', 'σχετ'],
  ...[
    'отв',
    'ответ',
    'отг',
    'відп',
    'відповідь',
    'одг',
    'на',
    '回复',
    '答复',
    '回覆',
    '答覆',
    '回復',
    '回信',
    '返信',
    '회신',
    '답장',
    '답신',
  ],
  ...['תגובה', 'השב', 'תשובה', 'رد', 'الرد', 'پاسخ', 'ตอบ', 'ตอบกลับ', 'trả lời', 'उत्तर', 'जवाब'],
];

const FORWARD = [
  ...['fw', 'fwd', 'wg', 'vb', 'vl', 'tr', 'rv', 'enc', 'doorst', 'pd', 'ilt', 'πρθ', 'προωθ', 'tov', 'továbbítás'],
  ...['trs', 'yml', 'edasi', 'pārsūt', 'posr', 'proslij', 'předáno', 'пересл', 'пер', 'препр', 'прослеђено'],
  ...['转发', '轉寄', '转寄', '轉發', '転送', '전달', 'הועבר', 'העברה', 'إعادة توجيه', 'تحويل', 'ارسال', 'ส่งต่อ', 'chuyển tiếp', 'अग्रेषित'],
];

const AUTOMATIC = [
  ...['automatic reply', 'automatic response', 'auto reply', 'auto-reply', 'autoreply', 'auto response', 'auto-response'],
  ...[
    'out of office',
    'out of office reply',
    'out of office autoreply',
    'out of office auto-reply',
    'out of office auto reply',
    'vacation reply',
  ],
  ...['automatische antwort', 'automatische rückantwort', 'abwesenheitsnotiz', 'abwesenheitsbenachrichtigung', 'abwesend'],
  ...['réponse automatique', 'absence du bureau', 'absent du bureau', "message d'absence"],
  ...['respuesta automática', 'fuera de la oficina', 'fuera de oficina', 'resposta automàtica', 'erantzun automatikoa'],
  ...['risposta automatica', 'fuori sede', 'fuori ufficio', 'resposta automática', 'ausência temporária', 'fora do escritório'],
  ...['automatisch antwoord', 'automatische beantwoording', 'afwezig', 'afwezigheidsbericht', 'afwezigheidsassistent'],
  ...['autosvar', 'automatiskt svar', 'automatisk svar', 'frånvarande', 'ikke til stede', 'automaattinen vastaus', 'poissa'],
  ...['sjálfvirkt svar', 'automatyczna odpowiedź', 'odpowiedź automatyczna', 'poza biurem', 'automatická odpověď', 'automatická odpoveď'],
  ...['automatikus válasz', 'házon kívül', 'răspuns automat', 'automatski odgovor', 'samodejni odgovor', 'аутоматски одговор'],
  ...[
    'automatinis atsakymas',
    'automātiska atbilde',
    'automātiskā atbilde',
    'automaatvastus',
    'автоматичен отговор',
    'автоматический ответ',
  ],
  ...['автоответ', 'автоматична відповідь', 'αυτόματη απάντηση', 'otomatik yanıt', 'otomatik cevap', '自動応答', '自動返信', '不在通知'],
  ...[
    '自动答复',
    '自动回复',
    '自動回覆',
    '自動回復',
    '自動答覆',
    '자동 회신',
    '자동 응답',
    '자동회신',
    '부재중 자동 회신',
    'תשובה אוטומטית',
    'מענה אוטומטי',
  ],
  ...['رد تلقائي', 'الرد التلقائي', 'پاسخ خودکار', 'ตอบกลับอัตโนมัติ', 'การตอบกลับอัตโนมัติ', 'trả lời tự động', 'thư trả lời tự động'],
  ...['balasan otomatis', 'jawaban otomatis', 'balasan automatik', 'स्वचालित उत्तर', 'स्वचालित जवाब'],
];

const MEETING = [
  ...['accepted', 'declined', 'tentative', 'tentatively accepted', 'canceled', 'cancelled', 'new time proposed', 'proposed new time'],
  ...['zugesagt', 'angenommen', 'abgelehnt', 'mit vorbehalt', 'abgesagt', 'accepté', 'refusé', 'provisoire', 'annulé'],
  ...[
    'aceptado',
    'aceptada',
    'rechazado',
    'rechazada',
    'provisional',
    'cancelado',
    'cancelada',
    'accettato',
    'rifiutato',
    'provvisorio',
    'annullato',
  ],
  ...['aceite', 'aceito', 'recusado', 'recusada', 'provisório', 'geaccepteerd', 'geweigerd', 'afgewezen', 'voorlopig', 'geannuleerd'],
  ...[
    'accepterat',
    'godkänt',
    'avböjt',
    'preliminärt',
    'inställt',
    'accepteret',
    'afslået',
    'foreløbig',
    'aflyst',
    'godtatt',
    'avslått',
    'avlyst',
  ],
  ...[
    'hyväksytty',
    'hylätty',
    'alustava',
    'peruutettu',
    'zaakceptowano',
    'zaakceptowane',
    'odrzucono',
    'odrzucone',
    'anulowano',
    'anulowane',
  ],
  ...['přijato', 'odmítnuto', 'zrušeno', 'elfogadva', 'elutasítva', 'lemondva', 'kabul edildi', 'reddedildi', 'iptal edildi'],
  ...['принято', 'отклонено', 'под вопросом', 'отменено', 'αποδοχή', 'απόρριψη', '承諾済み', '承諾', '辞退', '仮承諾', 'キャンセル済み'],
  ...[
    '已接受',
    '已拒绝',
    '已拒絕',
    '已取消',
    '暂定',
    '暫訂',
    '수락됨',
    '수락',
    '거절됨',
    '거절',
    '취소됨',
    'התקבל',
    'נדחה',
    'مقبول',
    'مرفوض',
  ],
];

const NON_DELIVERY = [
  ...[
    'undeliverable',
    'undelivered',
    'unzustellbar',
    'non remis',
    'non distribuable',
    'no se puede entregar',
    'no entregado',
    'non recapitabile',
  ],
  ...['onbestelbaar', 'niet bezorgd', 'não é possível entregar', 'não entregue', 'kan inte levereras', 'olevererbart', 'kan ikke leveres'],
  ...[
    'ei voi toimittaa',
    'toimitus epäonnistui',
    'niedostarczone',
    'niedostarczalne',
    'nie można dostarczyć',
    'nedoručitelné',
    'kézbesíthetetlen',
  ],
  ...['nelivrabil', 'teslim edilemedi', 'μη παραδοτέο', 'не удается доставить', 'недоставлено', 'недоставлене', '配信不能', '未配信'],
  ...['无法送达', '未送达', '無法傳遞', '배달되지 않음', '배달할 수 없음', 'לא ניתן למסירה', 'غير قابل للتسليم', 'תקלת מסירה'],
];

/** Most subjects: nothing in them has another form, a case beside that of these letters, or a place among what is taken out. */
const ASCII = /^[ -~]*$/;
const SPACES = / {2,}/g;

const KIND_OF = new Map<string, Exclude<SubjectKind, 'fresh'>>();
for (const [kind, words] of [
  ['non-delivery', NON_DELIVERY],
  ['meeting-response', MEETING],
  ['automatic', AUTOMATIC],
  ['forward', FORWARD],
  ['reply', REPLY],
] as const) {
  for (const word of words) KIND_OF.set(fold(word), kind);
}
const AUTOMATIC_TAGS = new Set(AUTOMATIC.map(fold));

/** Only in capitals: Italian Outlook's single letters, and the word of Notes, which in small letters is a car or a setting. */
const IN_CAPITALS = new Map<string, Exclude<SubjectKind, 'fresh'>>([
  ['R', 'reply'],
  ['I', 'forward'],
  ['AUTO', 'automatic'],
]);

/** A word of letters up to a colon, with the counters that some programs add: `Re[2]:`, `Re(2):`, `Re^3:`, `Re*2:`; `Réf. :` */
const PREFIX = /^([\p{L}\p{M}][\p{L}\p{M}'’ -]{0,39}?)\.? ?(?:\[\d{1,4}\]|\(\d{1,4}\)|[\^*]\d{1,4})? ?: ?/u;
const TAG = /^(?:\[([^[\]]{1,80})\]|【([^【】]{1,80})】) ?/u;
/** Netscape's way: the whole subject in brackets. */
const WRAPPED_FORWARD = /^\[(fwd?): ?(.*)\]$/iu;
const TRAILING_FORWARD = / ?\(fwd\)$/iu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Reads what stands before a subject. A word without a colon (`Re`) and a word that is no prefix (`Reading: x`) stay. */
export function parseSubject(subject: string): ParsedSubject {
  const prefixes: SubjectPrefix[] = [];
  const keptTags: string[] = [];
  let rest = plain(subject);
  for (;;) {
    const wrapped = WRAPPED_FORWARD.exec(rest);
    if (wrapped) {
      prefixes.push({ text: wrapped[1]!, kind: 'forward' });
      rest = wrapped[2]!.trim();
      continue;
    }
    const tag = TAG.exec(rest);
    if (tag) {
      const name = (tag[1] ?? tag[2] ?? '').trim();
      const after = rest.slice(tag[0].length).trim();
      if (AUTOMATIC_TAGS.has(fold(name))) prefixes.push({ text: name, kind: 'automatic' });
      else if (after === '') break;
      else if (/\p{N}/u.test(name)) keptTags.push(tag[0].trim());
      rest = after;
      continue;
    }
    const prefix = PREFIX.exec(rest);
    const kind = prefix && kindOf(prefix[1]!);
    if (!prefix || !kind) break;
    prefixes.push({ text: prefix[1]!.trim(), kind });
    rest = rest.slice(prefix[0].length).trim();
  }
  if (TRAILING_FORWARD.test(rest)) {
    rest = rest.replace(TRAILING_FORWARD, '');
    prefixes.push({ text: 'fwd', kind: 'forward' });
  }
  // A tag with a number is a ticket or a part of a series and tells subjects apart; one without is the name of a list or a label.
  const title = [...keptTags, rest].join(' ').trim();
  return { bare: fold(title), title, kind: prefixes[0]?.kind ?? 'fresh', prefixes };
}

function kindOf(word: string): Exclude<SubjectKind, 'fresh'> | undefined {
  const text = word.trim();
  return IN_CAPITALS.get(text) ?? KIND_OF.get(fold(text));
}

function plain(text: string): string {
  if (ASCII.test(text)) return text.replace(SPACES, ' ').trim();
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(UNPRINTABLE, '')
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Without case in any language: up and down again joins sharp s, dotless i and both small sigmas. */
function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase().replace(SPACES, ' ').trim();
  return text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('i\u0307', 'i')
    .replaceAll('ς', 'σ')
    .replaceAll('’', "'")
    .replace(/\s+/gu, ' ')
    .trim();
}
