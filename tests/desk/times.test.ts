import { describe, expect, it } from '@jest/globals';
import { nextMorning, targetOf } from '../../infra/local/desk/moves.ts';
import { markdown } from '../../infra/local/desk/page/markdown.ts';
import { dayAndTime, instantOf, wallClock, withMacros } from '../../infra/local/desk/page/times.ts';

describe('the clock buttons', () => {
  it.each([
    ['in the evening', '2026-11-24T20:00:00Z', '2026-11-25T08:00:00Z'],
    ['before work', '2026-11-24T05:00:00Z', '2026-11-24T08:00:00Z'],
    ['inside the day', '2026-11-24T10:00:00Z', '2026-11-25T08:00:00Z'],
    ['at nine sharp', '2026-11-24T08:00:00Z', '2026-11-25T08:00:00Z'],
    ['on Friday, over the weekend', '2026-11-27T14:00:00Z', '2026-11-30T08:00:00Z'],
    ['over the change of the clocks', '2027-03-26T15:00:00Z', '2027-03-29T07:00:00Z'],
  ])('next working morning %s', (_when, now, morning) => {
    expect(nextMorning(new Date(now), 'Europe/Amsterdam')).toEqual(new Date(morning));
  });

  it('finds the next thing that happens, just after it, or says that there is none', async () => {
    const now = () => new Date('2026-11-24T10:00:00Z');
    const step = { step: 'next', as: 'anna' } as const;
    expect(await targetOf(step, 'UTC', { now, nextAt: async () => new Date('2026-11-24T12:00:00Z') })).toEqual(
      new Date('2026-11-24T12:00:01Z'),
    );
    expect(await targetOf(step, 'UTC', { now, nextAt: async () => new Date('2026-11-20T12:00:00Z') })).toEqual(
      new Date('2026-11-24T10:00:01Z'),
    );
    expect(await targetOf(step, 'UTC', { now, nextAt: async () => null })).toBeNull();
  });
});

describe('times on the page', () => {
  it('reads a wall clock in a zone and writes it back', () => {
    const at = instantOf('2027-03-28T09:30', 'Europe/Amsterdam');
    expect(at).toEqual(new Date('2027-03-28T07:30:00Z'));
    expect(wallClock(at, 'Europe/Amsterdam')).toBe('2027-03-28T09:30');
    expect(dayAndTime(at, 'Asia/Manila')).toBe('Sun 28 Mar, 15:30');
  });

  it('writes DATE and TIME macros out for the person who is looking, and leaves alone what the renderer would not read', () => {
    const card = {
      body: [{ text: 'By {{DATE(2026-11-25T10:00:00Z, SHORT)}} {{TIME(2026-11-25T10:00:00Z)}}, {{TIME(2026-11-25T10:00:00.000Z)}}' }],
    };
    expect(withMacros(card, 'Asia/Manila')).toEqual({ body: [{ text: 'By Wed, 25 Nov 2026 18:00, {{TIME(2026-11-25T10:00:00.000Z)}}' }] });
  });
});

describe('markdown of cards', () => {
  it.each([
    ['**bold** and _soft_', '<p><strong>bold</strong> and <em>soft</em></p>'],
    ['- one\n- two', '<ul><li>one</li><li>two</li></ul>'],
    ['[a link](https://example.com/x)', '<p><a href="https://example.com/x" target="_blank" rel="noopener">a link</a></p>'],
    ['\\*not\\* \\[a link\\]\\(https://x.example\\)', '<p>*not* [a link](https://x.example)</p>'],
    ['[bad](javascript:alert(1))', '<p>[bad](javascript:alert(1))</p>'],
    ['<img src=x onerror=1>', '<p>&lt;img src=x onerror=1&gt;</p>'],
    ['snake_case_word 2*3*4', '<p>snake_case_word 2*3*4</p>'],
  ])('%s', (text, html) => {
    expect(markdown(text)).toBe(html);
  });
});
