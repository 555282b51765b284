import { randomUUID } from 'node:crypto';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../../bot/clock.ts';
import type { Person } from '../tenant/person.ts';
import type { Tenant } from '../tenant/tenant.ts';

/** The parts of a tenant that tokens are made from. */
export type EntraTenant = Pick<Tenant, 'id' | 'app'>;

export type VerifiedClaims = JWTPayload & {
  readonly tid?: string;
  readonly roles?: readonly string[];
  readonly scp?: string;
  readonly appid?: string;
  readonly azp?: string;
};

export interface UserTokenOptions {
  /** Default: the app's id (v2) or its ID URI (v1). */
  readonly audience?: string;
  readonly version?: 1 | 2;
  readonly scopes?: readonly string[];
  readonly expiresInSeconds?: number;
  /** Claims put on top, for tokens that must be turned down. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface Issuer {
  readonly userKeys: readonly JWK[];
  readonly botKeys: readonly (JWK & { endorsements: readonly string[] })[];
  forUser(person: Pick<Person, 'tenantId' | 'objectId' | 'name' | 'userPrincipalName'>, options?: UserTokenOptions): Promise<string>;
  /** An application's own token. @param resource - audience, such as `https://graph.microsoft.com` */
  forApp(resource: string): Promise<string>;
  /** A token for `resource` in the name of the user whose claims are given. */
  onBehalfOf(user: VerifiedClaims, resource: string, scopes: readonly string[]): Promise<string>;
  forBot(serviceUrl: string, options?: { audience?: string; issuer?: string; expiresInSeconds?: number }): Promise<string>;
  assertion(): Promise<string>;
  verify(token: string, audiences: readonly string[]): Promise<VerifiedClaims>;
}

/** Life of an access token, wall time. */
export const LIFE_SECONDS = 3_900;
export const TOKEN_EXCHANGE = 'api://AzureADTokenExchange';
const TEAMS_WEB_CLIENT = '5e3ce6c0-2b1f-4285-8d4b-75ee78787346';

/** RS256 keys, one of Entra ID and one of the Bot Framework. */
export interface SigningKeys {
  readonly user: GenerateKeyPairResult;
  readonly bot: GenerateKeyPairResult;
}
export async function signingKeys(): Promise<SigningKeys> {
  const pair = () => generateKeyPair('RS256', { extractable: true });
  const [user, bot] = await Promise.all([pair(), pair()]);
  return { user, bot };
}

/** Every kind of token that the service gets to see. */
export async function issuer({ id: tenantId, app }: EntraTenant, clock: Clock, { user, bot }: SigningKeys): Promise<Issuer> {
  const published = async (key: CryptoKey, kid: string): Promise<JWK> => ({ ...(await exportJWK(key)), kid, x5t: kid, use: 'sig' });
  const [userKid, botKid] = [randomUUID(), randomUUID()];
  const servicePrincipal = randomUUID();

  const sign = (claims: JWTPayload, key: CryptoKey, kid: string, lifeSeconds = LIFE_SECONDS): Promise<string> => {
    const now = Math.floor(clock.now().getTime() / 1000);
    return new SignJWT({ iat: now, nbf: now, exp: now + lifeSeconds, uti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, x5t: kid })
      .sign(key);
  };
  const issuerOf = (version: 1 | 2, tid: string) =>
    version === 2 ? `https://login.microsoftonline.com/${tid}/v2.0` : `https://sts.windows.net/${tid}/`;

  return {
    userKeys: [await published(user.publicKey, userKid)],
    botKeys: [{ ...(await published(bot.publicKey, botKid)), endorsements: ['msteams'] }],
    forUser: (person, { version = 2, audience, scopes = ['access_as_user'], expiresInSeconds, claims } = {}) =>
      sign(
        {
          aud: audience ?? (version === 2 ? app.id : app.idUri),
          iss: issuerOf(version, person.tenantId),
          tid: person.tenantId,
          oid: person.objectId,
          sub: `${person.objectId}.${app.id}`,
          name: person.name,
          scp: scopes.join(' '),
          ver: `${version}.0`,
          ...(version === 2
            ? { azp: TEAMS_WEB_CLIENT, azpacr: '0', preferred_username: person.userPrincipalName }
            : { appid: TEAMS_WEB_CLIENT, appidacr: '0', upn: person.userPrincipalName, unique_name: person.userPrincipalName }),
          ...claims,
        },
        user.privateKey,
        userKid,
        expiresInSeconds,
      ),
    // Tokens for Graph and the Bot Connector are v1, whatever endpoint was asked: the resource decides.
    forApp: (resource) =>
      sign(
        {
          aud: resource,
          iss: issuerOf(1, tenantId),
          tid: tenantId,
          oid: servicePrincipal,
          sub: servicePrincipal,
          appid: app.id,
          appidacr: '1',
          idtyp: 'app',
          ver: '1.0',
          ...(resource === 'https://api.botframework.com' || app.roles.length === 0 ? {} : { roles: [...app.roles] }),
        },
        user.privateKey,
        userKid,
      ),
    onBehalfOf: (who, resource, scopes) =>
      sign(
        {
          aud: resource,
          iss: issuerOf(1, tenantId),
          tid: who.tid,
          oid: who.oid,
          sub: who.sub,
          name: who.name,
          appid: app.id,
          appidacr: '1',
          idtyp: 'user',
          scp: scopes.join(' '),
          ver: '1.0',
        },
        user.privateKey,
        userKid,
      ),
    forBot: (serviceUrl, options = {}) =>
      sign(
        { iss: options.issuer ?? 'https://api.botframework.com', aud: options.audience ?? app.id, serviceurl: serviceUrl },
        bot.privateKey,
        botKid,
        options.expiresInSeconds,
      ),
    assertion: () =>
      sign({ iss: issuerOf(2, tenantId), aud: TOKEN_EXCHANGE, sub: servicePrincipal, tid: tenantId }, user.privateKey, userKid),
    async verify(token, audiences) {
      const { payload } = await jwtVerify(token, user.publicKey, {
        algorithms: ['RS256'],
        audience: [...audiences],
        clockTolerance: 300,
        currentDate: clock.now(),
      });
      return payload as VerifiedClaims;
    },
  };
}
