import { execFileSync } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Front, startFront } from '../../infra/local/desk/front.ts';
import { fitsInto, newPage, openBrowser } from '../support/browser.ts';
import { aCard, anna, channel, joan, quietService, type Stage, setStage } from './stage.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const now = () => new Date('2026-11-24T09:12:00Z');
const DUE = '2026-11-25T10:00:00Z';
const obligationCard = (words: string) =>
  aCard(words, {
    body: [
      { type: 'TextBlock', text: words, weight: 'Bolder', wrap: true },
      {
        type: 'TextBlock',
        text: `Expected by {{DATE(${DUE}, SHORT)}} {{TIME(${DUE})}}. *Not* a [link](https://x.example)`,
        wrap: true,
        spacing: 'Small',
      },
      {
        type: 'ActionSet',
        actions: [
          {
            type: 'Action.Execute',
            title: 'Answered elsewhere',
            verb: 'obligation.elsewhere',
            data: { subjectId: 'o1' },
            style: 'positive',
          },
          {
            type: 'Action.ShowCard',
            title: 'Answer by ...',
            card: {
              type: 'AdaptiveCard',
              body: [{ type: 'Input.Text', id: 'why', label: 'Why', isRequired: true, errorMessage: 'Please say why.' }],
              actions: [{ type: 'Action.Execute', title: 'Promise', verb: 'obligation.promise', data: { subjectId: 'o1' } }],
            },
          },
        ],
      },
    ],
    refresh: { action: { type: 'Action.Execute', verb: 'refresh', data: { subjectId: 'o1' } }, userIds: [joan.teamsUserId] },
  });
/** A tab page with the real teams-js: it shows what the host told it. */
const TAB = `<!doctype html><script type="module" src="/tab/tab.js"></script><p id="told">waiting</p>`;

