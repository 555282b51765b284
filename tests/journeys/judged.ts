import type { StoredObligation } from '../../bot/responses/store.ts';
import type { ArchiveSlug } from './archive.ts';

/** What a reader of the bodies found in one partnership. Waits go by the first six characters of the id of the mail that opened them. */
export interface Judged {
  /** Somebody of the asking side waited for an answer of the other: he asked a question or for something, in this mail or a further one. */
  readonly asked: ReadonlySet<string>;
  /** A patch sent round for review, to maintainers of many companies: it cannot be told who waited for whom. */
  readonly patch: ReadonlySet<string>;
  /** So much of the body is left out of the archive that nobody can tell. */
  readonly cut: ReadonlySet<string>;
  /** Of those asked: the mail that ended it answered something else, or it had lapsed; when the answer came, null for never. */
  readonly answeredAt: ReadonlyMap<string, string | null>;
}
const ids = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** All waits that were not named here asked for nothing: answers, thanks, remarks to third parties. */
export const JUDGED: Readonly<Record<ArchiveSlug, Judged>> = {
  'provider-a': {
    asked:
      ids(`27f159 fc0536 ea3d10 f06813 2c6223 5d04e0 7c3f2c 2f017d e70d9c b45843 15258d f944d9 46e5c6 845e3d b7d3b5 bb8e43 540a0e e31eed
      f7b56a 096396 7e2dbb 8c6fd8 a360e0 b5db6f b65c25 c3dabe 6408ae a42c82 5314f3 c0ce38 0690de 24590c c493bb 503958 dfb8da cef287`),
    patch:
      ids(`c5eca6 8257e9 1bb048 610610 7153f5 351d0a 33ac0e 5da8dd c7a9b0 0a9e3c 68afae 0be7c8 899cb5 79a113 21a347 20992a e58681 83a519
      45e46a c8daaf`),
    cut: ids('a6ae07 b65a51 89080b ed41b3 0e0c20'),
    answeredAt: new Map([
      ['15258d', '2022-03-18T06:45Z'],
      ['f944d9', '2022-10-20T07:13Z'],
      ['7e2dbb', '2023-08-31T06:04Z'],
      ['a360e0', '2023-10-05T06:21Z'],
      ['b65c25', '2024-08-21T06:43Z'],
      ['24590c', '2026-03-03T01:45Z'],
    ]),
  },
  'provider-b': {
    asked:
      ids(`72c9b0 f607d1 6997c5 4cd40e 1d5ba8 1b384f 805817 acd8ac affc60 03bbb9 819d3a 3d737e a80893 2b40f9 8408be 89ace9 da268a 76e4c1
      7499f2 f02e76 d56451 293d3f b5391a d65b4b 7ee6d1 8c13eb f94968 6b9451 3fa5da 4301be e8f360 10fe35 1b73a4 3aadd9 deeb4c d9daf1 d88e78
      cb0ea4 2bf498 ff9c2f d0f06e c527b8 f3f3dd 0bfe92 04b871 7e413e 4497dc d1804f d21d2e db7b47 ed9eb0 8309d1 92920d a21831 01fbf2 4e2cec
      41ab8c ee81a1 ce404d e44ad8 4416b9 52eedd afa968 4a9f53`),
    patch: ids('a7c937'),
    cut: ids('d20127 4832fa eaa8f4 c046ce 2686a6 538efc e76dda d36b38'),
    answeredAt: new Map([
      ['03bbb9', null],
      ['819d3a', '2019-09-17T22:39Z'],
      ['d56451', null],
      ['4497dc', '2020-04-22T17:25Z'],
    ]),
  },
};

const nameOf = (wait: StoredObligation): string => wait.openingKey.slice(1, 7);

/** The waits of a partnership beside what the reader found: how many of each kind. @throws when a judgement is of no wait any more */
export function compared(waits: readonly StoredObligation[], judged: Judged): Readonly<Record<string, number>> {
  const known = new Set(waits.map(nameOf));
  const lost = [...judged.asked, ...judged.patch, ...judged.cut].filter((name) => !known.has(name));
  if (lost.length > 0) throw new Error(`judged, but no wait any more: ${lost.join(' ')}`);
  const counts: Record<string, number> = {};
  for (const wait of waits) {
    const line = lineOf(wait, judged);
    counts[line] = (counts[line] ?? 0) + 1;
  }
  return counts;
}

function lineOf(wait: StoredObligation, { asked, patch, cut, answeredAt }: Judged): string {
  const name = nameOf(wait);
  const found = asked.has(name) ? 'asked' : patch.has(name) ? 'patch' : cut.has(name) ? 'cannot be told' : 'nothing asked';
  if (wait.pastDueAt) return `alert: ${found}`;
  if (wait.verdict.answer === 'expected') return `expected, answered before the alert: ${found}`;
  if (found !== 'asked') return `unsure: ${found}`;
  const given = answeredAt.get(name);
  const at = given === undefined ? (wait.ending === 'mail' ? wait.settledAt : null) : given && new Date(given);
  return at && at <= wait.agreedAt
    ? 'unsure: asked, answered in time'
    : at
      ? 'unsure: asked, answered late'
      : 'unsure: asked, never answered';
}

/** Waits that a mail ended which answered something else. */
export const answeredByOther = (waits: readonly StoredObligation[], { answeredAt }: Judged): number =>
  waits.filter((wait) => wait.ending === 'mail' && answeredAt.has(nameOf(wait))).length;
