import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { tokenChecker } from '../../bot/http/index.ts';
import { testClock } from '../support/database.ts';
import { APP, APP_URI, type Authority, authority, PARTNER_TENANT, TENANT } from './parts.ts';

const clock = testClock('2026-11-23T08:00:00Z');
const oid = randomUUID();
let issuer: Authority;
let check: ReturnType<typeof tokenChecker>;
beforeAll(async () => {
  issuer = await authority(clock.now);
  const TOKEN_ISSUERS = ['https://login.microsoftonline.com/{tid}/v2.0', 'https://sts.windows.net/{tid}/'];
  const config = { APP_ID: APP, APP_ID_URI: APP_URI, LOGIN_URL: issuer.url, TENANT_ID: TENANT, TOKEN_ISSUERS };
  check = tokenChecker({ config, wall: clock, knowsTenant: async (tenantId) => tenantId === PARTNER_TENANT });
});
afterAll(() => issuer.close());

const inSeconds = (seconds: number) => Math.floor(clock.now().getTime() / 1000) + seconds;
const v1 = { iss: `https://sts.windows.net/${TENANT}/`, aud: APP_URI, ver: '1.0' };

describe('tokens that are believed', () => {
  it.each<[string, Record<string, unknown>]>([
    ['v2, as Teams gives them', {}],
    ['v1, with the application URI as audience', v1],
    ['on behalf of a user, said so', { idtyp: 'user' }],
    ['with more scopes than ours', { scp: 'profile access_as_user' }],
    ['ended less than five minutes ago', { exp: inSeconds(-200) }],
    ['of a tenant in which somebody is bound', { tid: PARTNER_TENANT }],
  ])('%s', async (_why, claims) => {
    const tenantId = claims.tid ?? TENANT;
    expect(await check(await issuer.token(oid, claims))).toMatchObject({ tenantId, objectId: oid });
  });

  it('ask for the keys of the person’s own tenant', async () => {
    await check(await issuer.token(oid, { tid: PARTNER_TENANT }));
    expect(issuer.asked).toContain(`/${PARTNER_TENANT}/discovery/v2.0/keys`);
  });
});

describe('tokens that are not', () => {
  const stranger = randomUUID();
  it.each<[string, Record<string, unknown>, string]>([
    ['ended', { exp: inSeconds(-301) }, 'token.expired'],
    ['not valid yet', { nbf: inSeconds(301) }, 'token.unusable'],
    ['without an end', { exp: undefined }, 'token.unusable'],
    ['for another app', { aud: randomUUID() }, 'token.unusable'],
    ['of a tenant that takes no part', { tid: stranger }, 'token.tenant'],
    ['of one tenant, issued by another', { iss: `https://login.microsoftonline.com/${PARTNER_TENANT}/v2.0` }, 'token.unusable'],
    ['issued by somebody else', { iss: `https://login.example.com/${TENANT}/v2.0` }, 'token.unusable'],
    ['of an app alone', { scp: undefined, idtyp: 'app', roles: ['access_as_user'] }, 'token.scope'],
    ['of an app that names a scope', { idtyp: 'app' }, 'token.scope'],
    ['with another scope', { scp: 'access_as_user_else' }, 'token.scope'],
    ['without an object id', { oid: undefined }, 'token.unusable'],
  ])('%s', async (_why, claims, code) => {
    await expect(check(await issuer.token(oid, claims))).rejects.toMatchObject({ name: 'NotSignedIn', code });
  });

  it('signed with another key under a known name', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    await expect(check(await issuer.token(oid, {}, { key: privateKey }))).rejects.toMatchObject({ code: 'token.unusable' });
  });

  it('signed with a shared secret, or not at all', async () => {
    const secret = (await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])) as CryptoKey;
    await expect(check(await issuer.token(oid, {}, { key: secret, alg: 'HS256' }))).rejects.toMatchObject({ code: 'token.unusable' });
    const [, payload] = (await issuer.token(oid)).split('.');
    const none = `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.${payload}.`;
    await expect(check(none)).rejects.toMatchObject({ code: 'token.unusable' });
    await expect(check('not a token')).rejects.toMatchObject({ code: 'token.unusable' });
  });

  it('are no reason to blame the person while the keys cannot be read', async () => {
    const config = {
      APP_ID: APP,
      LOGIN_URL: 'http://127.0.0.1:9',
      TENANT_ID: TENANT,
      TOKEN_ISSUERS: ['https://login.microsoftonline.com/{tid}/v2.0'],
    };
    const cutOff = tokenChecker({ config, wall: clock, knowsTenant: async () => false });
    await expect(cutOff(await issuer.token(oid))).rejects.toMatchObject({ name: 'Unavailable' });
  });
});
