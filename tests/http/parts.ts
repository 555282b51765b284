import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const PARTNER_TENANT = '22222222-2222-4222-8222-222222222222';
export const APP = '33333333-3333-4333-8333-333333333333';
export const APP_URI = `api://localhost:3000/${APP}`;

/** A small token authority: real RS256 keys, one set for every tenant, served where the product looks for them. */
export interface Authority {
  readonly url: string;
  /** How often keys were asked for, by path. */
  readonly asked: string[];
  /** A good v2 token of the client's tenant for `oid`, but for what `claims` change; undefined takes a claim away. */
  token(oid: string, claims?: Record<string, unknown>, how?: { key?: CryptoKey; alg?: string }): Promise<string>;
  close(): Promise<void>;
}

export async function authority(now: () => Date): Promise<Authority> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' };
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const found = /^\/[0-9a-f-]{36}\/discovery\/v2\.0\/keys$/.test(request.url ?? '');
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async token(oid, claims = {}, { key = privateKey, alg = 'RS256' } = {}) {
      const seconds = Math.floor(now().getTime() / 1000);
      const tid = typeof claims.tid === 'string' ? claims.tid : TENANT;
      const good = {
        iss: `https://login.microsoftonline.com/${tid}/v2.0`,
        aud: APP,
        tid,
        oid,
        scp: 'access_as_user',
        nbf: seconds,
        exp: seconds + 3600,
        ver: '2.0',
      };
      const payload = Object.fromEntries(Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined)) as JWTPayload;
      return new SignJWT(payload).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
