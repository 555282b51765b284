import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Browser } from 'playwright-core';
import { contactIdOf, editCalendar, siteClosed } from '../../bot/charter/index.ts';
import { newPage, openBrowser } from '../support/browser.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type House, openHouse } from './house.ts';
import { FABRIKAM, type Story, tell, until, write } from './story.ts';
import { VIEWERS, type Viewer } from './viewers.ts';

/** Stands in everything that people wrote below, and nowhere else. */
const MARK = 'qzx7';
const HOSTILE: readonly string[] = [
  `${MARK} [win](https://evil.example) ![x](https://evil.example/x.png) https://evil.example www.evil.example`,
  `${MARK} <at>Joan Santos</at> <img src=x onerror="window.struck=1"> <script>window.struck=1</script> <a href="https://evil.example">x</a>`,
  `${MARK} **bold** _it_ \`code\` ~~gone~~ # heading`,
  `- ${MARK} list`,
  `# ${MARK} heading`,
  `${MARK} {{DATE(2026-01-01T00:00:00Z, SHORT)}} {{TIME(2026-01-01T00:00:00Z)}} \${secret} {{name}}`,
  `${MARK} invoice\u202Egpj.exe\u202C \u2066x\u2069`,
  `${MARK} pay\u200Bpal\u2060\u00AD\uFEFF\u0000 now`,
  `${MARK} \uD83D half`,
  `${MARK} ${'long '.repeat(13_000)}`,
  `${MARK} javascript:window.struck=1 mailto:x@evil.example`,
];
const [LINK, AT, BOLD] = HOSTILE as [string, string, string];

let house: House;
let story: Story;
/** What was sent to people, with who reads it: cards as stored, and as each of these sees them. */
const cards: { readonly what: string; readonly card: unknown }[] = [];
const keep = (what: string, card: unknown): void => {
  if (card) cards.push({ what, card });
};

beforeAll(async () => {
  const inYaml = (text: string) => JSON.stringify(text.replace('\u0000', ''));
  house = await openHouse((text) =>
    text
      .replace('channel shows: roles', 'channel shows: subject')
      .replace('alert cards per day: 5', 'alert cards per day: 50')
      .replace('note: First version.', `note: ${inYaml(LINK)}`)
      .replace('name: Carlo Reyes', `name: ${inYaml(AT.slice(0, 110))}`)
      .replace('role: Service desk', `role: ${inYaml(BOLD)}`)
      .replace('provider: Service desk', 'provider: joan'),
  );
  story = await tell(house);
  const { ports, database, client } = house;
  // the roster tells names as their owners wrote them
  await database.db.updateTable('channelMember').set({ name: AT }).where('userId', '=', VIEWERS.unbound.person.teamsUserId).execute();
  for (const [index, subject] of HOSTILE.entries())
    await write(house, {
      id: `hostile-${index}`,
      at: '2026-11-24T14:00:00Z',
      from: 'anna@contoso.com',
      to: ['carlo@fabrikam.com'],
      subject,
    });
  await until(house, '2026-11-25T12:00:00Z');
  const joan = {
    partnershipId: FABRIKAM,
    contactId: contactIdOf(FABRIKAM, 'joan'),
    side: 'provider' as const,
    owner: true,
    through: 'tab' as const,
  };
  const now = ports.clock.now();
  const closed = {
    partnershipId: FABRIKAM,
    side: 'provider' as const,
    from: now,
    to: new Date(now.getTime() + 3600_000),
    reason: LINK.slice(0, 120),
  };
  await ports.transaction((tx) => siteClosed(tx, { ...closed, by: joan, now }));
  const day = { kind: 'holiday' as const, onDate: '2026-12-01', reason: AT.slice(0, 120) };
  await ports.transaction((tx) => editCalendar(tx, { partnershipId: FABRIKAM, calendarKey: 'manila', by: joan, now, edit: day }));
  const headers = { ...(await house.headersOf('external')), 'content-type': 'application/json' };
  const remark = JSON.stringify({ subjectId: story.waits.alpha, inputs: { remark: BOLD } });
  await fetch(`${house.url}/api/actions/obligation.cannot`, { method: 'POST', headers, body: remark });
  for (let round = 0; round < 3; round += 1) await house.drain();
  const channelId = house.channelId('fabrikam');
  for (const word of ['brief', 'waiting', 'agreed', HOSTILE[1]!, HOSTILE[9]!]) await client.say('anna', channelId, word);
  for (const message of house.messages(channelId).filter(({ from }) => from === 'bot')) {
    keep('everyone', message.content.attachments?.[0]?.content);
    for (const viewer of ['owner', 'guest', 'external', 'unbound'] as const satisfies readonly Viewer[])
      keep(viewer, await client.view(VIEWERS[viewer].person.key, message.id));
  }
});
afterAll(() => house?.close());

