import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { matterCard } from '../../bot/posts/matterCard.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { RhythmsWorld } from './world.ts';

/** Tuesday; the report is expected on Thursday the 12th, 12:00 in Manila. */
const TUESDAY = '2026-11-10T02:00:00Z';
const DUE = '2026-11-12T04:00:00Z';
const WORDS = { done: 'All stores have the new hours', next: 'The Christmas schedule', blocked: 'The list of new stores' };
const SAID = [
  { label: 'Done', text: WORDS.done },
  { label: 'Next', text: WORDS.next },
  { label: 'Blocked', text: WORDS.blocked },
];
const refused = (code: string) => ({ code: `rhythm.${code}` });

let world: RhythmsWorld;
let id: string;
beforeEach(async () => {
  world = await RhythmsWorld.open(TUESDAY);
  id = await world.last();
});
afterEach(() => world.close());

describe('a mail gives it', () => {
  it.each([
    ['a report', {}],
    ['whatever its case and number', { subject: 'WEEKLY REPORT week 47' }],
    ['a reply in the running thread', { subject: 'Re: Weekly report 46' }],
    ['from a service address', { from: 'ops@fabrikam.com' }],
    ['from a company that acts for that side', { from: 'eva@subworks.com', to: ['anna@contoso.com', 'carlo@fabrikam.com'] }],
    ['to a list of theirs', { to: ['stores@contoso.com', 'anna@contoso.com'] }],
  ])('%s', async (_what, said) => {
    await world.report('2026-11-11T02:00:00Z', said);
    expect(await world.view(id, 'anna')).toMatchObject({
      open: false,
      status: 'Given',
      tone: 'done',
      endedAt: { at: '2026-11-11T02:00:00Z' },
      notes: ['It came by mail.'],
    });
    expect(await world.history(id)).toEqual(['opened', 'mail']);
  });

  it.each([
    ['of the side that waits for it', { from: 'anna@contoso.com', to: ['carlo@fabrikam.com'] }],
    ['within the side that gives it, though somebody else is on the thread', { to: ['joan@fabrikam.com'] }],
    ['under another subject', { subject: 'Monthly report' }],
    ['that a machine sent', { kind: 'automatic' as const }],
  ])('not one %s', async (_what, said) => {
    await world.report('2026-11-11T02:00:00Z', said);
    expect(await world.dates()).toEqual(['12 Nov open']);
  });

  it('not one before its own time, nor for another date', async () => {
    await world.report('2026-11-08T15:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov open']);
    await world.until('2026-11-15T16:00:00Z');
    await world.report('2026-11-15T16:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov notGiven', '19 Nov given']);
  });

  it('once: delivered again, and a second one, change nothing; an earlier one that is read later is the one', async () => {
    await world.report('2026-11-11T06:00:00Z');
    await world.report('2026-11-11T06:00:00Z');
    await world.report('2026-11-11T08:00:00Z');
    expect(await world.history(id)).toEqual(['opened', 'mail']);
    await world.report('2026-11-11T03:00:00Z');
    expect(await world.view(id, 'anna')).toMatchObject({ endedAt: { at: '2026-11-11T03:00:00Z' } });
  });

  it.each([0, 1, 2, 3, 4, 5])('in whatever order mail is read (%#)', async (order) => {
    const letters = ['2026-11-10T05:00:00Z', '2026-11-11T03:00:00Z', '2026-11-12T05:00:00Z'];
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const;
    await world.until('2026-11-13T00:00:00Z');
    for (const n of orders[order]!) await world.report(letters[n]!);
    expect((await world.rows()).at(-1)).toMatchObject({ ending: 'given', givenAt: new Date(letters[0]!), pastDueAt: null });
  });

  it('an agreement without a subject knows no such mail', async () => {
    await world.close();
    world = await RhythmsWorld.open(TUESDAY, (text) => text.replace('    mail: Weekly report*\n', ''));
    await world.report('2026-11-11T02:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov open']);
    expect((await world.view(await world.last(), 'anna'))!.notes).toEqual([]);
  });
});

