import { describe, expect } from '@jest/globals';
import { aMatter, anAction, aResult, aTime, aToday, PARTNERSHIP, someMatters } from '../support/views.ts';
import { inBrowser, notice, open, page, place, tab } from './stage.ts';

const matter = (id: string) => tab.locator(`[data-matter="${id}"]`);
const until = async (done: () => boolean): Promise<void> => {
  for (let tries = 0; !done() && tries < 400; tries += 1) await page.waitForTimeout(25);
  expect(done()).toBe(true);
};

describe('help that is asked for', () => {
  inBrowser('stands on Today with the side whose turn it is, and leads to its page', async () => {
    const help = aMatter();
    place.world.today = aToday({ matters: [help] });
    place.world.matters = { escalation: someMatters({ open: [help] }) };
    await open();
    const column = tab.getByRole('region', { name: 'Waiting for Fabrikam' });
    await column.getByRole('link', { name: help.title }).click();
    await tab.getByRole('heading', { level: 1, name: 'Where help is asked for' }).waitFor();
    await matter(help.id).getByText('Invoices go out a day late').waitFor();
    expect(await tab.getByRole('navigation').getByRole('link', { name: 'Help' }).getAttribute('aria-current')).toBe('page');
    // the keyboard is where the link led to
    expect(
      await matter(help.id)
        .getByRole('heading', { level: 3 })
        .evaluate((element) => element === document.activeElement),
    ).toBe(true);
  });

  inBrowser('is taken, and the page shows what came of it', async () => {
    const help = aMatter({
      actions: [
        anAction({
          verb: 'escalation.take',
          label: 'Take it',
          inputs: [{ id: 'nextUpdate', kind: 'datetime', label: 'Next update by, in Manila', required: false, value: '2026-11-25T18:00' }],
        }),
      ],
    });
    place.world.matters = { escalation: someMatters({ open: [help] }) };
    place.world.act = () => {
      const taken = aMatter({
        id: help.id,
        revision: 4,
        status: 'Taken',
        tone: 'dated',
        actions: [],
        expectedBy: aTime('2026-11-25T10:00:00Z'),
      });
      place.world.matters = { escalation: someMatters({ open: [taken], cursor: '101' }) };
      return aResult({ message: 'It is yours.', matter: taken });
    };
    await open(`#/escalations/${PARTNERSHIP}`);
    await matter(help.id).getByRole('button', { name: 'Take it' }).click();
    const form = tab.getByRole('dialog');
    expect(await form.getByLabel('Next update by, in Manila').first().inputValue()).toBe('2026-11-25');
    await form.getByRole('button', { name: 'Confirm' }).click();
    await notice().getByText('It is yours.').waitFor();
    await matter(help.id).getByText('Taken').waitFor();
    expect(place.posted).toEqual([
      { verb: 'escalation.take', body: { subjectId: help.id, revision: 3, inputs: { nextUpdate: '2026-11-25T18:00' } } },
    ]);
  });

  inBrowser('changes on the page as it changes, without anybody asking', async () => {
    place.world.matters = { escalation: someMatters() };
    await open(`#/escalations/${PARTNERSHIP}`);
    await tab.getByText('Nobody asks for help now.').waitFor();
    await until(() => place.streams.open > 0);
    const help = aMatter();
    place.world.matters = { escalation: someMatters({ open: [help], cursor: '105' }) };
    place.say({ kind: 'changed', now: '2026-11-24T09:31:00Z', cursor: '104', subjects: [`escalation:${help.id}`] });
    await matter(help.id).waitFor();
  });

  inBrowser('is begun from its page, about the partnership', async () => {
    place.world.matters = {
      escalation: someMatters({
        begin: [
          anAction({
            verb: 'escalation.open',
            label: 'Ask for help …',
            inputs: [{ id: 'what', kind: 'text', label: 'What happened', required: true, max: 200 }],
          }),
        ],
      }),
    };
    await open(`#/escalations/${PARTNERSHIP}`);
    await tab.getByRole('button', { name: 'Ask for help' }).click();
    await tab
      .getByRole('dialog')
      .getByLabel(/^What happened/)
      .fill('It stopped');
    await tab.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await until(() => place.posted.length === 1);
    expect(place.posted[0]).toEqual({ verb: 'escalation.open', body: { subjectId: PARTNERSHIP, inputs: { what: 'It stopped' } } });
  });

  inBrowser('that ended long ago is shown to whoever follows a link to it', async () => {
    const old = aMatter({
      open: false,
      status: 'Confirmed',
      tone: 'done',
      waitingFor: null,
      endedAt: aTime('2026-10-02T09:00:00Z'),
      actions: [],
    });
    place.world.matters = { escalation: { ...someMatters({ ended: [old] }) } };
    await open(`#/escalation/${old.id}`);
    await matter(old.id).getByText('Confirmed').waitFor();
  });
});

