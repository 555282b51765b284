import { describe, expect } from '@jest/globals';
import type { z } from 'zod';
import type { ActionView } from '../../bot/contract/obligation.ts';
import { refused } from '../support/tabPlace.ts';
import { aCalendarView, aMe, anAction, anAgreement, aPartnership, aResult, aToday, PARTNERSHIP, peopleSeen } from '../support/views.ts';
import { inBrowser, notice, open, page, place, tab } from './stage.ts';

const nav = (name: string) => tab.getByRole('navigation').getByRole('link', { name });
const calendar = (key: string) => tab.locator(`[data-calendar="${key}"]`);
const action = (verb: string, label: string, rest: Partial<z.input<typeof ActionView>> = {}) => anAction({ verb, label, ...rest });
const CARRIED = { calendar: 'manila' };

describe('the pages of a partnership', () => {
  inBrowser('are found from Today, People by owners alone', async () => {
    place.world.agreement = anAgreement();
    await open();
    expect(await tab.getByRole('navigation').getByRole('link').allTextContents()).toEqual([
      'Today',
      'Help',
      'Decisions',
      'Updates',
      'Actions',
      'Reviews',
      'What we agreed',
      'People',
    ]);
    await nav('What we agreed').click();
    await tab.getByRole('heading', { level: 1, name: 'What we agreed' }).waitFor();
    expect(await nav('What we agreed').getAttribute('aria-current')).toBe('page');
    await nav('Today').click();
    await tab.getByRole('heading', { level: 2, name: 'Waiting for Fabrikam' }).waitFor();
    place.world.me = aMe({ partnerships: [aPartnership({ owner: false })] });
    await page.reload();
    await tab.getByRole('navigation').waitFor();
    expect(await nav('People').count()).toBe(0);
  });

  inBrowser('an owner confirms his list, changes a day, closes his site, and takes it back', async () => {
    place.world.agreement = anAgreement({
      calendars: [
        aCalendarView({
          actions: [
            action('charter.confirmHolidays', 'The list is right', { carries: CARRIED }),
            action('charter.editCalendar', 'Change one day …', {
              carries: CARRIED,
              inputs: [
                {
                  id: 'kind',
                  kind: 'choice',
                  label: 'That day is',
                  required: true,
                  value: 'holiday',
                  choices: [{ value: 'holiday', title: 'A holiday' }],
                },
                { id: 'on', kind: 'date', label: 'Day', required: true },
              ],
            }),
            action('charter.siteClosed', 'Our site is closed …', {
              inputs: [
                { id: 'from', kind: 'datetime', label: 'From, in Manila', required: true },
                { id: 'reason', kind: 'text', label: 'Why', required: true, max: 120 },
              ],
            }),
          ],
          said: [
            {
              id: '7',
              text: 'Fri 27 Nov: a holiday (Town fiesta)',
              who: 'Fabrikam (Delivery lead), Mon 23 Nov',
              undo: action('charter.undoCalendar', 'Take back', { carries: { edits: 'one,two' } }),
            },
          ],
        }),
      ],
    });
    place.world.act = () => aResult({ message: 'Recorded: the list of holidays is confirmed.' });
    await open(`#/agreement/${PARTNERSHIP}`);
    expect(await calendar('manila').textContent()).toContain('Assumed from a public list until Fabrikam confirms it.');
    await calendar('manila').getByRole('button', { name: 'The list is right' }).click();
    await notice().getByText('Recorded: the list of holidays is confirmed.').waitFor();

    await calendar('manila').getByRole('button', { name: 'Change one day' }).click();
    await tab.getByRole('dialog').getByLabel(/^Day/).fill('2026-12-01');
    await tab.getByRole('button', { name: 'Confirm' }).click();
    await tab.getByRole('dialog').waitFor({ state: 'detached' });

    await calendar('manila').getByRole('button', { name: 'Our site is closed' }).click();
    const form = tab.getByRole('dialog');
    await form.getByRole('button', { name: 'Confirm' }).click();
    await form.getByText('Please fill this in.').first().waitFor();
    await form.getByLabel('From, in Manila').first().fill('2026-11-25');
    await form.getByLabel('From, in Manila: Time').fill('13:00');
    await form.getByLabel('Why').fill('Typhoon');
    await form.getByRole('button', { name: 'Confirm' }).click();
    await form.waitFor({ state: 'detached' });

    await calendar('manila').getByRole('button', { name: 'Take back' }).click();
    await page.waitForTimeout(0);
    for (let tries = 0; place.posted.length < 4 && tries < 200; tries += 1) await page.waitForTimeout(25);
    expect(place.posted).toEqual([
      { verb: 'charter.confirmHolidays', body: { subjectId: PARTNERSHIP, inputs: CARRIED } },
      { verb: 'charter.editCalendar', body: { subjectId: PARTNERSHIP, inputs: { ...CARRIED, kind: 'holiday', on: '2026-12-01' } } },
      { verb: 'charter.siteClosed', body: { subjectId: PARTNERSHIP, inputs: { from: '2026-11-25T13:00', reason: 'Typhoon' } } },
      { verb: 'charter.undoCalendar', body: { subjectId: PARTNERSHIP, inputs: { edits: 'one,two' } } },
    ]);
  });

  inBrowser('who cannot correct a calendar reads it and has nothing to press', async () => {
    place.world.agreement = anAgreement({ you: { side: 'client', owner: false, looksAs: null } });
    await open(`#/agreement/${PARTNERSHIP}`);
    await calendar('manila').getByText('Mon 30 Nov: Bonifacio Day').waitFor();
    expect(await tab.getByRole('main').getByRole('button').count()).toBe(0);
    await tab.getByText('Each side looks after its own calendar.').waitFor();
  });

  inBrowser('an owner says who somebody is, by one click or from a list, and takes it back', async () => {
    const [joan, zoe] = ['t/joan', 't/zoe'];
    place.world.people = peopleSeen({
      unknown: [
        {
          id: joan,
          name: 'Joan Example',
          actions: [action('people.bind', 'This is Joan Santos', { carries: { tenantId: 't', objectId: 'joan', contactId: 'c-joan' } })],
        },
        {
          id: zoe,
          name: 'Zoe',
          actions: [
            action('people.bind', 'Say who this is …', {
              carries: { tenantId: 't', objectId: 'zoe' },
              inputs: [
                {
                  id: 'contactId',
                  kind: 'choice',
                  label: 'Person',
                  required: true,
                  choices: [{ value: 'c-carlo', title: 'Carlo Reyes' }],
                },
              ],
            }),
          ],
        },
      ],
      sides: [
        {
          side: 'client',
          name: 'Contoso',
          people: [
            {
              id: 'c-anna',
              name: 'Anna de Vries',
              role: 'Service owner',
              accounts: [{ id: 't/anna', name: 'Anna de Vries', text: 'Found in the directory, Mon 2 Nov', undo: null }],
            },
            { id: 'c-pieter', name: 'Pieter Bakker', role: 'Finance', accounts: [] },
          ],
        },
      ],
    });
    place.world.act = () => aResult({ message: 'Recorded.' });
    await open(`#/people/${PARTNERSHIP}`);
    expect(await tab.locator('[data-contact="c-pieter"]').textContent()).toContain('No account yet');
    expect(await tab.locator('[data-contact="c-anna"]').getByRole('button').count()).toBe(0);
    await tab.locator(`[data-account="${joan}"]`).getByRole('button', { name: 'This is Joan Santos' }).click();
    await notice().getByText('Recorded.').waitFor();
    await tab.locator(`[data-account="${zoe}"]`).getByRole('button').click();
    await tab.getByRole('dialog').getByLabel('Person').selectOption('Carlo Reyes');
    await tab.getByRole('button', { name: 'Confirm' }).click();
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    for (let tries = 0; place.posted.length < 2 && tries < 200; tries += 1) await page.waitForTimeout(25);
    expect(place.posted).toEqual([
      { verb: 'people.bind', body: { subjectId: PARTNERSHIP, inputs: { tenantId: 't', objectId: 'joan', contactId: 'c-joan' } } },
      { verb: 'people.bind', body: { subjectId: PARTNERSHIP, inputs: { tenantId: 't', objectId: 'zoe', contactId: 'c-carlo' } } },
    ]);
  });

  inBrowser('a page that is not his says so', async () => {
    place.world.people = refused(403, 'people.not_allowed', 'Only a person who answers for this side can say who somebody is.');
    await open(`#/people/${PARTNERSHIP}`);
    await tab.getByText('Only a person who answers for this side can say who somebody is.').waitFor();
  });
});

describe('somebody who looks by his role', () => {
  inBrowser('sees the partnership, and why he can press nothing', async () => {
    const seen = aPartnership({ owner: false, looksAs: 'executive' });
    place.world.me = aMe({ bound: false, partnerships: [seen, { ...seen, id: '22222222-2222-4222-8222-222222222222', name: 'Other' }] });
    place.world.today = aToday({
      you: { side: 'client', owner: false, looksAs: 'executive', name: '' },
      waitingFor: { client: [], provider: [] },
    });
    await open();
    expect(await tab.getByText('You look as an executive').count()).toBe(2);
    await tab.getByRole('link', { name: 'Contoso and Fabrikam' }).click();
    await tab.getByText(/^You look at this as an executive of the client/).waitFor();
  });
});