describe('a press gives it', () => {
  it('of whoever belongs to that side, with what is done, next and blocked: everyone sees where work stands', async () => {
    expect(await world.buttons(id, 'carlo')).toEqual(['give']);
    expect(await world.buttons(id, 'anna')).toEqual([]);
    await expect(world.press('anna', 'give', id, WORDS)).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('carlo', 'give', id, { next: 'x' })).rejects.toThrow(); // what is done has to be said
    await world.press('carlo', 'give', id, WORDS);
    for (const who of ['anna', 'joan', 'everyone'])
      expect(await world.view(id, who)).toMatchObject({ open: false, status: 'Given', said: SAID, notes: [] });
    expect(await world.history(id)).toEqual(['opened', 'give']);
  });

  it('late is late, however well it is written', async () => {
    await world.until('2026-11-13T02:00:00Z');
    await world.press('joan', 'give', id, WORDS);
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Given, after the agreed time', pastDue: false });
    expect(await world.dates()).toEqual(['12 Nov given late']);
  });

  it('taken back, it is expected as before; what it said is gone', async () => {
    await world.press('carlo', 'give', id, WORDS);
    await expect(world.press('anna', 'takeBack', id)).rejects.toMatchObject(refused('not_yours'));
    await world.press('joan', 'takeBack', id);
    expect(await world.view(id, 'anna')).toMatchObject({ open: true, said: [] });
    await expect(world.press('joan', 'takeBack', id)).rejects.toMatchObject(refused('not_now'));
    await world.until(DUE);
    expect(await world.history(id)).toEqual(['opened', 'give', 'takeBack', 'pastDue']);
    const { rows } = await sql`select 1 from rhythm_date where done is not null or by_contact_id is not null`.execute(world.db);
    expect(rows).toEqual([]);
  });

  it('what a mail gave can be said in words too, and words can be changed: when it was given stays', async () => {
    await world.report('2026-11-11T02:00:00Z');
    expect((await world.view(id, 'carlo'))!.actions.map(({ label }) => label)).toEqual(['Say what it says …']);
    await world.until('2026-11-13T02:00:00Z');
    await world.press('carlo', 'give', id, { done: 'First' });
    await world.press('joan', 'give', id, WORDS);
    expect(await world.view(id, 'anna')).toMatchObject({ status: 'Given', said: SAID, endedAt: { at: '2026-11-11T02:00:00Z' } });
  });

  it('nothing more once the next one is expected', async () => {
    await world.until('2026-11-15T16:00:00Z');
    for (const [who, verb] of [
      ['carlo', 'give'],
      ['carlo', 'takeBack'],
      ['anna', 'putBack'],
    ] as const)
      await expect(world.press(who, verb, id, { ...WORDS, text: 'x' })).rejects.toMatchObject(refused('not_now'));
  });

  it('of two at once both are heard, and the history has no gap', async () => {
    await Promise.all(['carlo', 'joan', 'night-desk'].map((who) => world.press(who, 'give', id, WORDS)));
    expect(await world.history(id)).toEqual(['opened', 'give', 'give', 'give']);
    const rows = await world.db.selectFrom('journal').select('seq').where('subjectId', '=', id).orderBy('seq').execute();
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});

describe('the other side says that it was not it', () => {
  it('with a reason: it is expected as before, and what had come does not count again', async () => {
    await world.report('2026-11-11T02:00:00Z');
    await expect(world.press('joan', 'putBack', id, { text: 'x' })).rejects.toMatchObject(refused('not_yours'));
    await expect(world.press('anna', 'putBack', id)).rejects.toThrow();
    await world.until('2026-11-11T08:00:00Z');
    await world.press('anna', 'putBack', id, { text: 'This was the one of last week' });
    expect(await world.dates()).toEqual(['12 Nov open']);
    expect((await world.view(id, 'joan'))!.history.at(-1)!.text).toBe(
      'Contoso (Service owner) said that what came is not the update. “This was the one of last week”',
    );
    await world.report('2026-11-11T02:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov open']);
    await world.report('2026-11-12T03:00:00Z');
    expect(await world.dates()).toEqual(['12 Nov given']);
  });

  it('past its time it stands there at once', async () => {
    await world.press('carlo', 'give', id, WORDS);
    await world.until('2026-11-12T09:00:00Z');
    await world.press('anna', 'putBack', id, { text: 'The numbers are missing' });
    expect(await world.view(id, 'anna')).toMatchObject({ pastDue: true, said: SAID });
    expect(await world.place(id)).toEqual(['channel wanted']);
  });
});

describe('where work stands', () => {
  it('the words of the latest update stand with the next one, for the people of both sides; in the channel each date has its own', async () => {
    await world.press('carlo', 'give', id, WORDS);
    await world.until('2026-11-16T00:00:00Z');
    const next = await world.last();
    expect((await world.view(next, 'anna'))!.said).toEqual(SAID.map(({ label, text }) => ({ label: `${label} (Thu 12 Nov)`, text })));
    expect((await world.view(next, 'everyone'))!.said).toEqual([]);
    const list = await world.ports.transaction((tx) => world.capability.matters!.rhythm!.list(tx, world.actor('anna'), world.now()));
    expect(list.open.map(({ id: each }) => each)).toEqual([next]);
    expect(list.ended).toEqual([]);
    const admin = { partnershipId: world.partnershipId, as: 'admin' } as const;
    const seen = await world.ports.transaction((tx) => world.capability.cards!.rhythm!.view(tx, next, admin, world.now()));
    expect(JSON.stringify(seen)).not.toContain(WORDS.done);
  });

  it('given, it stays on the page until the next one opens', async () => {
    await world.press('carlo', 'give', id, WORDS);
    const list = () => world.ports.transaction((tx) => world.capability.matters!.rhythm!.list(tx, world.actor('anna'), world.now()));
    expect(await list()).toMatchObject({ open: [], ended: [{ id, said: SAID }] });
  });

  it('its card fits, and keeps what was written plain', async () => {
    const long = { done: `**Now** [here](https://x) ${'d'.repeat(470)}`, next: 'n'.repeat(500), blocked: 'b'.repeat(500) };
    await world.press('carlo', 'give', id, long);
    for (const who of ['anna', 'joan', 'everyone']) {
      const card = matterCard((await world.view(id, who))!);
      expect(cardErrors(card)).toEqual([]);
      // a form holds what was written as it is: an input reads no markup
      if (who !== 'joan') expect(cardTexts(card).join('\n')).not.toMatch(/\*\*|\]\(/);
    }
  });
});

