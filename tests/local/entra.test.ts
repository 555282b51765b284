import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { type ThrowAwayCa, throwAwayCa } from '../../infra/local/certificates.ts';
import { type Entra, startEntra } from '../../infra/local/entra/index.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const tenant = {
  id: TENANT,
  app: {
    id: '99999999-2222-4333-8444-555555555555',
    secret: 'right',
    idUri: 'api://localhost/99999999-2222-4333-8444-555555555555',
    roles: ['Mail.ReadBasic.All'],
  },
};
const joan = {
  tenantId: TENANT,
  objectId: '00000000-0000-4000-8000-000000000007',
  name: 'Joan Reyes',
  userPrincipalName: 'joan@contoso.example',
};

let certificates: ThrowAwayCa;
let entra: Entra;
beforeAll(async () => {
  certificates = await throwAwayCa();
  entra = await startEntra({ tenant, certificates });
});
afterAll(() => entra.close());

function call(url: string, form?: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        ca: certificates.caPem,
        method: form ? 'POST' : 'GET',
        headers: form ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    sent.on('error', reject);
    sent.end(form ? new URLSearchParams(form).toString() : undefined);
  });
}
const tokenUrl = () => `${entra.url}/${TENANT}/oauth2/v2.0/token`;
const client = {
  client_id: tenant.app.id,
  client_secret: 'right',
  grant_type: 'client_credentials',
  scope: 'https://graph.microsoft.com/.default',
};

describe('certificates', () => {
  it('are trusted by their CA alone', async () => {
    expect((await call(`${entra.url}/${TENANT}/discovery/v2.0/keys`)).status).toBe(200);
    const other = await throwAwayCa();
    await expect(
      new Promise((resolve, reject) => request(entra.url, { ca: other.caPem }, resolve).on('error', reject).end()),
    ).rejects.toThrow(/verify|issuer|self-signed|signature/i);
  });
});

describe('documents', () => {
  it('name the issuers of the public cloud and keys on this machine', async () => {
    const v2 = await call(`${entra.url}/${TENANT}/v2.0/.well-known/openid-configuration`);
    expect(v2.body).toMatchObject({
      issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      jwks_uri: `${entra.url}/${TENANT}/discovery/v2.0/keys`,
      token_endpoint: tokenUrl(),
    });
    const v1 = await call(`${entra.url}/${TENANT}/.well-known/openid-configuration`);
    expect(v1.body.issuer).toBe(`https://sts.windows.net/${TENANT}/`);
    expect((await call(`${entra.url}/nowhere`)).status).toBe(404);
  });

  it('endorse the Bot Framework keys for Teams', async () => {
    const openid = await call(entra.botOpenIdUrl);
    expect(openid.body.issuer).toBe('https://api.botframework.com');
    const { body } = await call(String(openid.body.jwks_uri));
    const token = await entra.botToken('https://localhost:1/teams');
    const key = (body.keys as { kid: string; endorsements: string[] }[]).find(({ kid }) => kid === decodeProtectedHeader(token).kid);
    expect(key?.endorsements).toEqual(['msteams']);
    const { payload } = await jwtVerify(token, createLocalJWKSet(body as unknown as JSONWebKeySet), {
      audience: tenant.app.id,
      issuer: 'https://api.botframework.com',
    });
    expect(payload.serviceurl).toBe('https://localhost:1/teams');
  });
});

