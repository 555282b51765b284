import { decodeProtectedHeader, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { serviceUrlAllowed } from './hosts.ts';

/** The request is not from Teams, whatever the reason; the sender is told no more than that. */
export class Unauthorized extends Error {
  override readonly name = 'Unauthorized';
}

/** Checks that a token stands for this activity. @throws {Unauthorized} or, when keys cannot be read, {Unavailable} */
export type TokenCheck = (header: string, activity: { channelId?: unknown; serviceUrl?: unknown }) => Promise<void>;

interface ConnectorKey extends JWK {
  endorsements?: string[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The connector's signing keys: read again each day, and for a key id never seen at most once a minute. */
function connectorKeys(openIdUrl: string, wall: Clock, fetchJson: (url: string) => Promise<unknown>) {
  let keys = new Map<string, ConnectorKey>();
  let readAt = 0;
  let reading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    const document = (await fetchJson(openIdUrl)) as { jwks_uri?: string };
    const set = (await fetchJson(document.jwks_uri ?? '')) as { keys?: ConnectorKey[] };
    keys = new Map((set.keys ?? []).flatMap((key) => (key.kid ? [[key.kid, key] as const] : [])));
    readAt = wall.now().getTime();
  };
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return async (kid: string): Promise<ConnectorKey | undefined> => {
    const age = wall.now().getTime() - readAt;
    // read before the wall was set back: nobody knows how long ago
    if (age < 0 || age > DAY_MS || (!keys.has(kid) && age > MINUTE_MS)) await readOnce();
    return keys.get(kid);
  };
}

async function readJson(url: string): Promise<unknown> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return await answer.json();
  } catch (cause) {
    throw new Unavailable('the keys of the Bot Connector cannot be read', { cause });
  }
}

/**
 * The rules of the Bot Connector's tokens: RS256 by a key of its OpenID document that is endorsed for the channel, its issuer, our app id as
 * audience, five minutes of skew, and a `serviceurl` claim that is the activity's, on a host that we may send to.
 */
export function tokenCheck(config: Config, wall: Clock): TokenCheck {
  const keyOf = connectorKeys(config.BOT_OPENID_URL, wall, readJson);
  return async (header, activity) => {
    const [scheme, token, ...rest] = header.split(' ');
    if (scheme !== 'Bearer' || !token || rest.length) throw new Unauthorized('no bearer token');
    const kid = keyIdOf(token);
    const key = await keyOf(kid);
    if (!key) throw new Unauthorized('unknown key');
    const claims = await verified(token, key, config, wall);
    if (!key.endorsements?.includes(String(activity.channelId))) throw new Unauthorized('the key is not endorsed for the channel');
    if (claims.serviceurl !== activity.serviceUrl) throw new Unauthorized('the token is for another service URL');
    if (!serviceUrlAllowed(activity.serviceUrl, config.BOT_SERVICE_HOSTS)) throw new Unauthorized('the service URL is not listed');
  };
}

function keyIdOf(token: string): string {
  try {
    const { kid, alg } = decodeProtectedHeader(token);
    if (kid && alg === 'RS256') return kid;
  } catch (cause) {
    throw new Unauthorized('not a token', { cause });
  }
  throw new Unauthorized('not signed with RS256');
}

async function verified(token: string, key: ConnectorKey, config: Config, wall: Clock): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, await importJWK(key, 'RS256'), {
      algorithms: ['RS256'],
      issuer: config.BOT_TOKEN_ISSUER,
      audience: config.APP_ID,
      clockTolerance: 300,
      requiredClaims: ['exp'],
      currentDate: wall.now(),
    });
    return payload;
  } catch (cause) {
    throw new Unauthorized('the token does not hold', { cause });
  }
}