describe('agreed updates and actions', () => {
  inBrowser('an update is given from its page: what is done, next and blocked; where work stands is told below', async () => {
    const expected = aMatter({
      kind: 'rhythm',
      title: 'Weekly report',
      sentence: 'Fabrikam tells Contoso where work stands.',
      status: 'Expected today',
      said: [{ label: 'Blocked (Thu 19 Nov)', text: 'The list of new stores' }],
      steps: [],
      history: [],
      actions: [
        anAction({
          verb: 'rhythm.give',
          label: 'Update given …',
          inputs: [
            { id: 'done', kind: 'text', label: 'Done', required: true, max: 500 },
            { id: 'next', kind: 'text', label: 'Next', required: false, max: 500 },
          ],
        }),
      ],
    });
    const given = aMatter({
      kind: 'rhythm',
      title: 'Staffing forecast',
      open: false,
      status: 'Given',
      tone: 'done',
      waitingFor: null,
      actions: [],
    });
    place.world.today = aToday({ matters: [expected] });
    place.world.matters = { rhythm: someMatters({ kind: 'rhythm', open: [expected], ended: [given] }) };
    await open();
    await tab.getByRole('region', { name: 'Waiting for Fabrikam' }).getByRole('link', { name: 'Weekly report' }).click();
    await tab.getByRole('heading', { level: 1, name: 'Agreed updates' }).waitFor();
    expect(await tab.getByRole('navigation').getByRole('link', { name: 'Updates' }).getAttribute('aria-current')).toBe('page');
    await matter(expected.id).getByText('The list of new stores').waitFor();
    await tab.getByRole('heading', { level: 2, name: 'Where work stands' }).waitFor();
    await matter(given.id).getByText('Given', { exact: true }).waitFor();
    await matter(expected.id).getByRole('button', { name: 'Update given' }).click();
    await tab.getByRole('dialog').getByLabel(/^Done/).fill('All stores have it');
    await tab.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await until(() => place.posted.length === 1);
    expect(place.posted[0]).toMatchObject({
      verb: 'rhythm.give',
      body: { subjectId: expected.id, inputs: { done: 'All stores have it' } },
    });
  });

  inBrowser('an action is noted from its page, for one of the people in the form', async () => {
    const note = anAction({
      verb: 'actionItem.note',
      label: 'Note an action …',
      inputs: [
        { id: 'what', kind: 'text', label: 'What is to be done', required: true, max: 200 },
        {
          id: 'contactId',
          kind: 'choice',
          label: 'Who does it',
          required: true,
          value: 'a',
          choices: [{ value: 'a', title: 'Fabrikam (Service desk)' }],
        },
        { id: 'on', kind: 'date', label: 'By the end of', required: true },
      ],
    });
    place.world.matters = { actionItem: someMatters({ kind: 'actionItem', begin: [note] }) };
    await open(`#/actionItems/${PARTNERSHIP}`);
    await tab.getByRole('heading', { level: 1, name: 'Actions' }).waitFor();
    await tab.getByText('No action is open.').waitFor();
    await tab.getByRole('button', { name: 'Note an action' }).click();
    const form = tab.getByRole('dialog');
    await form.getByLabel(/^What is to be done/).fill('Send the list');
    await form.getByLabel(/^By the end of/).fill('2026-11-27');
    await form.getByRole('button', { name: 'Confirm' }).click();
    await until(() => place.posted.length === 1);
    expect(place.posted[0]).toMatchObject({
      verb: 'actionItem.note',
      body: { subjectId: PARTNERSHIP, inputs: { what: 'Send the list', contactId: 'a', on: '2026-11-27' } },
    });
  });
});
