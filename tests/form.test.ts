import { expect, it } from '@jest/globals';
import { mailto } from '../bot/form.ts';

const bodyOf = (link: string): string => new URL(link).searchParams.get('body') ?? '';

it('leaves a mail that is not too long as it is', () => {
  expect(mailto(['a+b@c.example', 'd@e.example'], 'Minutes', 'One & two\nThree', ['f@g.example'])).toBe(
    'mailto:a%2Bb%40c.example,d%40e.example?cc=f%40g.example&subject=Minutes&body=One%20%26%20two%0AThree',
  );
});

it('ends one that is too long with a whole line: a letter of two halves is never cut apart', () => {
  const line = `${'😀'.repeat(30)}.`;
  const body = bodyOf(mailto(['a@b.example'], 'Minutes', Array.from({ length: 40 }, () => line).join('\n')));
  const lines = body.split('\n');
  expect(body.length).toBeLessThanOrEqual(1802);
  expect(lines.at(-1)).toBe('…');
  expect(new Set(lines.slice(0, -1))).toEqual(new Set([line]));
});

it('ends a single line that is too long with a whole letter', () => {
  const body = bodyOf(mailto(['a@b.example'], 'Minutes', `x${'😀'.repeat(2000)}`));
  expect(body).toMatch(/^x(😀)+…$/u);
  expect([...body]).toHaveLength(1800);
});