let stage: Stage;
let front: Front;
let service: http.Server;
let browser: Browser | null;
let requests: { url: string; authorization: string | undefined }[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, ['infra/build.mjs', 'desk'], { cwd: ROOT });
  const { build } = await import('esbuild');
  const bundled = await build({
    stdin: {
      resolveDir: ROOT,
      contents: `import { app, authentication } from '@microsoft/teams-js';
        const told = document.getElementById('told');
        await app.initialize();
        const show = async (theme) => {
          const context = await app.getContext();
          const token = await authentication.getAuthToken();
          const me = await (await fetch('/api/me', { headers: { authorization: 'Bearer ' + token } })).json();
          told.textContent = [theme ?? context.app.theme, context.user.id, context.channel?.id ?? 'no channel', me.ok].join(' ');
        };
        app.registerOnThemeChangeHandler(show);
        await show();`,
    },
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'warning',
  });
  stage = await setStage({ now });
  service = http.createServer((request, response) => {
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization });
    if (request.url?.startsWith('/tab/tab.js'))
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(bundled.outputFiles[0]?.text);
    else if (request.url?.startsWith('/tab/')) response.writeHead(200, { 'content-type': 'text/html' }).end(TAB);
    else if (request.url === '/api/stream') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-own': 'kept' });
      response.write('{"line":1}\n');
    } else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":"answered"}');
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  front = await startFront({
    port: 0,
    folder: path.join(ROOT, 'dist', 'desk'),
    service: () => `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    parts: {
      tenant: stage.tenant,
      connector: stage.connector,
      entra: stage.entra,
      post: { mailsOf: () => [], mail: () => undefined, send: () => {} },
      places: new Map([
        [
          'fabrikam',
          [
            { place: 'Amsterdam', zone: 'Europe/Amsterdam' },
            { place: 'Manila', zone: 'Asia/Manila' },
          ],
        ],
      ]),
      ...quietService(now),
    },
  });
  await stage.connector.client.install('fabrikam', 'anna');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await front.close();
  service.closeAllConnections();
  service.close();
  await stage.close();
});
beforeEach(() => {
  stage.bot.seen = [];
  requests = [];
});

describe('the front', () => {
  it('hands everything but the desk to the service, headers as they are, and streams as they come', async () => {
    const response = await fetch(`${front.url}/api/stream`);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('x-own')).toBe('kept');
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('{"line":1}\n');
    await reader?.cancel();
  });

  it('turns other names and other sites away', async () => {
    const elsewhere = await new Promise<number>((resolve) => {
      http.get({ port: front.port, host: '127.0.0.1', path: '/desk/api/state?as=', headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
    expect(elsewhere).toBe(403);
    const foreign = await fetch(`${front.url}/desk/api/token`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{"as":"anna"}',
    });
    expect(foreign.status).toBe(403);
  });

  it('takes the next port when the wanted one is taken', async () => {
    const blocker = http.createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo;
    const second = await startFront({ port, folder: '', service: () => null, parts: front.parts });
    expect(second.port).toBeGreaterThan(port);
    expect((await fetch(`${second.url}/api/me`)).status).toBe(503);
    await second.close();
    blocker.close();
  });

  it('shows nobody a conversation he is not in', async () => {
    const messages = (as: string, conversation: string) =>
      fetch(`${front.url}/desk/api/messages?${new URLSearchParams({ as, conversation })}`).then((response) => response.status);
    expect(await messages('joan', channel.id)).toBe(200);
    expect(await messages('olga', channel.id)).toBe(403);
    expect(await messages('joan', stage.connector.roster.personalChat(anna))).toBe(403);
  });
});

describe('the page', () => {
  /** Runs with a browser, or says that it does not. */
  const inBrowser = (name: string, run: (page: Page) => Promise<void>) =>
    it(name, async () => {
      if (!browser) return;
      const page = await newPage(browser, { viewport: { width: 1500, height: 900 } });
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      try {
        await run(page);
        expect(errors).toEqual([]);
      } finally {
        await page.close();
      }
    });
  const open = async (page: Page, as: string, conversation = channel.id) => {
    await page.goto(`${front.url}/?${new URLSearchParams({ as, in: conversation })}`);
    await page.getByRole('main').waitFor();
  };

  inBrowser('draws cards, shows each person his own view and times, and presses as who is looking', async (page) => {
    stage.bot.answer = (activity) => ({
      statusCode: 200,
      type: 'application/vnd.microsoft.card.adaptive',
      value: obligationCard((activity.value as { trigger: string }).trigger === 'automatic' ? 'For Joan alone' : 'Done, thank you')
        .attachments[0]?.content,
    });
    await stage.post(obligationCard('Waiting for Fabrikam (Service desk)'));
    await open(page, 'anna');
    await page.getByText('Waiting for Fabrikam (Service desk)').waitFor();
    expect(await page.locator('.card').textContent()).toContain('Expected by Wed, 25 Nov 2026 11:00');
    await open(page, 'joan');
    await page.getByText('For Joan alone').waitFor();
    expect(await page.locator('.card').textContent()).toContain('Expected by Wed, 25 Nov 2026 18:00');
    stage.bot.seen = [];
    await page.getByRole('button', { name: 'Answered elsewhere' }).click();
    await page.getByText('Done, thank you').waitFor();
    expect(stage.bot.seen[0]?.activity).toMatchObject({
      from: { id: joan.teamsUserId, aadObjectId: joan.objectId },
      value: { action: { verb: 'obligation.elsewhere', data: { subjectId: 'o1' } }, trigger: 'manual' },
    });
  });

  inBrowser('checks inputs before it sends them with the press', async (page) => {
    stage.bot.answer = () => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Noted.' });
    await stage.post(obligationCard('A question with a form'));
    await open(page, 'anna');
    const card = page.locator('.card').last();
    await card.getByRole('button', { name: 'Answer by ...' }).click();
    await card.getByRole('button', { name: 'Promise' }).click();
    await card.getByText('Please say why.').waitFor();
    expect(stage.bot.seen).toEqual([]);
    await card.getByLabel('Why').fill('on Thursday');
    await card.getByRole('button', { name: 'Promise' }).click();
    await page.getByText('Noted.').waitFor();
    expect(stage.bot.seen[0]?.activity.value).toMatchObject({
      action: { verb: 'obligation.promise', data: { subjectId: 'o1', why: 'on Thursday' } },
    });
  });

  inBrowser('shows new and changed messages without a reload, and hands on what is typed', async (page) => {
    await open(page, 'anna');
    const id = await stage.post(aCard('a first card'));
    await page.getByText('a first card').waitFor();
    const url = `${stage.connector.url}v3/conversations/${encodeURIComponent(channel.id)}/activities/${id}`;
    await stage.call('PUT', url, await stage.botsToken(), aCard('a changed card'));
    await page.getByText('a changed card').waitFor();
    expect(await page.getByText('a first card').count()).toBe(0);
    await page.getByLabel('Write to Rapport in the channel').fill('brief');
    await page.keyboard.press('Enter');
    await page.getByText('Rapport brief').waitFor();
    expect(stage.bot.seen.at(-1)?.activity).toMatchObject({
      type: 'message',
      text: '<at>Rapport</at> brief',
      from: { id: anna.teamsUserId },
    });
  });

  inBrowser('is a host for the real teams-js: context, theme, and a token of the person who is looking', async (page) => {
    await open(page, 'joan');
    const told = page.frameLocator('iframe').locator('#told');
    await told.getByText(`default ${joan.objectId} ${channel.id} answered`).waitFor();
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await told.getByText(`dark ${joan.objectId} ${channel.id} answered`).waitFor();
    const bearer = requests.find(({ url }) => url === '/api/me')?.authorization?.replace('Bearer ', '') ?? '';
    const claims = await stage.entra.verify(bearer, [stage.tenant.app.id]);
    expect(claims).toMatchObject({ oid: joan.objectId, tid: joan.tenantId, scp: 'access_as_user' });
  });

  inBrowser('changes who is looking from the keyboard, and fits 320 pixels', async (page) => {
    await open(page, 'anna');
    await page.getByRole('button', { name: /Looking as Anna/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: /Joan/ }).press('Enter');
    await page.getByRole('button', { name: /Looking as Joan/ }).waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    await fitsInto(320, page);
  });
});
