import { describe, expect } from '@jest/globals';
import { refused } from '../support/tabPlace.ts';
import { aMe, anAction, anObligation, aResult, aToday, BUTTONS, NOW } from '../support/views.ts';
import {
  access,
  asked,
  column,
  finance,
  focused,
  inBrowser,
  invoice,
  notice,
  open,
  page,
  place,
  question,
  row,
  streams,
  tab,
} from './stage.ts';

describe('what a person does', () => {
  inBrowser('presses a button, reads what came of it, and takes it back', async () => {
    place.world.act = (verb, { subjectId }) =>
      verb === 'obligation.undo'
        ? aResult({ message: 'Taken back.' })
        : aResult({ message: 'No answer needed any more.', undo: { subjectId, eventId: '12' } });
    await open();
    await row(access.id).getByRole('button', { name: 'No answer needed' }).click();
    await notice().getByText('No answer needed any more.').waitFor();
    expect(await tab.getByRole('status').allTextContents()).toContain('No answer needed any more.');
    await notice().getByRole('button', { name: 'Undo' }).click();
    await notice().getByText('Taken back.').waitFor();
    expect(place.posted).toEqual([
      { verb: 'obligation.notNeeded', body: { subjectId: access.id, revision: 1, inputs: {} } },
      { verb: 'obligation.undo', body: { subjectId: access.id, inputs: { eventId: '12' } } },
    ]);
  });

  inBrowser('fills in a form; nothing is sent before what is required stands there', async () => {
    await open();
    await row(finance.id).getByRole('button', { name: 'Answer by' }).click();
    const form = tab.getByRole('dialog', { name: 'Answer by' });
    await form.getByRole('button', { name: 'Confirm' }).click();
    await form.getByText('Please fill this in.').waitFor();
    expect(place.posted).toEqual([]);
    await form.getByLabel('Answer by').fill('2026-11-26');
    await page.keyboard.press('Enter');
    await notice().waitFor();
    expect(place.posted).toEqual([
      { verb: 'obligation.promise', body: { subjectId: finance.id, revision: 1, inputs: { on: '2026-11-26' } } },
    ]);
  });

  inBrowser('leaves a form with the keyboard on its button, and the page open to those who hear it', async () => {
    const only = anObligation({ actions: [BUTTONS.cannot] });
    place.world.today = aToday({ waitingFor: { client: [], provider: [only] }, mine: [] });
    await open();
    await row(only.id).getByRole('button', { name: 'We cannot' }).click();
    await tab.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    await row(only.id).getByRole('button', { name: 'We cannot' }).waitFor(); // found by its role: nothing hides it
    expect(await focused()).toBe('We cannot');
  });

  inBrowser('finds the rest behind More', async () => {
    await open();
    await row(invoice.id)
      .getByRole('button', { name: /^More for/ })
      .click();
    await tab.getByRole('menuitem', { name: /^Answered elsewhere/ }).click();
    const form = tab.getByRole('dialog', { name: 'Answered elsewhere' });
    await form.getByLabel('How').selectOption('teams');
    await form.getByLabel('When, if not just now', { exact: true }).fill('2026-11-24');
    await form.getByLabel(/: Time$/).fill('09:15');
    await form.getByRole('button', { name: 'Confirm' }).click();
    await notice().waitFor();
    expect(place.posted[0]!.body.inputs).toEqual({ how: 'teams', at: '2026-11-24T09:15' });
  });

  inBrowser('is told why not, and sees how it stands now', async () => {
    place.world.act = () => {
      place.world.today = aToday({
        waitingFor: { client: [], provider: [{ ...invoice, revision: 2, status: 'Answer by Thu 26 Nov', tone: 'dated' }] },
      });
      return refused(409, 'obligation.ended', 'This has ended in the meantime. Here is how it stands now.');
    };
    await open();
    await row(invoice.id).getByRole('button', { name: 'No answer needed' }).click();
    await notice().getByText('This has ended in the meantime.').waitFor();
    expect(await notice().getByRole('button', { name: 'Undo' }).count()).toBe(0);
    await row(invoice.id).getByText('Answer by Thu 26 Nov').waitFor();
    expect(await row(invoice.id).getAttribute('aria-busy')).toBe('false');
  });

  inBrowser('asks again: it is recorded, and his own mail opens through the host', async () => {
    place.world.act = () => aResult({ message: 'Open the mail below to ask again.', obligation: { ...invoice, revision: 2 } });
    await open();
    await row(invoice.id).getByRole('button', { name: 'Ask again' }).click();
    await notice().getByRole('link', { name: 'Open the mail' }).waitFor();
    const opened = [...(await asked('executeDeepLink')), ...(await asked('openLink'))];
    expect(opened.map(([url]) => url)).toEqual(['https://outlook.office.com/mail/1']);
    expect(place.posted.map(({ verb }) => verb)).toEqual(['obligation.askAgain']);
  });

  inBrowser('takes something back from the history, and reads what came of it there', async () => {
    place.world.act = () => aResult({ message: 'Taken back.' });
    await open(`#/obligation/${invoice.id}`);
    const detail = tab.getByRole('dialog');
    await detail.getByRole('button', { name: /^Undo/ }).click();
    await detail.getByText('Taken back.', { exact: true }).last().waitFor();
    expect(place.posted).toEqual([{ verb: 'obligation.undo', body: { subjectId: invoice.id, inputs: { eventId: '9' } } }]);
  });

  inBrowser('needs the keyboard alone', async () => {
    place.world.act = (verb, { subjectId }) =>
      verb === 'obligation.undo' ? aResult({ message: 'Taken back.' }) : aResult({ message: 'Noted.', undo: { subjectId, eventId: '3' } });
    await open();
    const reach = async (name: string): Promise<void> => {
      for (let steps = 0; !(await focused()).startsWith(name) && steps < 40; steps += 1) await page.keyboard.press('Tab');
      expect(await focused()).toMatch(new RegExp(`^${name}`));
    };
    await reach('Invoice run for November');
    await page.keyboard.press('Enter');
    await tab.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    await reach('Invoice run for November');
    await reach('No answer needed');
    await page.keyboard.press('Enter');
    await notice().waitFor();
    await reach('Undo');
    await page.keyboard.press('Enter');
    await tab.getByRole('status').getByText('Taken back.').waitFor();
    expect(await focused()).toBe('Invoice run for November');
    expect(place.posted.map(({ verb }) => verb)).toEqual(['obligation.notNeeded', 'obligation.undo']);
  });
});

