import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { bundle } from '../../infra/build.mjs';
import { throwAwayCa } from '../../infra/local/certificates.ts';
import { type Entra, startEntra } from '../../infra/local/entra/index.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const APP = '99999999-2222-4333-8444-555555555555';
const IDENTITY = '77777777-2222-4333-8444-555555555555';
const SCOPES = ['https://graph.microsoft.com', 'https://api.botframework.com', 'https://ossrdbms-aad.database.windows.net'];

const folder = mkdtempSync(path.join(os.tmpdir(), 'rapport-identity-'));
const built = path.join(process.cwd(), 'dist', path.basename(folder));
const asked: { resource: string | null; clientId: string | null; header: unknown }[] = [];
let entra: Entra;
let platform: Server;

/** The platform's endpoint, as Container Apps and App Service give it to a container: it knows one user-assigned identity. */
beforeAll(async () => {
  const certificates = await throwAwayCa();
  const app = { id: APP, secret: 'none is used', idUri: `api://localhost/${APP}`, roles: [] };
  entra = await startEntra({ tenant: { id: TENANT, app }, certificates });
  platform = createServer(async (request, response) => {
    const query = new URL(request.url ?? '/', 'http://platform').searchParams;
    asked.push({ resource: query.get('resource'), clientId: query.get('client_id'), header: request.headers['x-identity-header'] });
    const known = query.get('client_id') === IDENTITY;
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/json' });
    const token = {
      access_token: await entra.federatedAssertion(),
      expires_on: '4102444800',
      resource: query.get('resource'),
      token_type: 'Bearer',
    };
    response.end(JSON.stringify(known ? token : { statusCode: 400, message: 'no such identity' }));
  });
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  writeFileSync(path.join(folder, 'ca.pem'), certificates.caPem);
  await bundle('tests/infra/workload.ts', path.join(built, 'workload.js'));
});
afterAll(async () => {
  await entra.close();
  platform.close();
  platform.closeAllConnections();
  for (const one of [folder, built]) rmSync(one, { recursive: true, force: true });
});

async function tokens(settings: Record<string, string>): Promise<string[]> {
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
    IDENTITY_ENDPOINT: `http://127.0.0.1:${(platform.address() as AddressInfo).port}/msi/token`,
    IDENTITY_HEADER: 'of this container',
    PUBLIC_URL: 'https://rapport.contoso.com',
    CHARTERS_DIR: folder,
    TENANT_ID: TENANT,
    APP_ID: APP,
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    LOGIN_URL: entra.url,
    ...settings,
  };
  const given = [path.join(built, 'workload.js'), ...SCOPES.map((scope) => `${scope}/.default`)];
  const { stdout } = await promisify(execFile)(process.execPath, given, { env });
  return stdout.trim().split('\n');
}

describe('a container without a secret', () => {
  it('proves itself by its managed identity, and gets the registration’s tokens for Graph, Teams and the database', async () => {
    const claims = (await tokens({ IDENTITY_CLIENT_ID: IDENTITY })).map((token) => decodeJwt(token));
    expect(claims.map(({ aud }) => aud)).toEqual(SCOPES);
    for (const one of claims) expect(one.appid ?? one.azp).toBe(APP);
    expect(asked[0]).toEqual({ resource: 'api://AzureADTokenExchange', clientId: IDENTITY, header: 'of this container' });
  });

  it('gets none as an identity that the platform does not know', async () => {
    await expect(tokens({ IDENTITY_CLIENT_ID: APP })).rejects.toThrow('no such identity');
  });
});
