import { describe, expect } from '@jest/globals';
import { fitsInto } from '../support/browser.ts';
import { anItem, aReview, itemActions, someFigures, someReviews } from '../support/reviews.ts';
import { refused } from '../support/tabPlace.ts';
import { aMatter, anAction, aResult, aTime, PARTNERSHIP } from '../support/views.ts';
import { asked, inBrowser, notice, open, page, place, tab } from './stage.ts';

const until = async (done: () => boolean): Promise<void> => {
  for (let tries = 0; !done() && tries < 400; tries += 1) await page.waitForTimeout(25);
  expect(done()).toBe(true);
};
const item = (id: string) => tab.locator(`[data-item="${id}"]`);
/** Names of items in their order on the page. */
const order = async () => (await tab.locator('ol [data-item] h3').allTextContents()).map((text) => text.replace(/^\d+\. /, ''));
const said = (now: string, cursor: string) => place.say({ kind: 'heartbeat', now, cursor });

describe('reviews', () => {
  inBrowser('are found from every page: the next dates, and those held lately', async () => {
    const next = aReview();
    const held = aReview({ name: 'Monthly review', state: 'closed', status: 'Complete', tone: 'done' });
    place.world.reviews = someReviews({ next: [next], held: [held] });
    await open();
    await tab.getByRole('navigation').getByRole('link', { name: 'Reviews' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Reviews' }).waitFor();
    await tab.getByRole('list', { name: 'Next' }).getByText('Weekly service review').waitFor();
    await tab.getByRole('list', { name: 'Held lately' }).getByRole('link', { name: 'Monthly review' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Monthly review' }).waitFor();
    expect(await tab.getByRole('navigation').getByRole('link', { name: 'Reviews' }).getAttribute('aria-current')).toBe('page');
    // the keyboard is where the link led to
    expect(await tab.locator('h1').evaluate((element) => element === document.activeElement)).toBe(true);
  });

  inBrowser('of a charter that names none, and one that is not for this reader, say so', async () => {
    place.world.reviews = someReviews();
    await open(`#/reviews/${PARTNERSHIP}`);
    await tab.getByText('No review is agreed.').waitFor();
    place.world.reviews = refused(404, 'review.not_found', 'This is not there, or you cannot see it.');
    await page.goto('about:blank');
    await open('#/review/nothing');
    await tab.getByText('This is not there, or you cannot see it.').waitFor();
  });

  inBrowser('lead from one to all, and to another, without showing what is not meant', async () => {
    const [one, two] = [aReview(), aReview({ name: 'Monthly review' })];
    place.world.reviews = someReviews({ next: [one!, two!] });
    await open(`#/review/${one!.id}`);
    await tab.getByRole('navigation').getByRole('link', { name: 'Reviews' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Reviews' }).waitFor();
    await tab.getByRole('link', { name: 'Monthly review' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Monthly review' }).waitFor();
    // it is taken from whoever looks at it
    place.world.reviews = refused(404, 'review.not_found', 'This is not there, or you cannot see it.');
    await until(() => place.streams.open > 0);
    place.say({ kind: 'changed', now: '2026-11-24T09:31:00Z', cursor: '104', subjects: [`review:${two!.id}`] });
    await tab.getByText('This is not there, or you cannot see it.').waitFor();
    expect(await tab.getByText('Monthly review').count()).toBe(0);
  });

  inBrowser('before: items are added, moved and dropped with a reason, by keyboard, and what was dropped stays in sight', async () => {
    const [one, two] = ['one', 'two'].map((id) => anItem({ id, text: `Item ${id}`, actions: itemActions(id, 'before') }));
    const add = anAction({
      verb: 'review.add',
      label: 'Add an item …',
      inputs: [{ id: 'text', kind: 'text', label: 'What about', required: true, max: 200 }],
    });
    let review = aReview({ items: [one!, two!], actions: [add] });
    const become = (more: Partial<typeof review>) => {
      review = { ...review, ...more, revision: review.revision + 1 };
      place.world.reviews = someReviews({ next: [review] });
    };
    become({});
    place.world.act = (verb) => {
      if (verb === 'review.down') become({ items: [two!, one!] });
      if (verb === 'review.drop')
        become({
          items: [one!],
          dropped: [{ ...two!, state: 'dropped', note: 'Settled by phone. Fabrikam (Delivery lead)', actions: [] }],
        });
      return aResult();
    };
    await open(`#/review/${review.id}`);
    expect(await order()).toEqual(['Item one', 'Item two']);
    await item('one').getByRole('button', { name: 'Later: Item one' }).press('Enter');
    await becomes(order, ['Item two', 'Item one']);
    // the keyboard stays on the button that was pressed
    expect(
      await item('one')
        .getByRole('button', { name: 'Later: Item one' })
        .evaluate((each) => each === document.activeElement),
    ).toBe(true);
    await item('two').getByRole('button', { name: 'More for: Item two' }).click();
    await tab.getByRole('menuitem', { name: 'Drop' }).click();
    await tab.getByRole('dialog').getByLabel(/^Why/).fill('Settled by phone');
    await tab.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await tab.getByText('Dropped · 1').click();
    await item('two').getByText('Settled by phone. Fabrikam (Delivery lead)').waitFor();
    await tab.getByRole('button', { name: 'Add an item' }).click();
    await tab
      .getByRole('dialog')
      .getByLabel(/^What about/)
      .fill('Holidays in December');
    await tab.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await until(() => place.posted.length === 3);
    expect(place.posted).toEqual([
      { verb: 'review.down', body: { subjectId: review.id, revision: 3, inputs: { item: 'one' } } },
      { verb: 'review.drop', body: { subjectId: review.id, revision: 4, inputs: { item: 'two', text: 'Settled by phone' } } },
      { verb: 'review.add', body: { subjectId: review.id, revision: 5, inputs: { text: 'Holidays in December' } } },
    ]);
  });

  inBrowser(
    'in the meeting: whose turn it is and the time left, by the service’s clock alone; what the other side does is there at once',
    async () => {
      const items = [
        anItem({ id: 'one', text: 'First', minutes: 10, actions: itemActions('one', 'held') }),
        anItem({ id: 'two', text: 'Second', minutes: 8, startsAfterMinutes: 10, actions: itemActions('two', 'held') }),
      ];
      const review = aReview({ state: 'running', status: 'Held now', items });
      place.world.reviews = someReviews({ now: '2026-11-24T10:03:00Z', next: [review] });
      await open(`#/review/${review.id}`);
      await item('one').getByText('7 min left').waitFor();
      await tab.getByText('57 minutes of the meeting are left.').waitFor();
      expect(await item('one').getAttribute('aria-current')).toBe('step');
      await until(() => place.streams.open > 0);
      said('2026-11-24T10:12:00Z', '100');
      await item('one').getByText('2 min over its time').waitFor();
      // the other side marked it
      const done = [{ ...items[0]!, state: 'discussed' as const, actions: [] }, items[1]!];
      place.world.reviews = someReviews({ now: '2026-11-24T10:12:00Z', cursor: '105', next: [{ ...review, revision: 3, items: done }] });
      place.say({ kind: 'changed', now: '2026-11-24T10:12:00Z', cursor: '104', subjects: [`review:${review.id}`] });
      await item('two').getByText('6 min left').waitFor();
      await item('one').getByText('Discussed').waitFor();
      await tab.getByText('1 of 2 items done').waitFor();
      expect(await tab.locator('[role=status]', { hasText: 'Now: Second' }).count()).toBe(1);

      const decided = { ...items[1]!, state: 'decided' as const, note: 'Two more agents from December', actions: [] };
      place.world.act = () => {
        place.world.reviews = someReviews({
          cursor: '108',
          now: '2026-11-24T10:13:00Z',
          next: [{ ...review, revision: 4, items: [done[0]!, decided] }],
        });
        return aResult({ message: 'Noted.' });
      };
      await item('two').getByRole('button', { name: 'Decide' }).click();
      await tab
        .getByRole('dialog')
        .getByLabel(/^What was decided/)
        .fill('Two more agents from December');
      await tab.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
      await item('two').getByText('Decided', { exact: true }).waitFor();
      await item('two').getByText('Two more agents from December').waitFor();
      await notice().getByText('Noted.').waitFor();
    },
  );

  inBrowser('in the meeting an item is added; one that the other side adds is there at once, and the turn stays', async () => {
    const first = anItem({ id: 'one', text: 'First', minutes: 10, actions: itemActions('one', 'held') });
    const late = (text: string) => anItem({ id: text, text, section: 'added', heading: 'Added', minutes: 0, startsAfterMinutes: 10 });
    const add = anAction({
      verb: 'review.add',
      label: 'Add an item …',
      inputs: [{ id: 'text', kind: 'text', label: 'What it is about', required: true, max: 200 }],
    });
    let review = aReview({ state: 'running', status: 'Going on now', items: [first], actions: [add] });
    const become = (cursor: string, text: string) => {
      review = { ...review, revision: review.revision + 1, items: [...review.items, late(text)] };
      place.world.reviews = someReviews({ now: '2026-11-24T10:03:00Z', cursor, next: [review] });
    };
    place.world.reviews = someReviews({ now: '2026-11-24T10:03:00Z', next: [review] });
    place.world.act = () => {
      become('105', 'Holidays');
      return aResult({ message: 'Recorded.' });
    };
    await open(`#/review/${review.id}`);
    await tab.getByRole('button', { name: 'Add an item … (Weekly service review)' }).click();
    await tab
      .getByRole('dialog')
      .getByLabel(/^What it is about/)
      .fill('Holidays');
    await tab.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await becomes(order, ['First', 'Holidays']);
    expect(place.posted).toEqual([{ verb: 'review.add', body: { subjectId: review.id, revision: 2, inputs: { text: 'Holidays' } } }]);
    await until(() => place.streams.open > 0);
    become('107', 'Headsets');
    place.say({ kind: 'changed', now: '2026-11-24T10:03:00Z', cursor: '106', subjects: [`review:${review.id}`] });
    await becomes(order, ['First', 'Holidays', 'Headsets']);
    await item('Headsets').getByText('If time is left').waitFor();
    expect(await item('one').getAttribute('aria-current')).toBe('step');
  });

  inBrowser('after: what is missing, what was decided, the actions with a link, and the minutes', async () => {
    const action = aMatter({ title: 'Order two headsets', status: 'By Thu 26 Nov' });
    const outcome = {
      missing: ['Nobody said by when “Order two headsets” is done.'],
      decisions: [{ text: 'Two more agents from December', about: 'Calls wait too long' }],
      actionItems: [action],
      minutesAt: aTime('2026-11-24T11:40:00Z', 'client'),
      acknowledged: 'Fabrikam (Delivery lead) has read the minutes.',
    };
    const review = aReview({ state: 'ended', status: 'Held', tone: 'calm', outcome });
    place.world.reviews = someReviews({ held: [review] });
    await open(`#/review/${review.id}`);
    const seen = tab.getByRole('region', { name: 'What came out of it' });
    for (const text of [outcome.missing[0]!, 'Two more agents from December', 'Calls wait too long', outcome.acknowledged])
      await seen.getByText(text).waitFor();
    expect(await seen.getByRole('link', { name: 'Order two headsets' }).getAttribute('href')).toBe(`#/escalation/${action.id}`);
    await seen.getByText('Minutes sent').waitFor();
  });

  inBrowser('an item leads to what it is about, and says what was carried over too often', async () => {
    const moved = anItem({ text: 'Import has stopped', carried: 3, flagged: true, opens: 'escalation/e1' });
    const review = aReview({ items: [moved], more: 4 });
    place.world.reviews = someReviews({ next: [review] });
    await open(`#/review/${review.id}`);
    await item(moved.id).getByText('Carried over 3 times').waitFor();
    expect(await item(moved.id).getByRole('link', { name: 'Open: Import has stopped' }).getAttribute('href')).toBe('#/escalation/e1');
    await tab.getByText('4 items do not fit into the time.').waitFor();
  });

  inBrowser('figures stand in tables for everybody, beside the period before, and as bars for the eye', async () => {
    const review = aReview({ figures: someFigures() });
    place.world.reviews = someReviews({ next: [review] });
    await open(`#/review/${review.id}`);
    const table = tab.getByRole('table', { name: 'Fabrikam' });
    await table.waitFor();
    expect(
      await table
        .getByRole('row', { name: /^Answered in the agreed time/ })
        .getByRole('cell')
        .allTextContents(),
    ).toEqual(['8 of 10 (80 %) Worse than before', '9 of 10 (90 %)']);
    // what has nothing in it in either period stands in a line
    await tab.getByText('Nothing to count in both periods: Dates given that were kept.').waitFor();
    await tab.getByText('Taken from the mail of 3 of 12 people at Contoso; mail only, no calls or chats.').waitFor();
    const chart = tab.locator('[data-chart="responses.inTime"]');
    await chart.locator('rect').first().waitFor();
    for (const text of ['Contoso: 4 of 4 (100 %)', 'Fabrikam: 8 of 10 (80 %)', 'Before: 9 of 10 (90 %)'])
      await chart.getByText(text).first().waitFor();
    // people who hear the page hear the tables alone, and the keyboard does not stop in the bars
    expect(await chart.evaluate((element) => element.closest('[inert]') !== null)).toBe(true);
  });

  inBrowser('beside the meeting the page opens on the one that is held', async () => {
    const review = aReview({
      state: 'running',
      status: 'Held now',
      joinUrl: 'https://teams.microsoft.com/l/meetup-join/1',
      items: [anItem({ text: 'First' })],
      figures: someFigures(),
    });
    place.world.reviews = someReviews({ next: [aReview({ name: 'Quarterly review' }), review] });
    place.world.context = { ...place.world.context, frameContext: 'sidePanel' };
    await page.setViewportSize({ width: 320, height: 700 });
    try {
      await open();
      await tab.getByRole('heading', { level: 1, name: 'Weekly service review' }).waitFor();
      await tab.getByRole('heading', { level: 3, name: 'First' }).waitFor();
      await tab.getByRole('table', { name: 'Fabrikam' }).waitFor();
      await fitsInto(320, tab);
      await tab.getByRole('button', { name: 'Join the meeting' }).click();
      await becomes(async () => [...(await asked('executeDeepLink')), ...(await asked('openLink'))].flat().includes(review.joinUrl), true);
      await tab.getByRole('navigation').getByRole('link', { name: 'Today' }).click();
      await tab.getByRole('heading', { level: 2, name: 'Waiting for Fabrikam' }).waitFor();
    } finally {
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

  inBrowser('fit 320 pixels with long words, in every theme', async () => {
    const review = aReview({
      items: [anItem({ text: 'W'.repeat(180), actions: itemActions('x', 'before') })],
      figures: someFigures(),
      notes: ['It was moved.'],
    });
    place.world.reviews = someReviews({ next: [review] });
    for (const theme of ['default', 'dark', 'contrast']) {
      place.world.context = { ...place.world.context, theme };
      await page.setViewportSize({ width: 320, height: 700 });
      await page.goto('about:blank');
      await open(`#/review/${review.id}`);
      await tab.locator(`[data-theme="${theme === 'default' ? 'light' : theme}"]`).waitFor();
      await tab.getByRole('table', { name: 'Fabrikam' }).waitFor();
      await tab.locator('[data-chart] rect').first().waitFor();
      await fitsInto(320, tab);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });
});

/** Waits until something is as expected. */
async function becomes<T>(what: () => Promise<T>, wanted: T): Promise<void> {
  let seen = await what();
  for (let tries = 0; JSON.stringify(seen) !== JSON.stringify(wanted) && tries < 200; tries += 1) {
    await page.waitForTimeout(25);
    seen = await what();
  }
  expect(seen).toEqual(wanted);
}
