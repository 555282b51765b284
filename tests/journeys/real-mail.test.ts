import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Period } from '../../bot/capability.ts';
import { partnershipIdOf } from '../../bot/charter/index.ts';
import { figuresView } from '../../bot/figures/index.ts';
import { responses } from '../../bot/responses/index.ts';
import { ALL, Archive, type ArchiveSlug } from './archive.ts';
import { answeredByOther, compared, JUDGED } from './judged.ts';

// What Rapport makes of seven years of real mail, as docs/real-mail.md tells it. When a figure changes here, the rules have changed: read the
// mails that moved, and write the document anew.
const FILE = '../shared/data/mail/threads.mbox';
jest.setTimeout(600_000);

(existsSync(FILE) ? describe : describe.skip)(`real mail (${FILE})`, () => {
  let asItCame: Archive;
  let atOnce: Archive;
  beforeAll(async () => {
    [asItCame, atOnce] = [await Archive.open(), await Archive.open()];
    await Promise.all([asItCame.readAsItCame(), atOnce.readAtOnce()]);
  });
  afterAll(async () => {
    await asItCame?.close();
    await atOnce?.close();
  });

  it('passes what reaches a mailbox that is read and names both sides', async () => {
    const { count } = await asItCame.base.db
      .selectFrom('message')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    expect([asItCame.mails.length, Number(count)]).toEqual([563, 479]);
  });

  it.each<[ArchiveSlug, Record<string, number>]>([
    ['provider-a', { 'unsure, mail': 60, 'unsure, notCounted': 39, 'expected, mail': 1 }],
    ['provider-b', { 'unsure, mail': 82, 'unsure, notCounted': 38, 'expected, mail': 4, 'expected, lapsed': 3 }],
  ])('finds the waits of %s, by verdict and ending', async (slug, expected) => {
    const found: Record<string, number> = {};
    for (const { verdict, ending } of await asItCame.waits(slug)) {
      const line = `${verdict.answer}, ${ending}`;
      found[line] = (found[line] ?? 0) + 1;
    }
    expect(found).toEqual(expected);
  });

  it.each<[ArchiveSlug, Record<string, number>, number]>([
    [
      'provider-a',
      {
        'expected, answered before the alert: patch': 1,
        'unsure: asked, answered in time': 23,
        'unsure: asked, answered late': 10,
        'unsure: asked, never answered': 3,
        'unsure: nothing asked': 39,
        'unsure: patch': 19,
        'unsure: cannot be told': 5,
      },
      2,
    ],
    [
      'provider-b',
      {
        'alert: asked': 3,
        'expected, answered before the alert: asked': 3,
        'expected, answered before the alert: patch': 1,
        'unsure: asked, answered in time': 41,
        'unsure: asked, answered late': 6,
        'unsure: asked, never answered': 11,
        'unsure: nothing asked': 54,
        'unsure: cannot be told': 8,
      },
      4,
    ],
  ])('%s beside a reader of the bodies', async (slug, expected, byOther) => {
    const waits = await asItCame.waits(slug);
    expect(compared(waits, JUDGED[slug])).toEqual(expected);
    expect(answeredByOther(waits, JUDGED[slug])).toBe(byOther);
  });

  it.each(ALL)('nothing of %s ends before it began, and it is the same read at once, years later', async (slug) => {
    const told = async (archive: Archive) =>
      (await archive.waits(slug)).map(
        ({ openingKey, messageKeys, debtor, openedAt, verdict, agreedAt, dueAt, ending, settledAt, endedBy }) => ({
          openingKey,
          messageKeys,
          debtor,
          openedAt,
          verdict,
          agreedAt,
          dueAt,
          ending,
          settledAt,
          endedBy,
        }),
      );
    const waits = await told(asItCame);
    expect(waits.filter(({ openedAt, settledAt, dueAt }) => !settledAt || settledAt < openedAt || dueAt < openedAt)).toEqual([]);
    expect(await told(atOnce)).toEqual(waits);
    expect((await atOnce.waits(slug)).filter(({ pastDueAt }) => pastDueAt)).toEqual([]);
  });

  it.each<[ArchiveSlug, Record<'client' | 'provider', string>]>([
    ['provider-a', { client: '1 of 1 (100 %); half 2.2 h (of 1)', provider: 'none; half none' }],
    [
      'provider-b',
      { client: '0 of 2 (0 %); half not yet (of 2, 1 not answered)', provider: '3 of 5 (60 %); half 8.6 h (of 5, 2 not answered)' },
    ],
  ])('the figures of %s count what was expected alone, the unanswered too, and are the same of what is history', async (slug, expected) => {
    const all: Period = { from: new Date('2019-04-16T00:00:00Z'), to: new Date('2026-07-01T00:00:00Z') };
    const inTime = async ({ base }: Archive) => {
      const { sides } = await base.ports.transaction((tx) => figuresView(tx, [responses], partnershipIdOf(slug), all));
      return Object.fromEntries(
        sides.map(({ side, figures }) => [
          side,
          figures
            .slice(0, 2)
            .map(({ text }) => text)
            .join('; half '),
        ]),
      );
    };
    expect(await inTime(asItCame)).toEqual(expected);
    expect(await inTime(atOnce)).toEqual(expected);
  });
});