describe('brief, agenda and figures', () => {
  const brief = () => world.ports.transaction((tx) => world.capability.brief!(tx, world.partnershipId, 'everyone', world.now()));
  const lines = async () => (await brief()).flatMap((section) => section.lines.map(({ text }) => text));
  it('the brief names what is expected today, by the date of that side, and what is past', async () => {
    expect(await lines()).toEqual([]);
    await world.until('2026-11-11T16:00:00Z');
    const at = 'Thu 12 Nov, 12:00 in Manila (05:00 in Amsterdam)';
    expect(await lines()).toEqual([`Weekly report from Fabrikam: expected by ${at}`]);
    await world.until('2026-11-13T00:00:00Z');
    expect(await lines()).toEqual([`Weekly report from Fabrikam: past the agreed time (${at})`]);
    await world.press('carlo', 'give', id, WORDS);
    expect(await lines()).toEqual([]);
  });

  const agenda = (from: string, most = 5) =>
    world.ports.transaction((tx) => world.capability.agenda!(tx, world.partnershipId, { from: new Date(from), to: world.now() }, most));
  it('the agenda has what was missed since the last review, and what is blocked; what goes on is one item', async () => {
    await world.until('2026-11-13T00:00:00Z');
    const first = { kind: 'rhythm', id };
    expect(await agenda(TUESDAY)).toEqual({
      more: 0,
      candidates: [
        expect.objectContaining({
          subject: first,
          section: 'update',
          wish: 'discuss',
          side: 'provider',
          contactId: null,
          text: 'Weekly report: not given for Thu 12 Nov',
        }),
      ],
    });
    await world.until('2026-11-20T00:00:00Z');
    // the next review: the same item, so that it counts as carried
    expect((await agenda('2026-11-13T00:00:00Z')).candidates).toEqual([
      expect.objectContaining({ subject: first, text: 'Weekly report: not given for Thu 19 Nov' }),
    ]);
    expect((await agenda(TUESDAY)).candidates[0]!.text).toBe('Weekly report: not given for Thu 19 Nov (2 times since the last review)');
    const second = { kind: 'rhythm', id: await world.last() };
    await world.press('carlo', 'give', second.id, WORDS);
    expect((await agenda(TUESDAY)).candidates.map(({ text, wish, subject }) => [text, wish, subject])).toEqual([
      ['Weekly report: not given for Thu 12 Nov', 'discuss', first],
      ['Weekly report, blocked: The list of new stores', 'inform', second],
    ]);
    expect((await agenda(TUESDAY, 1)).more).toBe(1);
    await world.until('2026-11-25T00:00:00Z');
    await world.press('carlo', 'give', await world.last(), { done: 'Done', blocked: 'Still the list' });
    expect((await agenda('2026-11-20T00:00:00Z')).candidates.map(({ text, subject }) => [text, subject])).toEqual([
      ['Weekly report, blocked: Still the list', second],
    ]);
    await world.until('2026-12-01T00:00:00Z');
    await world.press('carlo', 'give', await world.last(), { done: 'Done' });
    await world.until('2026-12-04T00:00:00Z');
    expect((await agenda('2026-11-27T00:00:00Z')).candidates).toEqual([]);
  });

  it('counts by the agreed time, those that never came too', async () => {
    await world.report('2026-11-12T03:00:00Z');
    await world.until('2026-11-19T08:00:00Z');
    await world.press('carlo', 'give', await world.last(), WORDS); // late
    await world.until('2026-12-01T00:00:00Z'); // not at all on the 26th
    const of = async (from: string, to: string) =>
      (
        await world.ports.transaction((tx) =>
          world.capability.figures!(tx, world.partnershipId, { from: new Date(from), to: new Date(to) }),
        )
      ).map(({ side, text }) => `${side} ${text}`);
    expect(await of('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z')).toEqual(['provider 1 of 3 (33 %)']);
    expect(await of('2026-11-01T00:00:00Z', '2026-11-13T00:00:00Z')).toEqual(['provider 1 of 1 (100 %)']);
    expect(await of('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual([]);
  });
});
