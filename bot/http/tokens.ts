import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';

const CLOCK_SKEW_SECONDS = 300;
const SCOPE = 'access_as_user';

/** The bearer token does not say who this is. `message` is a sentence for the person. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn';
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Who a token was issued to: tenant as verified, object id in that tenant. */
export interface TokenIdentity {
  readonly tenantId: string;
  readonly objectId: string;
  readonly expiresAt: Date;
}

const Claims = z.object({ tid: z.guid(), oid: z.guid(), exp: z.number(), scp: z.string().optional(), idtyp: z.string().optional() });

/**
 * Checks the tab's tokens: RS256 with the keys of the person's tenant, issued (v1 or v2) by that tenant, for this app, on behalf of a person.
 * Only the client's tenant and those in which somebody is bound are believed: an external member comes with a token of his own.
 */
export function tokenChecker(options: {
  config: Pick<Config, 'APP_ID' | 'APP_ID_URI' | 'LOGIN_URL' | 'TENANT_ID' | 'TOKEN_ISSUERS'>;
  wall: Clock;
  /** Whether somebody of that tenant is bound. */
  knowsTenant: (tenantId: string) => Promise<boolean>;
}): (token: string) => Promise<TokenIdentity> {
  const { config, wall, knowsTenant } = options;
  const audience = [config.APP_ID, `api://${config.APP_ID}`, ...(config.APP_ID_URI ? [config.APP_ID_URI] : [])];
  const keys = new Map<string, JWTVerifyGetKey>();
  const keysOf = (tenantId: string): JWTVerifyGetKey => {
    const known =
      keys.get(tenantId) ?? createRemoteJWKSet(new URL(`${config.LOGIN_URL.replace(/\/$/, '')}/${tenantId}/discovery/v2.0/keys`));
    keys.set(tenantId, known);
    return known;
  };

  return async (token) => {
    const tenantId = claimedTenant(token);
    if (tenantId !== config.TENANT_ID.toLowerCase() && !(await knowsTenant(tenantId))) {
      throw new NotSignedIn('token.tenant', 'Your organization does not take part here. Ask the owner of the partnership to add you.');
    }
    const payload = await verified(token, keysOf(tenantId), {
      algorithms: ['RS256'],
      issuer: config.TOKEN_ISSUERS.map((issuer) => issuer.replace('{tid}', tenantId)),
      audience,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: wall.now(),
      requiredClaims: ['exp', 'nbf', 'tid', 'oid'],
    });
    const claims = Claims.safeParse(payload);
    if (!claims.success || claims.data.tid.toLowerCase() !== tenantId) throw unusable();
    const { oid, exp, scp, idtyp } = claims.data;
    if (idtyp === 'app' || !scp?.split(' ').includes(SCOPE)) {
      throw new NotSignedIn('token.scope', 'This sign-in is not one of a person using Rapport. Please open Rapport again from Teams.');
    }
    return { tenantId, objectId: oid.toLowerCase(), expiresAt: new Date(exp * 1000) };
  };
}

const unusable = (cause?: unknown): NotSignedIn =>
  new NotSignedIn('token.unusable', 'You are not signed in. Please open Rapport again from Teams.', cause);

/** Only to choose the keys; nothing of the token is believed before they fit. */
function claimedTenant(token: string): string {
  try {
    return z.guid().parse(decodeJwt(token).tid).toLowerCase();
  } catch (cause) {
    throw unusable(cause);
  }
}

async function verified(token: string, key: JWTVerifyGetKey, options: Parameters<typeof jwtVerify>[2]): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new NotSignedIn('token.expired', 'Your sign-in has ended. Please open Rapport again.', error);
    const keysAway = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
    if (keysAway) throw new Unavailable('the keys of the token authority cannot be read', { retryAfterSeconds: 10, cause: error });
    throw unusable(error);
  }
}
