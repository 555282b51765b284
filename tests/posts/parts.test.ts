import { describe, expect, it } from '@jest/globals';
import type { ActionView } from '../../bot/contract/obligation.ts';
import { actionsOf, fromActionView, inputsOf } from '../../bot/posts/actionView.ts';
import { actionSet, card, execute, facts, plain, textBlock, timeText } from '../../bot/posts/parts.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';

describe('text from mail and people is inert', () => {
  it.each([
    ['a link', '[press](https://evil.example)', '[press] (https:∕∕evil.example)'],
    ['a reference link', '[press][1]', '[press] [1]'],
    ['emphasis', '**now** _now_ snake_case', '∗∗now∗∗ ˍnowˍ snake_case'],
    ['a mention', '<at>Joan</at> hi', '‹at›Joan‹/at› hi'],
    ['a card function', '{{DATE(2026-01-01T00:00:00Z)}}', '{ {DATE(2026-01-01T00:00:00Z)} }'],
    ['a template', '$\u007Bsecret}', '$ {secret}'],
    ['a bare address', 'www.evil.example', 'www․evil.example'],
    ['an entity', '&lt;b&gt; R&D', '& lt;b& gt; R&D'],
    ['code', '`x` ~~y~~', 'ˋxˋ ∼∼y∼∼'],
    ['an escape', 'a\\*b', 'a∖∗b'],
    ['a list', '- one\n- two', '\u00A0- one - two'],
    ['a numbered list', '1. one', '\u00A01. one'],
    ['a heading', '# Big', '\u00A0# Big'],
    ['a quote', '> said', '› said'],
    ['lines', 'one\r\n\r\ntwo\u2028three', 'one two three'],
    ['turned text', 'invoice\u202Egpj.exe\u202C\u2066x\u2069', 'invoicegpj.exex'],
    ['invisible characters', 'a\u200Bb\u200Dc\uFEFFd\u00ADe\u0000f\u2060', 'abcdef'],
    ['piled marks', `a${'\u0316'.repeat(30)}`, `a${'\u0316'.repeat(3)}`],
    ['a lone surrogate', 'a\uD800b', 'ab'],
    ['nothing', undefined, ''],
    ['ordinary text', '[EXTERNAL] Re: Größe "Q3", 10 % (a@b.example)', '[EXTERNAL] Re: Größe "Q3", 10 % (a@b.example)'],
  ])('%s', (_what, hostile, shown) => expect(plain(hostile)).toBe(shown));

  it('cuts by characters, not in the middle of one', () => {
    expect(plain('😀😀😀😀', 3)).toBe('😀😀…');
    expect([...plain('x'.repeat(500))]).toHaveLength(160);
  });

  it('stays inert when it is made inert twice', () => {
    const once = plain('**[a](http://b)** {{c}} <at>d</at>');
    expect(plain(once)).toBe(once);
  });
});

const view = (over: Partial<ActionView>): ActionView => ({ verb: 'thing.do', label: 'Do it', rank: 'few', inputs: [], ...over });

describe('actions', () => {
  it('carries the same to the bot where a client knows no Action.Execute', () => {
    const action = execute('Not ours', 'obligation.notOurs', { subjectId: 'x', revision: 3 });
    expect(action).toMatchObject({ type: 'Action.Execute', verb: 'obligation.notOurs', data: { subjectId: 'x', revision: 3 } });
    expect(action.fallback).toMatchObject({ type: 'Action.Submit', data: { subjectId: 'x', revision: 3, verb: 'obligation.notOurs' } });
  });

  it('shows a few and keeps the rest behind More', () => {
    const many = Array.from({ length: 9 }, (_x, index) => execute(`Button ${index}`, `verb.${index}`, {}));
    const made = card([textBlock('Hello')], { actions: { few: many.slice(0, 2), more: many.slice(2) } });
    expect(cardErrors(made)).toEqual([]);
    const [, first, more] = made.body as [unknown, { actions: { title: string }[] }, unknown];
    expect(first.actions.map((action) => action.title)).toEqual(['Button 0', 'Button 1', 'More']);
    expect(more).toMatchObject({ type: 'Container', isVisible: false, id: 'more' });
  });

  it('makes no set where there is no action', () => expect(actionSet([], [])).toEqual([]));

  it('makes forms whose inputs come back by their own names', () => {
    const views = [
      view({ verb: 'a.b', inputs: [{ id: 'on', kind: 'date', label: 'Day', required: true, value: '2026-11-26' }] }),
      view({
        verb: 'c.d',
        rank: 'more',
        inputs: [{ id: 'on', kind: 'datetime', label: 'When', required: true, value: '2026-11-26T15:00' }],
      }),
      view({
        verb: 'e.f',
        rank: 'more',
        inputs: [{ id: 'why', kind: 'text', label: 'Why', required: false, max: 200, placeholder: 'In a sentence' }],
      }),
      view({
        verb: 'g.h',
        rank: 'more',
        inputs: [{ id: 'who', kind: 'choice', label: 'Who', required: true, choices: [{ value: '1', title: 'Service desk' }] }],
      }),
      view({ verb: 'i.j', rank: 'more', openUrl: 'mailto:ops@fabrikam.example', hint: 'Opens a mail' }),
      view({ verb: 'k.l', hint: 'A hint' }),
    ];
    const made = card([textBlock('Forms')].concat(actionsOf(views, 'obligation-1', 7)));
    expect(cardErrors(made)).toEqual([]);
    expect(cardTexts(made)).toContain('In a sentence');
    expect(inputsOf('c.d', { 'a.b:on': '2026-01-01', 'c.d:on': '2026-11-26', 'c.d:on~time': '16:30', subjectId: 'x' })).toEqual({
      on: '2026-11-26T16:30',
    });
    expect(inputsOf('c.d', { 'c.d:on': '2026-11-26', 'c.d:on~time': '' })).toEqual({ on: '2026-11-26' });
  });

  it('opens links as links', () =>
    expect(fromActionView(view({ openUrl: 'https://rapport.example/x' }), 'id')).toMatchObject({
      type: 'Action.OpenUrl',
      url: 'https://rapport.example/x',
    }));
});

describe('times', () => {
  const at = new Date('2026-11-22T10:00:00.123Z');
  it("are absolute, in the reader's time and in the places of the partnership", () =>
    expect(timeText(at, [{ place: 'Manila', text: 'Sun 22 Nov, 18:00' }])).toBe(
      '{{DATE(2026-11-22T10:00:00Z, SHORT)}} {{TIME(2026-11-22T10:00:00Z)}} your time (Sun 22 Nov, 18:00 in Manila)',
    ));
  it('cannot be broken by a place name', () => expect(timeText(at, [{ place: '{{x}}', text: '18:00' }])).not.toContain('{{x'));
});

it('rows without a value are left out', () =>
  expect(
    facts([
      ['Since', 'Tue'],
      ['Expected by', null],
    ]).facts,
  ).toEqual([{ title: 'Since', value: 'Tue' }]));

describe('the checker finds', () => {
  it.each([
    ['an unknown element', { type: 'Badge', text: 'x' }, /Badge/],
    ['an Execute without fallback', { type: 'ActionSet', actions: [{ type: 'Action.Execute', title: 'x', verb: 'y' }] }, /fallback/],
    ['an input without an id', { type: 'Input.Text', label: 'x' }, /renderer/],
  ])('%s', (_what, element, error) => expect(cardErrors(card([element])).join('\n')).toMatch(error));
  it('a card that is too large', () => expect(cardErrors(card([textBlock('x'.repeat(26_000))])).join()).toMatch(/25 KB/));
});
