import { expect } from '@jest/globals';
import type { Charter } from '../../bot/charter/charter.ts';
import type { Obligation } from '../../bot/responses/obligation.ts';
import type { Press } from '../../bot/responses/press.ts';
import { type FoldInput, fold } from '../../bot/responses/rules.ts';
import type { Message } from '../../bot/threads/message.ts';
import { aCharter, aMail } from '../support/builders.ts';

/** Manila is seven hours ahead of Amsterdam in these weeks (CET): 09:00-18:00 there is 01:00-10:00 UTC; Amsterdam's 09:00-17:00 is 08:00-16:00 UTC. */
export const A = 'anna@contoso.com';
export const P = 'pia@fabrikam.com';

/** Mail as one thread (`mail`) or several; what is not given is empty. */
export interface Case {
  threads?: readonly (readonly Message[])[];
  mail?: readonly Message[];
  other?: readonly Message[];
  meetings?: FoldInput['meetings'];
  learned?: FoldInput['learned'];
  presses?: readonly Press[];
  charter?: Charter;
  charters?: readonly Charter[];
  now?: string;
}
/** What the rules make of mail and presses: every wait of the threads. */
export const run = ({
  threads,
  mail = [],
  other = [],
  meetings = [],
  learned = [],
  presses = [],
  charter = aCharter(),
  charters = [charter],
  now = '2026-03-04T00:00:00Z',
}: Case): Obligation[] =>
  fold(
    {
      partnershipId: charter.partnershipId,
      threads: (threads ?? [mail]).map((messages, index) => ({ id: `thread-${index}`, messages })),
      otherMail: other,
      meetings,
      charters,
      presses,
      learned,
      lapses: [],
    },
    new Date(now),
  );
/** The only wait for an answer of a side. */
export const only = (found: readonly Obligation[], debtor: 'client' | 'provider' = 'provider'): Obligation => {
  const own = found.filter((o) => o.debtor === debtor);
  expect(own).toHaveLength(1);
  return own[0]!;
};
export const at = (text: string) => new Date(text);

// Tuesday 3 March 2026, 09:00 in Manila; eight working hours end at 17:00 (09:00 UTC).
export const question = () => aMail(A, '2026-03-03T01:00Z', { to: P, key: '<q>' });
export const answer = (when = '2026-03-03T05:00Z', from = P) =>
  aMail(from, when, { to: A, subject: 'Re: Server move', key: `<a ${when}>` });
