import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** The Bot Connector's issuer: an OpenID document, keys with endorsements, and tokens signed with them. */
export interface BotIssuer {
  readonly openIdUrl: string;
  readonly issuer: string;
  readonly keys: KeyPair;
  /** How often the document was asked for. */
  readonly reads: () => number;
  /** From now on keys are published under this id. */
  rotate(kid: string): void;
  token(
    claims: { aud: string; serviceurl: string },
    over?: { kid?: string; iss?: string; expiresAt?: Date; key?: KeyPair['privateKey'] },
  ): Promise<string>;
  close(): Promise<void>;
}

export async function botIssuer({ endorsements = ['msteams'] }: { endorsements?: string[] } = {}): Promise<BotIssuer> {
  const keys = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(keys.publicKey);
  let kid = 'k1';
  let reads = 0;
  const server: Server = createServer((request, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (request.url === '/openid') reads += 1;
    const body =
      request.url === '/openid' ? { jwks_uri: `${base}/keys` } : { keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig', endorsements }] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = 'https://api.botframework.com';
  return {
    openIdUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/openid`,
    issuer,
    keys,
    reads: () => reads,
    rotate: (next) => {
      kid = next;
    },
    token: ({ aud, serviceurl }, over = {}) =>
      new SignJWT({ serviceurl })
        .setProtectedHeader({ alg: 'RS256', kid: over.kid ?? kid })
        .setIssuer(over.iss ?? issuer)
        .setAudience(aud)
        .setIssuedAt()
        .setExpirationTime(over.expiresAt ?? '10m')
        .sign(over.key ?? keys.privateKey),
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