describe('what people wrote', () => {
  it('stands on cards that are as they should be, without a mention', () => {
    expect(cards.length).toBeGreaterThan(50);
    expect([...new Set(cards.flatMap(({ what, card }) => cardErrors(card).map((error) => `${what}: ${error}`)))]).toEqual([]);
    for (const { content } of house.messages(house.channelId('fabrikam')).filter(({ from }) => from === 'bot')) {
      expect(content.entities).toBeUndefined();
      expect(JSON.stringify(content)).not.toContain('"msteams"');
    }
    const texts = cards.flatMap(({ card }) => cardTexts(card));
    // every one of them is read somewhere: a subject, a name, a role, a reason, a remark, a member of the channel
    expect(texts.filter((text) => text.includes(MARK)).length).toBeGreaterThan(40);
    const own = /\{\{(DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(, SHORT)?\)\}\}/g;
    expect(texts.filter((text) => /\{\{|\$\{|<|\]\(/.test(text.replace(own, '')))).toEqual([]);
    expect(texts.filter((text) => text.includes(MARK) && /[\p{Cc}\p{Cf}\p{Cs}]/u.test(text))).toEqual([]);
  });

  it('is drawn by Microsoft’s renderer as the letters it is made of, whatever markup its host reads', async () => {
    const browser: Browser | null = await openBrowser();
    if (!browser) return console.warn('skipped: no browser draws the cards');
    try {
      const page = await newPage(browser);
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.min.js') });
      const found = await page.evaluate(drawAll, cards);
      expect(found.drawn).toBe(cards.length);
      expect(found.marked).toBeGreaterThan(40);
      expect(found.strange).toEqual([]);
      expect(found.struck).toBeUndefined();
    } finally {
      await browser.close();
    }
  });

  it('is in views of the tab as plain text of one line and a bounded length', async () => {
    const response = await fetch(`${house.url}/api/partnerships/${FABRIKAM}/today`, { headers: await house.headersOf('owner') });
    const text = await response.text();
    expect(text.length).toBeLessThan(400_000);
    const found: string[] = [];
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === 'string' && value.includes(MARK) && !value.startsWith('mailto:')) found.push(value);
      return value;
    });
    expect(found.length).toBeGreaterThan(HOSTILE.length);
    expect(found.filter((each) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(each) || each.length > 1_200)).toEqual([]);
  });

  it('is never logged, nor who they are, also when something goes wrong with it', async () => {
    const { database, client } = house;
    // a value that the table does not take: the driver's error quotes it
    await sql`alter table remark add constraint never check (text not like ${sql.lit(`%${MARK}%`)}) not valid`.execute(database.db);
    const said = { subjectId: story.waits.sierra, 'obligation.cannot:remark': LINK };
    const headers = { ...(await house.headersOf('external')), 'content-type': 'application/json' };
    const body = JSON.stringify({ subjectId: story.waits.sierra, inputs: { remark: LINK } });
    const answer = await fetch(`${house.url}/api/actions/obligation.cannot`, { method: 'POST', headers, body });
    expect([answer.status, (await answer.text()).includes(MARK)]).toEqual([500, false]);
    const [message] = house.messages(house.channelId('fabrikam'));
    const pressed = await client.press('carlo', message!.id, { type: 'Action.Execute', verb: 'obligation.cannot', data: said });
    expect(pressed).toMatchObject({ kind: 'message', text: expect.stringMatching(/^Something went wrong in Rapport/) });
    expect(house.log.filter((line) => line.includes('"level":50')).length).toBe(2);
    expect(house.log.length).toBeGreaterThan(50);
    const all = house.log.join('');
    const people = [
      ...Object.values(VIEWERS).flatMap(({ person }) => [person.name, person.address]),
      'Anna de Vries',
      'Arjun Nair',
      'arjun@northwind.in',
    ];
    for (const text of [MARK, 'zebra', 'giraffe', 'Bearer', ...people]) expect([text, all.includes(text)]).toEqual([text, false]);
  });
});

/** In the browser: draws each card with a host that reads more markup than any does, and says what it made of it. */
function drawAll(list: readonly { what: string; card: unknown }[]) {
  interface Drawing {
    AdaptiveCard: {
      new (): { parse(json: unknown): void; render(): HTMLElement | undefined };
      onProcessMarkdown: (text: string, result: { outputHtml?: string; didProcess: boolean }) => void;
    };
  }
  const { AdaptiveCard } = (globalThis as unknown as { AdaptiveCards: Drawing }).AdaptiveCards;
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = text // HTML is let through as it is
      .replace(/!\[([^\]]*)\]\(([^)]+)\)/g, '<img alt="$1" src="$2">')
      .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>')
      .replace(/((?:https?|ftp|file):\/\/[^\s<]+|mailto:[^\s<]+|www\.[^\s<]+)/g, '<a href="$1">$1</a>')
      .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
      .replace(/`(.+?)`/g, '<code>$1</code>')
      .replace(/~~(.+?)~~/g, '<del>$1</del>')
      .replace(/(^|\s)_(.+?)_(?=\s|$)/g, '$1<em>$2</em>')
      .replace(/^#+ (.*)$/gm, '<h1>$1</h1>')
      .replace(/^(?:[-*+]|\d+[.)]) (.*)$/gm, '<li>$1</li>')
      .replace(/^> (.*)$/gm, '<blockquote>$1</blockquote>');
    result.didProcess = true;
  };
  const strange: string[] = [];
  let drawn = 0;
  let marked = 0;
  for (const { what, card } of list) {
    const made = new AdaptiveCard();
    made.parse(card);
    const element = made.render();
    if (!element) continue;
    document.body.append(element);
    drawn += 1;
    if (element.textContent?.includes('qzx7')) marked += 1;
    for (const each of element.querySelectorAll(
      'a, img, script, at, strong, em, code, del, h1, li, blockquote, iframe, [onerror], [onmouseover]',
    ))
      strange.push(`${what}: ${each.outerHTML.slice(0, 160)}`);
  }
  return { drawn, marked, strange: [...new Set(strange)].slice(0, 20), struck: (globalThis as { struck?: number }).struck };
}