describe('while the page is open', () => {
  inBrowser('what changes elsewhere comes by itself, is marked and announced, and leaves the keyboard where it was', async () => {
    await open();
    await streams(1);
    await row(access.id).getByRole('link').focus();
    const added = anObligation({ subject: 'A new question', revision: 1 });
    place.world.today = aToday({ cursor: '101', waitingFor: { client: [finance], provider: [added, invoice, access] }, mine: [question] });
    // a transaction that is still open keeps the cursor where it was
    place.say({ kind: 'changed', now: NOW, cursor: '100', position: '104', subjects: [`obligation:${added.id}`] });
    await row(added.id).getByText('New or changed').waitFor();
    await tab.getByRole('status').getByText('1 conversation is new or has changed.').waitFor();
    expect(await focused()).toBe(access.lead);
  });

  inBrowser('the keyboard goes to the next row when its own goes away', async () => {
    await open();
    await streams(1);
    await row(invoice.id).getByRole('link').focus();
    place.world.today = aToday({ cursor: '101', waitingFor: { client: [finance], provider: [access] }, mine: [question] });
    place.say({ kind: 'changed', now: NOW, cursor: '101' });
    await row(invoice.id).waitFor({ state: 'detached' });
    expect(await focused()).toBe(access.lead);
  });

  inBrowser('the clocks follow the service, not the machine', async () => {
    await open();
    await streams(1);
    place.say({ kind: 'heartbeat', now: '2026-11-24T09:33:00Z', cursor: '100' });
    await column('Fabrikam').getByText('Tue 17:33').waitFor();
    await column('Contoso').getByText('Tue 10:33').waitFor();
  });

  inBrowser('it comes back where it was after a cut, with a new token, and holds no connection while nobody sees it', async () => {
    await open();
    await streams(1);
    place.say({ kind: 'heartbeat', now: NOW, cursor: '140' });
    place.say({ kind: 'end', now: NOW, cursor: '140' });
    place.cut();
    for (let tries = 0; place.streams.after.length < 2 && tries < 400; tries += 1) await page.waitForTimeout(25);
    expect(place.streams.after).toEqual(['100', '140']);
    expect(new Set(place.tokens).size).toBe(place.tokens.length);
    const visible = (hidden: boolean) =>
      tab.locator('html').evaluate((_html, value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await visible(true);
    await streams(0);
    await visible(false);
    await streams(1);
  });
});

describe('when something is in the way', () => {
  inBrowser('no token, no answer, not now: it says so and tries again', async () => {
    place.world.withoutToken = true;
    await open();
    await tab.getByRole('alert').getByText('Teams did not say who you are').waitFor();
    place.world.withoutToken = false;
    place.world.me = refused(503, 'unavailable', 'Something that Rapport needs does not answer now.');
    await tab.getByRole('button', { name: 'Try again' }).click();
    await tab.getByText('Something that Rapport needs does not answer now.').waitFor();
    place.world.me = aMe();
    place.world.today = refused(403, 'access.none', 'You are not part of this partnership. Its owner can add you.');
    await tab.getByRole('button', { name: 'Try again' }).click();
    await tab.getByText('You are not part of this partnership.').waitFor();
    place.world.today = aToday();
    await tab.getByRole('button', { name: 'Try again' }).click();
    await column('Fabrikam').waitFor();
  });

  inBrowser('somebody whom nobody has named yet reads who can do that, and nothing else', async () => {
    place.world.me = aMe({ bound: false, partnerships: [], whoCanBind: 'Anna de Vries (Contoso) can say who you are.' });
    await open();
    await tab.getByText('Anna de Vries (Contoso) can say who you are.').waitFor();
    expect(await tab.locator('html').textContent()).not.toContain('Fabrikam');
  });

  inBrowser('without a host it shows nothing and asks nothing', async () => {
    await page.goto(`${place.url}/tab/`);
    await page.getByRole('heading', { name: 'Open Rapport in Microsoft Teams' }).waitFor();
    expect(place.tokens).toEqual([]);
  });

  inBrowser('what people wrote is text, whatever it looks like', async () => {
    const hostile = '<img src=x onerror="document.title=1"> {{TIME(2026)}} [x](javascript:alert(1)) \u202Egnp.exe';
    const bad = anObligation({
      subject: hostile,
      people: { asker: hostile, asked: [hostile] },
      openMailUrl: 'javascript:document.title=2',
      actions: [anAction({ verb: 'open', label: hostile, openUrl: 'javascript:document.title=3' })],
      history: [{ at: NOW, text: hostile, eventId: '1', undoable: true, said: true }],
    });
    place.world.today = aToday({ headline: hostile, waitingFor: { client: [], provider: [bad] } });
    await open(`#/obligation/${bad.id}`);
    const detail = tab.getByRole('dialog');
    await detail.getByText('History').waitFor();
    await detail.getByRole('button', { name: /^<img/ }).click();
    expect(await tab.locator('img, [href^="javascript"]').count()).toBe(0);
    expect(await detail.getByRole('heading', { level: 2 }).textContent()).toBe(hostile);
    expect(await tab.locator('html').evaluate(() => document.title)).toBe('Rapport');
    expect([...(await asked('executeDeepLink')), ...(await asked('openLink'))]).toEqual([]);
  });
});
