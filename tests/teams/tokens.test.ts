import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { wall } from '../../bot/clock.ts';
import { readConfig } from '../../bot/config.ts';
import { Unavailable } from '../../bot/errors.ts';
import { serviceUrlAllowed } from '../../bot/teams/hosts.ts';
import { tokenCheck, Unauthorized } from '../../bot/teams/tokens.ts';
import { type BotIssuer, botIssuer } from '../support/botTokens.ts';

const APP = '11111111-1111-4111-8111-111111111111';
const SERVICE_URL = 'https://smba.trafficmanager.net/emea/';
const configFor = (openIdUrl: string) =>
  readConfig({
    PUBLIC_URL: 'https://rapport.example',
    TENANT_ID: '22222222-2222-4222-8222-222222222222',
    APP_ID: APP,
    CREDENTIAL: 'secret',
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    APP_SECRET: 's',
    CHARTERS_DIR: '.',
    BOT_OPENID_URL: openIdUrl,
  });
const activity = { channelId: 'msteams', serviceUrl: SERVICE_URL };

let issuer: BotIssuer;
let check: ReturnType<typeof tokenCheck>;
beforeAll(async () => {
  issuer = await botIssuer();
  check = tokenCheck(configFor(issuer.openIdUrl), wall);
});
afterAll(() => issuer.close());

const good = { aud: APP, serviceurl: SERVICE_URL };
const ago = (minutes: number) => new Date(wall.now().getTime() - minutes * 60_000);

it('a token of the connector for this activity is taken', async () => {
  await expect(check(`Bearer ${await issuer.token(good)}`, activity)).resolves.toBeUndefined();
  await expect(check(`Bearer ${await issuer.token(good, { expiresAt: ago(4) })}`, activity)).resolves.toBeUndefined();
});

describe('refused', () => {
  const cases: [string, () => Promise<string> | string, object?][] = [
    ['no header', () => ''],
    ['another scheme', async () => `Basic ${await issuer.token(good)}`],
    ['two tokens', async () => `Bearer ${await issuer.token(good)} x`],
    ['garbage', () => 'Bearer abc.def.ghi'],
    ['a wrong key', async () => `Bearer ${await issuer.token(good, { key: (await generateKeyPair('RS256')).privateKey })}`],
    ['an unknown key id', async () => `Bearer ${await issuer.token(good, { kid: 'k9' })}`],
    [
      'HS256 with the public key as secret',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(await crypto.subtle.exportKey('jwk', issuer.keys.publicKey as CryptoKey)));
        const claims = { serviceurl: SERVICE_URL };
        const unsigned = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).setIssuer(issuer.issuer).setAudience(APP);
        return `Bearer ${await unsigned.setExpirationTime('10m').sign(secret)}`;
      },
    ],
    [
      'alg none',
      () =>
        `Bearer ${new UnsecuredJWT({ serviceurl: SERVICE_URL }).setIssuer(issuer.issuer).setAudience(APP).setExpirationTime('10m').encode()}`,
    ],
    ['expired', async () => `Bearer ${await issuer.token(good, { expiresAt: ago(6) })}`],
    ['another audience', async () => `Bearer ${await issuer.token({ ...good, aud: '33333333-3333-4333-8333-333333333333' })}`],
    [
      'another issuer',
      async () => `Bearer ${await issuer.token(good, { iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/' })}`,
    ],
    ['another service URL', async () => `Bearer ${await issuer.token({ ...good, serviceurl: 'https://smba.trafficmanager.net/amer/' })}`],
    ['no service URL', async () => `Bearer ${await issuer.token({ aud: APP } as typeof good)}`, { ...activity, serviceUrl: undefined }],
    ['a channel the key is not endorsed for', async () => `Bearer ${await issuer.token(good)}`, { ...activity, channelId: 'webchat' }],
    [
      'a service URL on a host that is not listed',
      async () => `Bearer ${await issuer.token({ ...good, serviceurl: 'https://evil.example/' })}`,
      { ...activity, serviceUrl: 'https://evil.example/' },
    ],
  ];
  it.each(cases)('%s', async (_what, header, over = {}) => {
    const written = jest.spyOn(console, 'error');
    await expect(check(await header(), { ...activity, ...over })).rejects.toBeInstanceOf(Unauthorized);
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });

  it('a key without endorsements', async () => {
    const bare = await botIssuer({ endorsements: [] });
    try {
      await expect(tokenCheck(configFor(bare.openIdUrl), wall)(`Bearer ${await bare.token(good)}`, activity)).rejects.toBeInstanceOf(
        Unauthorized,
      );
    } finally {
      await bare.close();
    }
  });
});

describe('the keys', () => {
  it('are read again for a new key id, but not for each stranger', async () => {
    const own = await botIssuer();
    try {
      let nowMs = wall.now().getTime();
      const ownCheck = tokenCheck(configFor(own.openIdUrl), { now: () => new Date(nowMs) });
      await ownCheck(`Bearer ${await own.token(good)}`, activity);
      for (let stranger = 0; stranger < 5; stranger += 1)
        await expect(ownCheck(`Bearer ${await own.token(good, { kid: `s${stranger}` })}`, activity)).rejects.toBeInstanceOf(Unauthorized);
      expect(own.reads()).toBe(1);
      own.rotate('k2');
      nowMs += 61_000;
      await ownCheck(`Bearer ${await own.token(good)}`, activity);
      expect(own.reads()).toBe(2);
    } finally {
      await own.close();
    }
  });

  it('are read again after the wall was set back, once', async () => {
    const own = await botIssuer();
    try {
      let nowMs = wall.now().getTime();
      const ownCheck = tokenCheck(configFor(own.openIdUrl), { now: () => new Date(nowMs) });
      await ownCheck(`Bearer ${await own.token(good)}`, activity);
      own.rotate('k2');
      nowMs -= 120_000;
      for (let n = 0; n < 2; n += 1) await ownCheck(`Bearer ${await own.token(good)}`, activity);
      expect(own.reads()).toBe(2);
    } finally {
      await own.close();
    }
  });

  it('that cannot be read are no refusal: Teams sends the activity again', async () => {
    const gone = await botIssuer();
    const header = `Bearer ${await gone.token(good)}`;
    await gone.close();
    await expect(tokenCheck(configFor(gone.openIdUrl), wall)(header, activity)).rejects.toBeInstanceOf(Unavailable);
  });
});

describe('hosts that a token may go to', () => {
  const hosts = ['smba.trafficmanager.net', '127.0.0.1:4321', 'localhost:4322'];
  it.each([
    ['https://smba.trafficmanager.net/emea/', true],
    ['https://SMBA.trafficmanager.net/', true],
    ['http://smba.trafficmanager.net/', false],
    ['https://smba.trafficmanager.net:8443/', false],
    ['https://smba.trafficmanager.net.evil.example/', false],
    ['https://smba.trafficmanager.net@evil.example/', false],
    ['https://user:pass@smba.trafficmanager.net/', false],
    ['https://127.0.0.1:4321/', true],
    ['http://127.0.0.1:4321/x', true],
    ['http://127.0.0.1:4323/', false],
    ['ftp://127.0.0.1:4321/', false],
    ['nonsense', false],
    [undefined, false],
  ])('%s: %s', (serviceUrl, allowed) => expect(serviceUrlAllowed(serviceUrl, hosts)).toBe(allowed));
});