describe('user tokens', () => {
  it.each([
    [2, `https://login.microsoftonline.com/${TENANT}/v2.0`, tenant.app.id, 'preferred_username'],
    [1, `https://sts.windows.net/${TENANT}/`, tenant.app.idUri, 'upn'],
  ] as const)('version %i', async (version, iss, audience, name) => {
    const token = await entra.tokenFor(joan, { version });
    const keys = await call(`${entra.url}/${TENANT}/discovery/v2.0/keys`);
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.body as unknown as JSONWebKeySet), { issuer: iss, audience });
    expect(payload).toMatchObject({
      oid: joan.objectId,
      tid: TENANT,
      scp: 'access_as_user',
      ver: `${version}.0`,
      [name]: joan.userPrincipalName,
    });
  });

  it('carry the tenant of somebody from another company', async () => {
    const home = '22222222-2222-4333-8444-555555555555';
    expect(decodeJwt(await entra.tokenFor({ ...joan, tenantId: home }))).toMatchObject({
      tid: home,
      iss: `https://login.microsoftonline.com/${home}/v2.0`,
    });
  });
});

describe('the token endpoint', () => {
  it('gives an application its token for Graph, version 1, with its roles', async () => {
    const { status, body } = await call(tokenUrl(), client);
    expect(status).toBe(200);
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${TENANT}/`,
      appid: tenant.app.id,
      idtyp: 'app',
      roles: ['Mail.ReadBasic.All'],
    });
    expect(await entra.verify(String(body.access_token), ['https://graph.microsoft.com'])).toMatchObject({ tid: TENANT });
    await expect(entra.verify(String(body.access_token), ['https://api.botframework.com'])).rejects.toThrow(/aud/);
  });

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['another application', { client_id: TENANT }, 400, 'unauthorized_client'],
    ['a scope without .default', { scope: 'https://graph.microsoft.com/Mail.Read' }, 400, 'invalid_scope'],
    ['an unknown resource', { scope: 'https://elsewhere.example/.default' }, 400, 'invalid_resource'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_what, change, status, error) => {
    expect(await call(tokenUrl(), { ...client, ...change })).toMatchObject({ status, body: { error } });
  });

  it('knows the application in its own tenant alone', async () => {
    const answer = await call(`${entra.url}/botframework.com/oauth2/v2.0/token`, {
      ...client,
      scope: 'https://api.botframework.com/.default',
    });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  it('takes a federated assertion in place of a secret', async () => {
    const { client_secret: _none, ...rest } = client;
    const federated = { ...rest, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' };
    expect((await call(tokenUrl(), { ...federated, client_assertion: await entra.federatedAssertion() })).status).toBe(200);
    expect((await call(tokenUrl(), { ...federated, client_assertion: await entra.tokenFor(joan) })).status).toBe(401);
  });

  it('acts on behalf of a user whose token is for the application', async () => {
    const form = {
      ...client,
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      requested_token_use: 'on_behalf_of',
      scope: 'https://graph.microsoft.com/User.Read',
      assertion: await entra.tokenFor(joan),
    };
    const { body } = await call(tokenUrl(), form);
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      oid: joan.objectId,
      scp: 'User.Read',
      aud: 'https://graph.microsoft.com',
    });
    expect(await call(tokenUrl(), { ...form, assertion: await entra.tokenFor(joan, { expiresInSeconds: -3600 }) })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    entra.faults.consentNeeded = true;
    expect((await call(tokenUrl(), form)).body).toMatchObject({ error: 'invalid_grant', suberror: 'consent_required' });
    entra.faults.consentNeeded = false;
  });

  it('serves the real client library, trusted through NODE_EXTRA_CA_CERTS', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'rapport-ca-'));
    try {
      await writeFile(path.join(folder, 'ca.pem'), certificates.caPem);
      const script = `import { ClientSecretCredential } from '@azure/identity';
        const credential = new ClientSecretCredential('${TENANT}', '${tenant.app.id}', 'right', { authorityHost: '${entra.url}', disableInstanceDiscovery: true });
        for (const scope of ['https://graph.microsoft.com/.default', 'https://api.botframework.com/.default']) console.log((await credential.getToken(scope)).token);`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        cwd: process.cwd(),
        env: { ...process.env, NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') },
      });
      expect(
        stdout
          .trim()
          .split('\n')
          .map((token) => decodeJwt(token).aud),
      ).toEqual(['https://graph.microsoft.com', 'https://api.botframework.com']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
