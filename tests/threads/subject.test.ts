import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSubject, type SubjectKind } from '../../bot/threads/subject.ts';

const withPrefix = (kind: SubjectKind, subjects: string[]): [SubjectKind, string][] => subjects.map((subject) => [kind, subject]);

describe('prefixes of many languages', () => {
  it.each([
    ...withPrefix('reply', [
      'Re: Offer',
      'RE: Offer',
      're:Offer',
      'AW: Offer',
      'Antw: Offer',
      'Antw.: Offer',
      'SV: Offer',
      'VS: Offer',
      'RIF: Offer',
    ]),
    ...withPrefix('reply', [
      'R: Offer',
      'RES: Offer',
      'Réf. : Offer',
      'Rép : Offer',
      'YNT: Offer',
      'ynt: Offer',
      'Odp: Offer',
      'ODP: Offer',
      'Odg: Offer',
    ]),
    ...withPrefix('reply', [
      'Ats: Offer',
      'Atb: Offer',
      'Vá: Offer',
      'VÁLASZ: Offer',
      'BLS: Offer',
      'ΑΠ: Offer',
      'απ: Offer',
      'ΣΧΕΤ: Offer',
      'Отв: Offer',
    ]),
    ...withPrefix('reply', [
      'Відп: Offer',
      'Отг: Offer',
      '回复: Offer',
      '回复：Offer',
      '答复: Offer',
      '回覆: Offer',
      '返信: Offer',
      '회신: Offer',
      'RE：Offer',
    ]),
    ...withPrefix('reply', ['תגובה: Offer', '\u200fהשב: Offer', 'رد: Offer', 'پاسخ: Offer', 'ตอบกลับ: Offer', 'Trả lời: Offer']),
    ...withPrefix('forward', [
      'Fwd: Offer',
      'FW: Offer',
      'Fw:Offer',
      'WG: Offer',
      'VB: Offer',
      'VL: Offer',
      'TR : Offer',
      'RV: Offer',
      'ENC: Offer',
    ]),
    ...withPrefix('forward', [
      'I: Offer',
      'Doorst: Offer',
      'PD: Offer',
      'İLT: Offer',
      'ilt: Offer',
      'ILT: Offer',
      'ΠΡΘ: Offer',
      'Tov: Offer',
      'TRS: Offer',
    ]),
    ...withPrefix('forward', [
      'Пересл: Offer',
      '转发: Offer',
      '转发：Offer',
      '轉寄: Offer',
      '転送: Offer',
      '전달: Offer',
      'הועבר: Offer',
      'إعادة توجيه: Offer',
    ]),
    ...withPrefix('forward', ['Chuyển tiếp: Offer', '[Fwd: Offer]', 'Offer (fwd)']),
    ...withPrefix('automatic', [
      'Automatic reply: Offer',
      'Out of Office: Offer',
      'AUTO: Offer',
      'Automatische Antwort: Offer',
      'Abwesenheitsnotiz: Offer',
    ]),
    ...withPrefix('automatic', [
      'Respuesta automática: Offer',
      'Réponse automatique : Offer',
      'Risposta automatica: Offer',
      'Resposta automática: Offer',
    ]),
    ...withPrefix('automatic', ['Autosvar: Offer', 'Automatiskt svar: Offer', 'Automatisk svar: Offer', 'Automaattinen vastaus: Offer']),
    ...withPrefix('automatic', [
      'Automatisch antwoord: Offer',
      'Automatyczna odpowiedź: Offer',
      'Odpowiedź automatyczna: Offer',
      'Automatická odpověď: Offer',
    ]),
    ...withPrefix('automatic', [
      'Automatikus válasz: Offer',
      'Răspuns automat: Offer',
      'Автоматический ответ: Offer',
      'Автоматична відповідь: Offer',
    ]),
    ...withPrefix('automatic', [
      'Αυτόματη απάντηση: Offer',
      'Otomatik yanıt: Offer',
      'OTOMATİK YANIT: Offer',
      '自動応答: Offer',
      '自动答复: Offer',
      '自动回复：Offer',
    ]),
    ...withPrefix('automatic', [
      '자동 회신: Offer',
      'תשובה אוטומטית: Offer',
      'رد تلقائي: Offer',
      'Trả lời tự động: Offer',
      '[Auto-Reply] Offer',
      '【自動返信】Offer',
    ]),
    ...withPrefix('meeting-response', [
      'Accepted: Offer',
      'Zugesagt: Offer',
      'Accepté : Offer',
      'Rechazado: Offer',
      '承諾済み: Offer',
      'Canceled: Offer',
    ]),
    ...withPrefix('non-delivery', ['Undeliverable: Offer', 'Unzustellbar: Offer', 'Non remis : Offer', '配信不能: Offer']),
  ])('%s: %s', (kind, subject) => {
    expect(parseSubject(subject)).toMatchObject({ kind, bare: 'offer', title: 'Offer' });
  });

  it.each([
    ['Re: AW: RE[2]: Fwd: Offer', ['reply', 'reply', 'reply', 'forward']],
    ['RE:RE:FW:Offer', ['reply', 'reply', 'forward']],
    ['Re^3: Offer', ['reply']],
    ['Re(2): Offer', ['reply']],
    ['Re*4: Offer', ['reply']],
    ['回复：Re：Offer', ['reply', 'reply']],
    ['Automatic reply: Re: Offer', ['automatic', 'reply']],
    ['Re: Automatic reply: Offer', ['reply', 'automatic']],
    ['[openbmc] Re: Offer', ['reply']],
    ['Re: [openbmc] AW: Offer', ['reply', 'reply']],
    ['[EXTERNAL] [list-name] Re: Offer', ['reply']],
    ['Re:\r\n Offer', ['reply']],
    ['  Re\u00a0:\u00a0\tOffer ', ['reply']],
    ['Ｒｅ：Offer', ['reply']],
  ])('mixed: %j', (subject, kinds) => {
    const parsed = parseSubject(subject);
    expect(parsed.prefixes.map((prefix) => prefix.kind)).toEqual(kinds);
    expect(parsed.kind).toBe(kinds[0]);
    expect(parsed.bare).toBe('offer');
  });
});

