import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { strFromU8, unzipSync } from 'fflate';
import { manifestFor, packageSettings, zipped } from '../../appPackage/package.ts';
import { allCapabilities } from '../../bot/capabilities.ts';
import { ACTIVITY_TYPE } from '../../bot/graph/feed.ts';

const ENV = {
  APP_ID: '11111111-2222-4333-8444-555555555555',
  PUBLIC_URL: 'https://rapport.contoso.com',
  DEVELOPER_NAME: 'Contoso "Partners"',
  PRIVACY_URL: 'https://contoso.com/privacy',
  TERMS_URL: 'https://contoso.com/terms',
};
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

interface Manifest {
  id: string;
  name: { short: string; full: string };
  description: { short: string; full: string };
  bots: { botId: string; commandLists: { commands: { title: string; description: string }[] }[] }[];
  validDomains: string[];
  webApplicationInfo: { id: string; resource: string };
  icons: { color: string; outline: string };
}
const manifest = (change: Record<string, string> = {}) =>
  manifestFor(packageSettings({ ...ENV, ...change })) as unknown as Manifest & Record<string, unknown>;

/** Width, height and the pixels of a PNG of eight bits with alpha, as icons.mjs writes it: no filter, one data chunk. */
function pixels(png: Uint8Array): { width: number; height: number; at(x: number, y: number): readonly number[] } {
  const file = Buffer.from(png);
  expect(file.subarray(1, 4).toString('latin1')).toBe('PNG');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  expect([...file.subarray(24, 26)]).toEqual([8, 6]);
  const at = file.indexOf('IDAT', 0, 'latin1');
  const data = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  const row = width * 4 + 1;
  return { width, height, at: (x, y) => [...data.subarray(y * row + 1 + x * 4, y * row + 5 + x * 4)] };
}
const icon = (name: string) => pixels(readFileSync(path.join(import.meta.dirname, '../../appPackage', name)));
const every = ({ width, height, at }: ReturnType<typeof pixels>): (readonly number[])[] =>
  Array.from({ length: width * height }, (_, n) => at(n % width, Math.floor(n / width)));

