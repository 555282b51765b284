import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { outcomeCard, reviewCard } from '../../bot/reviews/card.ts';
import { saveItems, saveReview } from '../../bot/reviews/store.ts';
import { cardErrors, cardTexts, UNKIND } from '../support/cards.ts';
import { aDate, aSeries, ReviewsWorld } from './world.ts';

/** A Thursday, 10:00 in Amsterdam; the review is on Tuesday at ten. */
const START = '2026-11-26T09:00:00Z';
const PREPARED = '2026-11-27T12:00:00Z';
const BEGUN = '2026-12-01T09:10:00Z';
const OVER = '2026-12-01T10:00:00Z';
const refused = (code: string) => expect.objectContaining({ code: `review.${code}` });

let world: ReviewsWorld;
let id = '';
beforeEach(async () => {
  world = await ReviewsWorld.open(START);
  await world.calendar([aSeries(), ...[0, 1, 2, 3, 4].map((n) => aDate({ n }))]);
  await world.press('joan', 'approval.ask', world.partnershipId, {
    what: 'Freeze over the holidays',
    why: 'No risk',
    doneWhen: 'Agreed',
    scope: 'Change in production',
  });
  await world.find();
  ({ id } = await world.next());
});
afterEach(() => world.close());
const view = async (who: string) => (await world.view(id, who)).items;
const items = async () => (await world.view(id)).items.map(({ text }) => text);

describe('until it begins', () => {
  it('both sides add, reorder and drop; what was dropped, and why, and by which side, stays', async () => {
    await world.press('carlo', 'review.add', id, { text: 'Night shift handover', wish: 'decide' });
    await world.press('pieter', 'review.add', id, { text: 'Invoices' });
    expect(await items()).toEqual([
      expect.stringContaining('Freeze over'),
      'Staffing of the next two weeks',
      'Night shift handover',
      'Invoices',
    ]);
    await world.say('joan', 'up', id, 'Invoices');
    await world.say('joan', 'up', id, 'Invoices');
    await world.say('anna', 'drop', id, 'Staffing', { text: 'Settled by mail' });
    await world.until(PREPARED);
    expect(await items()).toEqual([expect.stringContaining('Freeze over'), 'Invoices', 'Night shift handover']);
    const view = await world.view(id, 'carlo');
    expect(view.dropped).toMatchObject([{ text: 'Staffing of the next two weeks', note: 'Dropped by Contoso: Settled by mail' }]);
    await world.say('carlo', 'putBack', id, 'Staffing');
    expect(await items()).toContain('Staffing of the next two weeks');
  });

  it('is prepared three times on one card; looked at late it is told once', async () => {
    await world.until(BEGUN);
    expect(await world.history(id)).toEqual(['found', 'prepared', 'prepared', 'prepared', 'begun']);
    const late = await ReviewsWorld.open(START);
    await late.calendar([aSeries(), aDate()]);
    await late.find();
    late.clock.set('2026-12-01T09:30:00Z');
    await late.until('2026-12-01T09:30:00Z');
    expect(await late.history((await late.dates())[0]!.id)).toEqual(['found', 'prepared', 'begun']);
    await late.close();
  });

  it('stands once it begins', async () => {
    await world.until(BEGUN);
    await expect(world.say('anna', 'up', id, 'Staffing')).rejects.toEqual(refused('begun'));
    await expect(world.say('anna', 'drop', id, 'Staffing', { text: 'No' })).rejects.toEqual(refused('begun'));
    // also where its deadline was not looked at yet
    await world.find();
    const next = (await world.dates())[1]!;
    world.clock.set('2026-12-08T09:00:00Z');
    await expect(world.say('anna', 'drop', next.id, 'Staffing', { text: 'No' })).rejects.toEqual(refused('begun'));
  });

  it('two presses at once both count', async () => {
    await Promise.all(['anna', 'carlo', 'joan', 'pieter'].map((who) => world.press(who, 'review.add', id, { text: `Of ${who}` })));
    expect((await items()).filter((text) => text.startsWith('Of '))).toHaveLength(4);
  });
});

