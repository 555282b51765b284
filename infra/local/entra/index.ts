import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, wall } from '../../../bot/clock.ts';
import type { ThrowAwayCa } from '../certificates.ts';
import { bodyOf, serveHttps } from '../serve.ts';
import type { Person } from '../tenant/person.ts';
import {
  type EntraTenant,
  type Issuer,
  issuer,
  type SigningKeys,
  signingKeys,
  type UserTokenOptions,
  type VerifiedClaims,
} from './issuer.ts';
import { answerTokenRequest, type TokenFaults } from './token-endpoint.ts';

export type { EntraTenant, UserTokenOptions, VerifiedClaims } from './issuer.ts';
export type { TokenFaults } from './token-endpoint.ts';

export interface Entra {
  /** Authority: `LOGIN_URL` of the service. */
  readonly url: string;
  /** `BOT_OPENID_URL` of the service. */
  readonly botOpenIdUrl: string;
  /** Changed by tests: what the token endpoint does wrong. */
  readonly faults: TokenFaults;
  /** The token that getAuthToken of the Teams client gives this person for the tab. */
  tokenFor(person: Pick<Person, 'tenantId' | 'objectId' | 'name' | 'userPrincipalName'>, options?: UserTokenOptions): Promise<string>;
  /** The token of a Bot Connector request to the bot. @param serviceUrl - becomes the claim that must equal the activity's */
  botToken(serviceUrl: string, options?: { audience?: string; issuer?: string; expiresInSeconds?: number }): Promise<string>;
  /** What a workload's identity shows in place of a secret (`client_assertion`). */
  federatedAssertion(): Promise<string>;
  /** Checks a token that one of the stand-ins was given. @throws when signature, audience or life do not fit */
  verify(token: string, audiences: readonly string[]): Promise<VerifiedClaims>;
  close(): Promise<void>;
}

/** The Entra ID stand-in, and the Bot Framework's OpenID document below `/botframework`. Issuer strings are those of the public cloud. */
export async function startEntra(given: {
  tenant: EntraTenant;
  certificates: ThrowAwayCa;
  wall?: Clock;
  port?: number;
  /** New ones by default: making them takes longer than everything else here. */
  keys?: SigningKeys;
}): Promise<Entra> {
  const tokens = await issuer(given.tenant, given.wall ?? wall, given.keys ?? (await signingKeys()));
  const faults: TokenFaults = { unavailable: 0, consentNeeded: false };
  const serving = await serveHttps(given.certificates, (request, response) => void answer(request, response), given.port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, body } = await route(request, new URL(request.url ?? '/', serving.url));
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    } catch (error) {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'server_error', error_description: String(error) }));
    }
  }

  async function route(request: IncomingMessage, url: URL): Promise<{ status: number; body: unknown }> {
    const [tenant = '', ...rest] = url.pathname.split('/').filter(Boolean);
    const path = rest.join('/');
    if (request.method === 'POST' && path === 'oauth2/v2.0/token') {
      return answerTokenRequest({ tenant, form: new URLSearchParams(await bodyOf(request)), registration: given.tenant, tokens, faults });
    }
    const document = request.method === 'GET' ? documentAt(serving.url, tenant, path, tokens) : undefined;
    return document
      ? { status: 200, body: document }
      : { status: 404, body: { error: 'not_found', error_description: `No such page: ${url.pathname}` } };
  }

  return {
    url: serving.url,
    botOpenIdUrl: `${serving.url}/botframework/v1/.well-known/openidconfiguration`,
    faults,
    tokenFor: tokens.forUser,
    botToken: tokens.forBot,
    federatedAssertion: tokens.assertion,
    verify: tokens.verify,
    close: serving.close,
  };
}

/** The published documents: what a client reads before it asks for a token or believes one. */
function documentAt(base: string, tenant: string, path: string, tokens: Issuer): unknown {
  if (tenant === 'botframework') {
    if (path === 'v1/.well-known/openidconfiguration') {
      return {
        issuer: 'https://api.botframework.com',
        authorization_endpoint: 'https://invalid.botframework.com',
        jwks_uri: `${base}/botframework/v1/.well-known/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
      };
    }
    return path === 'v1/.well-known/keys' ? { keys: tokens.botKeys } : undefined;
  }
  if (path === 'discovery/v2.0/keys' || path === 'discovery/keys') return { keys: tokens.userKeys };
  if (path === 'discovery/instance') {
    const host = new URL(base).host;
    return {
      tenant_discovery_endpoint: `${base}/${tenant}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    };
  }
  const version = path === 'v2.0/.well-known/openid-configuration' ? 2 : path === '.well-known/openid-configuration' ? 1 : 0;
  if (version === 0) return undefined;
  return {
    issuer: version === 2 ? `https://login.microsoftonline.com/${tenant}/v2.0` : `https://sts.windows.net/${tenant}/`,
    authorization_endpoint: `${base}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${base}/${tenant}/discovery/${version === 2 ? 'v2.0/' : ''}keys`,
    response_types_supported: ['code', 'id_token', 'token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  };
}