describe('the manifest', () => {
  it('fits the schema of its version', () => {
    const file = `../../node_modules/@microsoft/app-manifest/build/json-schemas/teams/v${manifest().manifestVersion}/MicrosoftTeams.schema.json`;
    const schema = JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')) as object;
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv as never);
    const fits = ajv.compile(schema);
    fits(manifest());
    expect(fits.errors ?? []).toEqual([]);
    expect(fits({ ...manifest(), accentColor: 'blue' })).toBe(false);
  });

  it('has every placeholder filled, and keeps what people wrote as text', () => {
    expect(JSON.stringify(manifest())).not.toContain('${{');
    expect((manifest() as unknown as { developer: { name: string } }).developer.name).toBe('Contoso "Partners"');
  });

  it('names one registration for bot and single sign-on, and an id of its own where there is one', () => {
    const { id, bots, webApplicationInfo } = manifest();
    expect([id, bots[0]!.botId, webApplicationInfo.id]).toEqual([ENV.APP_ID, ENV.APP_ID, ENV.APP_ID]);
    expect(webApplicationInfo.resource).toBe(`api://rapport.contoso.com/${ENV.APP_ID}`);
    const own = 'aaaaaaaa-1111-4222-8333-444444444444';
    expect(manifest({ TEAMS_APP_ID: own }).id).toBe(own);
    expect(own).toMatch(GUID);
  });

  it('lists the dialogs that open over a message, for the same bot', () => {
    const [extension] = (
      manifest() as unknown as { composeExtensions: { botId: string; commands: { id: string; fetchTask: boolean }[] }[] }
    ).composeExtensions;
    const known = allCapabilities(() => ({ name: 'reader' })).flatMap(({ dialogs = {} }) => Object.keys(dialogs));
    expect(extension!.botId).toBe(ENV.APP_ID);
    expect(extension!.commands.map(({ id }) => id).sort()).toEqual(known.sort());
    expect(extension!.commands.every(({ fetchTask }) => fetchTask)).toBe(true);
  });

  it('lists the words that the bot knows, as it explains them', () => {
    const { commands } = manifest().bots[0]!.commandLists[0]!;
    const known = allCapabilities(() => ({ name: 'reader' })).flatMap(({ commands: own = {} }) => Object.keys(own));
    // Teams takes ten; the answer to `pause` names the word that ends it
    expect(commands.length).toBeLessThanOrEqual(10);
    expect([...commands.map(({ title }) => title), 'resume'].sort()).toEqual(known.sort());
    for (const { title, description } of commands) {
      expect(title.length).toBeLessThanOrEqual(32);
      expect(description.length).toBeLessThanOrEqual(128);
    }
  });

  it('opens addresses of its own domain alone, without wildcards', () => {
    const { validDomains, ...rest } = manifest();
    expect(validDomains).toEqual(['rapport.contoso.com']);
    const elsewhere = /https:\/\/(?!developer\.microsoft\.com|contoso\.com\/)([\w.:-]+)/g;
    const hosts = [...JSON.stringify(rest).matchAll(elsewhere)].map(([, host]) => host);
    expect(hosts.length).toBeGreaterThan(3);
    expect(new Set(hosts)).toEqual(new Set(validDomains));
  });

  it('lets a review be held with the tab beside the meeting', () => {
    const { configurableTabs } = manifest() as unknown as { configurableTabs: { scopes: string[]; context: string[] }[] };
    // beside a meeting that is no channel's, a tab needs the scope of its chat
    expect(configurableTabs).toMatchObject([
      { scopes: ['team', 'groupChat'], context: ['channelTab', 'meetingChatTab', 'meetingSidePanel'] },
    ]);
  });

  it('asks for no permission on teams or chats: only to tell people in their own activity feed, of one kind of activity', () => {
    expect(manifest().authorization).toEqual({
      permissions: { resourceSpecific: [{ name: 'TeamsActivity.Send.User', type: 'Application' }] },
    });
    const { activityTypes } = manifest().activities as { activityTypes: { type: string }[] };
    expect(activityTypes.map(({ type }) => type)).toEqual([ACTIVITY_TYPE]);
  });

  it('stays within the lengths that Teams shows', () => {
    const { name, description } = manifest();
    expect(name.short.length).toBeLessThanOrEqual(30);
    expect(name.full.length).toBeLessThanOrEqual(100);
    expect(description.short.length).toBeLessThanOrEqual(80);
    expect(description.full.length).toBeLessThanOrEqual(4000);
  });
});

describe('the package', () => {
  it('names every setting that is missing or malformed', () => {
    expect(() => packageSettings({})).toThrow(/APP_ID[\s\S]*PUBLIC_URL[\s\S]*DEVELOPER_NAME[\s\S]*PRIVACY_URL[\s\S]*TERMS_URL/);
    expect(() => packageSettings({ ...ENV, PUBLIC_URL: 'http://rapport.contoso.com' })).toThrow('PUBLIC_URL: needs to be an https address');
    expect(() => packageSettings({ ...ENV, PUBLIC_URL: 'https://rapport.contoso.com/x' })).toThrow('needs to end with the host');
  });

  it('holds three files side by side', () => {
    const files = unzipSync(zipped(packageSettings(ENV)));
    expect(Object.keys(files).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
    expect(JSON.parse(strFromU8(files['manifest.json']!))).toEqual(manifest());
    expect(pixels(files['color.png']!).width).toBe(192);
  });

  it('has a colour icon of 192 pixels without holes', () => {
    const color = icon('color.png');
    expect([color.width, color.height]).toEqual([192, 192]);
    expect(every(color).every(([, , , alpha]) => alpha === 255)).toBe(true);
  });

  it('has an outline icon of 32 pixels, white on nothing', () => {
    const outline = icon('outline.png');
    expect([outline.width, outline.height]).toEqual([32, 32]);
    const all = every(outline);
    expect(all.every(([red, green, blue]) => red === 255 && green === 255 && blue === 255)).toBe(true);
    expect(all.some(([, , , alpha]) => alpha === 255)).toBe(true);
    expect(outline.at(0, 0)[3]).toBe(0);
  });
});