describe('while it is held and after it', () => {
  it('both sides add an item, which comes last, has the time that is left, and changes nobody else’s; once it is over it is too late', async () => {
    const before = await view('anna');
    expect(before.map(({ text }) => text)).not.toContain('Headsets');
    await world.until(BEGUN);
    const begun = await view('anna');
    const offered = async (who: string) => (await world.view(id, who)).actions.find(({ verb }) => verb === 'review.add');
    for (const who of ['anna', 'carlo'])
      expect(await offered(who)).toMatchObject({ label: 'Add an item …', hint: 'It comes last on the agenda, for both sides.' });
    await world.say('anna', 'discussed', id, 'Staffing');
    await world.press('carlo', 'review.add', id, { text: 'Headsets', wish: 'decide' });
    const times = (list: Awaited<ReturnType<typeof view>>) =>
      list.map(({ text, minutes, startsAfterMinutes }) => ({ text, minutes, startsAfterMinutes }));
    const spoken = begun.reduce((sum, { minutes }) => sum + minutes, 0);
    const added = await view('pieter');
    expect(times(added)).toEqual([...times(begun), { text: 'Headsets', minutes: 10, startsAfterMinutes: spoken }]);
    expect(added.at(-1)).toMatchObject({
      section: 'added',
      heading: 'Added',
      owner: expect.stringContaining('Fabrikam'),
      state: 'planned',
    });
    // so many that no time is left
    for (let n = 1; n <= 6; n += 1) await world.press('anna', 'review.add', id, { text: `More ${n}` });
    const all = await view('carlo');
    expect(times(all).slice(0, added.length)).toEqual(times(added));
    expect(all.at(-1)!.minutes).toBe(0);
    expect(all.reduce((sum, { minutes }) => sum + minutes, 0)).toBeLessThanOrEqual(55);
    await world.say('joan', 'decide', id, 'Headsets', { text: 'Twenty of them' });
    await world.until(OVER);
    expect(await offered('carlo')).toBeUndefined();
    await expect(world.press('anna', 'review.add', id, { text: 'Late' })).rejects.toEqual(refused('not_now'));
    // what nobody spoke of goes on
    await world.until('2026-12-07T12:00:00Z');
    const next = (await world.view((await world.dates())[1]!.id)).items.map(({ text, carried }) => [text, carried]);
    expect(next).toContainEqual(['More 6', 1]);
    expect(next.map(([text]) => text)).not.toContain('Headsets');
  });

  it('items are discussed and decided, actions noted; the minutes go out within the hour and the other side agrees', async () => {
    await world.until(BEGUN);
    await world.say('anna', 'discussed', id, 'Staffing');
    await world.say('carlo', 'action', id, 'Staffing', {
      what: 'Plan for January',
      doneWhen: 'It is shared',
      contactId: world.idOf('carlo'),
      on: '2026-12-10',
    });
    await world.until(OVER);
    expect(await world.wanted('reviewOutcome')).toEqual(['2026-12-01T09:00 channel']);
    const over = await world.view(id, 'anna');
    expect(over).toMatchObject({ state: 'ended', outcome: { missing: [expect.stringContaining('Freeze over')], minutesAt: null } });
    await world.say('joan', 'decide', id, 'Freeze', { text: 'No changes from 18 December' });
    await world.until('2026-12-01T11:00:00Z');
    const held = await world.view(id, 'carlo');
    expect(held).toMatchObject({
      state: 'closed',
      outcome: {
        missing: [],
        decisions: [{ text: 'No changes from 18 December', about: expect.stringContaining('Freeze') }],
        actionItems: [{ title: 'Plan for January', waitingFor: { side: 'provider' } }],
        minutesAt: { at: '2026-12-01T11:00:00Z' },
        acknowledged: null,
      },
    });
    // nobody's account is known here: each owner has a ready mail for those of his side
    const mails = async (who: string) => (await world.view(id, who)).actions.flatMap(({ openUrl }) => openUrl ?? []);
    expect(await mails('pieter')).toEqual([]);
    const [mail = ''] = await mails('joan');
    expect(mail).toMatch(/^mailto:.*carlo%40fabrikam\.com/);
    expect(mail).not.toContain('contoso');
    expect(decodeURIComponent(mail)).toMatch(
      /Decided:\n- .*Freeze.*No changes from 18 December[\s\S]*To be done:\n- Plan for January, Fabrikam/,
    );
    await expect(world.press('anna', 'review.acknowledge', id)).rejects.toEqual(refused('not_yours'));
    await world.press('carlo', 'review.acknowledge', id);
    expect((await world.view(id)).outcome!.acknowledged).toMatch(/^Fabrikam \(Service desk\) agreed, Tue 1 Dec/);
    // what was agreed to be done is on the next agenda, and goes once it is done
    const next = (await world.dates())[1]!.id;
    await world.until('2026-12-04T12:00:00Z');
    expect((await world.view(next)).items.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringContaining('Plan for January')]),
    );
    const [{ id: action } = { id: '' }] = held.outcome!.actionItems;
    await world.press('carlo', 'actionItem.done', action, {});
    await world.until('2026-12-07T12:00:00Z');
    expect((await world.view(next)).items.map(({ text }) => text).join()).not.toContain('Plan for January');
  });

  it('of two who give the outcome at once one decision stands, and the other sees it', async () => {
    await world.until(OVER);
    const { revision } = await world.view(id);
    const answers = await Promise.allSettled([
      world.say('anna', 'decide', id, 'Freeze', { text: 'From 18 December' }, revision),
      world.say('joan', 'decide', id, 'Freeze', { text: 'From 20 December' }, revision),
      world.say('pieter', 'decide', id, 'Staffing', { text: 'As planned' }, revision),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const said = (await world.view(id)).outcome!.decisions.map(({ text }) => text);
    expect(said).toHaveLength(2);
    expect(said).toContain('As planned');
    // whoever has seen it may change it
    const now = await world.view(id);
    await world.say('joan', 'decide', id, 'Freeze', { text: 'From 19 December' }, now.revision);
    expect((await world.view(id)).outcome!.decisions.map(({ text }) => text)).toContain('From 19 December');
  });

  it('what nobody speaks of is carried, and stands out the third time', async () => {
    await world.press('carlo', 'review.add', id, { text: 'Headsets' });
    for (const [n, carried] of [0, 1, 2, 3].entries()) {
      const date = (await world.dates())[n]!;
      await world.until(`${date.startAt!.toISOString().slice(0, 11)}09:10:00Z`);
      expect(await world.item(date.id, 'Headsets')).toMatchObject({
        carried,
        flagged: carried >= 3,
        section: carried ? 'carried' : 'added',
      });
      if (carried) expect((await world.view(date.id)).items[0]).toMatchObject({ section: 'carried' });
      await world.until(`${date.startAt!.toISOString().slice(0, 11)}10:10:00Z`);
      await world.press('anna', 'review.complete', date.id);
    }
    const last = (await world.dates())[4]!;
    await world.until('2026-12-29T09:10:00Z');
    await world.say('anna', 'discussed', last.id, 'Headsets');
    expect(await world.history(id)).toContain('complete');
  });

  it('what stood on the agenda of a date that is cancelled goes on without a carry', async () => {
    await world.press('carlo', 'review.add', id, { text: 'Headsets' });
    await world.press('anna', 'review.add', id, { text: 'Parking' });
    await world.say('anna', 'drop', id, 'Parking', { text: 'Settled' });
    await world.remove(['weekly/0']);
    await world.find();
    const next = (await world.dates())[1]!;
    expect(await world.item(next.id, 'Headsets')).toMatchObject({ carried: 0, section: 'added' });
    expect((await world.view(next.id)).items.map(({ text }) => text)).not.toContain('Parking');
  });

  it('nobody who says anything closes it with the next one', async () => {
    await world.until('2026-12-08T08:59:00Z');
    expect((await world.view(id)).state).toBe('ended');
    await world.until('2026-12-08T09:00:00Z');
    expect((await world.view(id)).state).toBe('closed');
  });

  it('Teams says that the meeting is over before its time', async () => {
    await world.until(BEGUN);
    const ended = (url: string) =>
      world.ports.transaction((tx) => world.reviews.on!.meetingEnded!(tx, url, new Date('2026-12-01T09:40:00Z')));
    world.clock.set('2026-12-01T09:40:00Z');
    await ended('https://teams.microsoft.com/l/meetup-join/other');
    expect((await world.view(id)).state).toBe('running');
    await ended('https://teams.microsoft.com/l/meetup-join/weekly');
    await ended('https://teams.microsoft.com/l/meetup-join/weekly');
    expect((await world.view(id)).state).toBe('ended');
    await world.until('2026-12-01T10:40:00Z');
    expect(await world.history(id)).toEqual(['found', 'prepared', 'prepared', 'prepared', 'begun', 'ended', 'minutes']);
  });
});