it.each([
  ['Re', 're'],
  ['Reading: the second chapter', 'reading: the second chapter'],
  ['Re-use of parts', 're-use of parts'],
  ['Report: March', 'report: march'],
  ['r: lower case is a list of points', 'r: lower case is a list of points'],
  ['Auto: insurance', 'auto: insurance'],
  ['Ref: 12345', 'ref: 12345'],
  ['Offer', 'offer'],
  ['', ''],
  ['[urgent]', '[urgent]'],
  ['12:30 call', '12:30 call'],
  [': x', ': x'],
])('leaves %j alone', (subject, bare) => {
  expect(parseSubject(subject)).toMatchObject({ kind: 'fresh', bare, prefixes: [] });
});

it.each([
  ['Straße nach Köln', 'STRASSE NACH KÖLN'],
  ['ΟΔΟΣ', 'οδος'],
  ['İstanbul', 'istanbul'],
  ['Cafe\u0301', 'Café'],
  ['a   b', 'a\n b'],
  ['ﬁle', 'file'],
  ['off\u200ber', 'offer'],
  ['\u202eoffer\u202c', 'offer'],
  ['Re: [Ticket 17] Offer', '[Ticket 17] Re: offer'],
])('%j and %j are the same', (one, other) => {
  expect(parseSubject(one).bare).toBe(parseSubject(other).bare);
});

it('keeps tickets and parts of a series apart, which a list tag does not', () => {
  expect(parseSubject('Re: [Ticket 17] Offer').bare).not.toBe(parseSubject('Re: [Ticket 18] Offer').bare);
  expect(parseSubject('[PATCH 1/2] Offer').bare).not.toBe(parseSubject('[PATCH 2/2] Offer').bare);
  expect(parseSubject('[builders] Offer').bare).toBe('offer');
});

it('says nothing about a prefix with nothing behind it but its kind', () => {
  expect(parseSubject('Re:')).toMatchObject({ kind: 'reply', bare: '', title: '' });
});

it('reads any text, is stable on its own result and quick on long ones', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const parsed = parseSubject(text);
      expect(parseSubject(parsed.bare).bare.length).toBeLessThanOrEqual(parsed.bare.length);
      expect(parseSubject(`Re: ${text}`).bare).toBe(parsed.bare);
      expect(parsed.title).not.toMatch(/\p{Bidi_Control}|\p{Cc}/u);
    }),
  );
  expect(parseSubject(`${'Re: '.repeat(20_000)}Offer`).bare).toBe('offer');
  expect(parseSubject('['.repeat(50_000)).kind).toBe('fresh');
});
