import { readFile } from 'node:fs/promises';
import { describe, expect } from '@jest/globals';
import { aMe } from '../support/views.ts';
import { inBrowser, open, page, place, tab } from './stage.ts';

const DATA = {
  now: '2026-11-24T09:00:00Z',
  names: ['Anna de Vries'],
  addresses: ['anna@contoso.com'],
  partnerships: ['Contoso and Fabrikam'],
  held: [
    {
      what: 'a mail: from whom to whom, when, its subject; never its body',
      why: 'who waits for whom is read from it',
      from: 'headers of mail',
      howLong: '90 days after the conversation came to rest',
      count: 1,
      rows: [{ at: '2026-11-24T01:00:00+00:00', subject: '<b>Alpha</b> zebra' }],
    },
  ],
  notes: ['There are no figures about persons.'],
};

describe('what Rapport holds about me', () => {
  inBrowser('is one click from Today, in words, and can be saved', async () => {
    place.world.data = DATA;
    await open();
    await tab.getByRole('link', { name: 'What Rapport holds about me' }).click();
    await tab.getByRole('heading', { level: 1, name: 'What Rapport holds about me' }).waitFor();
    for (const text of [
      'Anna de Vries',
      'anna@contoso.com',
      '90 days after the conversation came to rest',
      'There are no figures about persons.',
    ])
      expect(await tab.getByText(text).count()).toBe(1);
    await tab.getByText('Show it').click();
    await tab.getByText('subject: <b>Alpha</b> zebra').waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), tab.getByRole('button', { name: 'Save all as a file' }).click()]);
    expect(file.suggestedFilename()).toBe('rapport-about-me.json');
    expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toEqual(DATA);
    await tab.getByRole('link', { name: 'Back' }).click();
    await tab.getByRole('heading', { level: 2, name: 'Waiting for Fabrikam' }).waitFor();
  });

  inBrowser('is there for somebody who is nobody here yet', async () => {
    place.world.me = aMe({ bound: false, partnerships: [], whoCanBind: 'Anna de Vries can say who you are.' });
    place.world.data = { ...DATA, names: [], addresses: [], partnerships: [], held: [] };
    await open();
    await tab.getByRole('link', { name: 'What Rapport holds about me' }).click();
    await tab.getByText('Nothing is held about you.').waitFor();
  });
});