describe('its cards', () => {
  it('hold within 25 KB whatever there is, and are plain', async () => {
    await world.until(PREPARED);
    const review = (await world.dates())[0]!;
    const [one] = await world.ports.transaction(async (tx) => (await import('../../bot/reviews/store.ts')).itemsOf(tx, [id]));
    const many = Array.from({ length: 100 }, (_, n) => ({
      ...one!,
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      subject: { kind: 'added', id: String(n) },
      text: `${n} ${'Ein sehr langer Punkt mit ünd Zeichen '.repeat(9)}`,
      wish: 'decide' as const,
    }));
    for (const state of ['prepared', 'running', 'ended'] as const) {
      await world.ports.transaction(async (tx) => {
        await saveReview(tx, { ...review, state, minutesAt: state === 'ended' ? world.now() : null });
        await saveItems(tx, review, many);
      });
      for (const who of ['everyone', 'anna', 'carlo'] as const) {
        const view = await world.view(id, who);
        expect(view.items).toHaveLength(100);
        for (const card of [reviewCard(view), outcomeCard(view)]) {
          expect(cardErrors(card)).toEqual([]);
          expect(cardTexts(card).filter((text) => UNKIND.test(text))).toEqual([]);
        }
        expect(cardTexts(reviewCard(view)).join('\n')).toMatch(/… and \d+ more in the tab/);
      }
    }
  });

  it('show what people wrote as the letters it is made of', async () => {
    const hostile = '[win](https://evil.example) <at>Joan</at> {{DATE(2026-01-01T00:00:00Z, SHORT)}} **b** pay\u200Bpal';
    await world.press('carlo', 'review.add', id, { text: hostile });
    await world.say('anna', 'drop', id, 'Staffing', { text: hostile });
    await world.until(OVER);
    await world.say('joan', 'decide', id, 'win', { text: hostile });
    const view = await world.view(id, 'anna');
    const own = /\{\{(DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(, SHORT)?\)\}\}/g;
    for (const card of [reviewCard(view), outcomeCard(view)]) {
      const texts = cardTexts(card);
      expect(texts.filter((text) => text.includes('win')).length).toBeGreaterThan(0);
      expect(texts.filter((text) => /\{\{|<|\]\(|\*\*|\u200B/.test(text.replace(own, '')))).toEqual([]);
    }
  });

  it('for everyone name no person', async () => {
    await world.until(BEGUN);
    const text = JSON.stringify([reviewCard(await world.view(id)), outcomeCard(await world.view(id))]);
    expect(text).not.toMatch(/Carlo Reyes|Anna de Vries|Joan Santos/);
    expect(JSON.stringify(reviewCard(await world.view(id, 'anna')))).toContain('Carlo Reyes');
  });
});
