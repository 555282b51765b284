import { describe, expect, it } from '@jest/globals';
import type { Side } from '../../bot/contract/sides.ts';
import type { StoredObligation } from '../../bot/responses/index.ts';
import { headlineOf } from '../../bot/today/headline.ts';
import { aCharter } from '../support/builders.ts';
import { aMatter } from '../support/views.ts';

const now = new Date('2026-03-03T09:00:00Z');
const mail = (debtor: Side, alertAt: string | null) => ({ debtor, alertAt: alertAt && new Date(alertAt) }) as StoredObligation;
const [late, early] = ['2026-03-03T08:00:00Z', '2026-03-03T10:00:00Z'];
const matter = (side: Side, pastDue: boolean) => aMatter({ waitingFor: { side, name: side, role: null }, pastDue });

describe('the page in a sentence', () => {
  it.each([
    ['nothing', [], [], 'Nothing waits between Contoso and Fabrikam.'],
    ['one mail', [mail('provider', early)], [], 'Nothing is past the agreed time. One answer is expected.'],
    ['two', [mail('provider', early), mail('client', null)], [], 'Nothing is past the agreed time. 2 answers are expected.'],
    ['a decision alone', [], [matter('client', false)], 'Nothing is past the agreed time. One thing waits.'],
    ['both', [mail('provider', early), mail('client', null)], [matter('client', false)], 'Nothing is past the agreed time. 3 things wait.'],
    ['one side late', [mail('provider', late), mail('client', early)], [], 'Past the agreed time: 1 with Fabrikam.'],
    [
      'a decision counts as a mail does',
      [mail('client', late), mail('provider', late)],
      [matter('client', true)],
      'Past the agreed time: 2 with Contoso, 1 with Fabrikam.',
    ],
  ])('%s', (_what, open, matters, said) => expect(headlineOf(aCharter(), { open, matters }, 'client', now)).toBe(said));

  it("one's own side first", () => {
    const waiting = { open: [mail('client', late), mail('provider', late)], matters: [] };
    expect(headlineOf(aCharter(), waiting, 'provider', now)).toBe('Past the agreed time: 1 with Fabrikam, 1 with Contoso.');
  });
});
