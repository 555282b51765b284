import { describe, expect, it } from '@jest/globals';
import type { ActionView } from '../../bot/contract/obligation.ts';
import { withLinks } from '../../bot/responses/buttons.ts';

const named = (verb: string): ActionView => ({ verb, rank: 'few', label: verb, inputs: [] });
const buttons = ['obligation.wasAnswer', 'obligation.wasNotAnswer', 'obligation.askAgain'].map(named);
const links = [named('link')];

describe('where a link stands among the buttons', () => {
  it.each([
    ['nothing is asked', undefined, 0],
    ['something is asked: behind its answers', 'wasAnswer', 2],
    ['he is only told something', 'away', 0],
    ['nobody answers: a call first', 'stillWaiting', 0],
  ])('%s', (_what, question, place) => {
    expect(withLinks(buttons, links, question).findIndex(({ verb }) => verb === 'link')).toBe(place);
  });
});
