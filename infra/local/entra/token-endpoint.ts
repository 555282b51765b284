import { randomUUID, timingSafeEqual } from 'node:crypto';
import { type EntraTenant, type Issuer, LIFE_SECONDS, TOKEN_EXCHANGE, type VerifiedClaims } from './issuer.ts';

export interface TokenFaults {
  /** So many of the next requests are answered 503. */
  unavailable: number;
  /** On-behalf-of is refused: the user has not consented. */
  consentNeeded: boolean;
}

interface TokenRequest {
  readonly tenant: string;
  readonly form: URLSearchParams;
  readonly registration: EntraTenant;
  readonly tokens: Issuer;
  readonly faults: TokenFaults;
}
type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ON_BEHALF_OF = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** What tokens can be asked for here, besides a stand-in of Graph on this machine, whose address is its audience. */
const RESOURCES = ['https://graph.microsoft.com', 'https://api.botframework.com', 'https://ossrdbms-aad.database.windows.net'];
const LOCAL = /^https:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/;

/** POST /{tenant}/oauth2/v2.0/token: client credentials with a secret or a federated assertion, and on-behalf-of. */
export async function answerTokenRequest(request: TokenRequest): Promise<Answer> {
  const { tenant, form, registration, tokens, faults } = request;
  if (faults.unavailable > 0) {
    faults.unavailable -= 1;
    return refuse(503, 'temporarily_unavailable', 'AADSTS90033: A transient error has occurred. Please try again.');
  }
  // A single-tenant registration is unknown everywhere else, in the Bot Framework's old common tenant too.
  if (tenant !== registration.id)
    return refuse(400, 'unauthorized_client', `AADSTS700016: Application was not found in the directory '${tenant}'.`);
  if (form.get('client_id') !== registration.app.id)
    return refuse(400, 'unauthorized_client', 'AADSTS700016: Application was not found in the directory.');
  const wrongClient = await refuseClient(request);
  if (wrongClient) return wrongClient;

  const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope && !['openid', 'profile', 'offline_access'].includes(scope));
  if (form.get('grant_type') === 'client_credentials') {
    const resource = scopes[0]?.endsWith('/.default') ? scopes[0].slice(0, -'/.default'.length) : null;
    if (scopes.length !== 1 || resource === null)
      return refuse(
        400,
        'invalid_scope',
        'AADSTS1002012: The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.',
      );
    if (!known(resource))
      return refuse(400, 'invalid_resource', `AADSTS500011: The resource principal named ${resource} was not found in the tenant.`);
    return grant(await tokens.forApp(resource));
  }
  if (form.get('grant_type') === ON_BEHALF_OF && form.get('requested_token_use') === 'on_behalf_of') return onBehalfOf(request, scopes);
  return refuse(400, 'unsupported_grant_type', 'AADSTS70003: The app requested an unsupported grant type.');
}

const known = (resource: string) => RESOURCES.includes(resource) || LOCAL.test(resource);

async function refuseClient({ form, registration, tokens }: TokenRequest): Promise<Answer | null> {
  const assertion = form.get('client_assertion');
  if (assertion !== null) {
    const right =
      form.get('client_assertion_type') === ASSERTION_TYPE && (await tokens.verify(assertion, [TOKEN_EXCHANGE]).catch(() => null));
    return right
      ? null
      : refuse(401, 'invalid_client', 'AADSTS700213: No matching federated identity record found for presented assertion.');
  }
  const [given, wanted] = [Buffer.from(form.get('client_secret') ?? ''), Buffer.from(registration.app.secret)];
  return given.length === wanted.length && timingSafeEqual(given, wanted)
    ? null
    : refuse(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
}

async function onBehalfOf({ form, registration, tokens, faults }: TokenRequest, scopes: readonly string[]): Promise<Answer> {
  const user: VerifiedClaims | null = await tokens
    .verify(form.get('assertion') ?? '', [registration.app.id, registration.app.idUri])
    .catch(() => null);
  if (!user?.oid)
    return refuse(
      400,
      'invalid_grant',
      'AADSTS500133: Assertion is not within its valid time range, or its audience is not this application.',
    );
  if (faults.consentNeeded) {
    return refuse(400, 'invalid_grant', 'AADSTS65001: The user or administrator has not consented to use the application.', {
      suberror: 'consent_required',
      claims: '{"access_token":{}}',
    });
  }
  const resource = scopes[0] ? new URL(scopes[0]).origin : '';
  if (!known(resource)) return refuse(400, 'invalid_resource', 'AADSTS500011: The resource principal was not found in the tenant.');
  const names = scopes.map((scope) => scope.slice(resource.length + 1)).filter((scope) => scope !== '.default');
  return grant(await tokens.onBehalfOf(user, resource, names.length > 0 ? names : ['User.Read']));
}

const grant = (token: string): Answer => ({
  status: 200,
  body: { token_type: 'Bearer', expires_in: LIFE_SECONDS, ext_expires_in: LIFE_SECONDS, access_token: token },
});

const refuse = (status: number, error: string, description: string, more: Readonly<Record<string, string>> = {}): Answer => {
  const code = /AADSTS(\d+)/.exec(description)?.[1];
  return {
    status,
    body: {
      error,
      error_description: description,
      error_codes: code ? [Number(code)] : [],
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
      ...more,
    },
  };
};
