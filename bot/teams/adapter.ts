import type { TokenCredential } from '@azure/identity';
import { type Activity, CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { knowsTheLine } from './line.ts';
import { type TokenCheck, Unauthorized } from './tokens.ts';

/** What tokens to the Bot Connector are asked for: in every cloud its audience is called like the issuer of its own tokens. */
export const connectorScope = ({ BOT_TOKEN_ISSUER }: Pick<Config, 'BOT_TOKEN_ISSUER'>): string => `${BOT_TOKEN_ISSUER}/.default`;

type Credentials = ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1];
interface Pipeline {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(policy: ReturnType<typeof knowsTheLine>, where: { afterPolicies: string[] }): void;
}
type ConnectorClient = Awaited<ReturnType<ReturnType<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>['create']>>;

/** Tokens to the connector come from the service's one credential. */
const credentials = (config: Config, credential: TokenCredential): Credentials => ({
  isValidAppId: async (id) => id === config.APP_ID,
  isAuthenticationDisabled: async () => false,
  createCredentials: async () => ({
    async signRequest(request) {
      const token = await credential.getToken(connectorScope(config)).catch((cause) => {
        throw new Unavailable('no token for the Bot Connector', { cause });
      });
      if (!token) throw new Unavailable('no token for the Bot Connector');
      request.headers.set('authorization', `Bearer ${token.token}`);
      return request;
    },
  }),
});

/** botbuilder's settings; once one is given none has a default, so all are. */
const settings = (config: Config) => ({
  MicrosoftAppId: config.APP_ID,
  MicrosoftAppType: 'SingleTenant',
  MicrosoftAppTenantId: config.TENANT_ID,
  ToBotFromChannelOpenIdMetadataUrl: config.BOT_OPENID_URL,
  ToBotFromChannelTokenIssuer: config.BOT_TOKEN_ISSUER,
  ToBotFromEmulatorOpenIdMetadataUrl: config.BOT_OPENID_URL,
  ToChannelFromBotOAuthScope: config.BOT_TOKEN_ISSUER,
  ToChannelFromBotLoginUrl: `${config.LOGIN_URL}/${config.TENANT_ID}`,
  OAuthUrl: config.BOT_TOKEN_ISSUER,
  ValidateAuthority: true,
  CallerId: 'urn:botframework:azure',
});

/** Authenticates by our own check of the token; botbuilder's answers some bad signatures with 500 and writes to the console. */
class StrictAuthentication extends ConfigurationBotFrameworkAuthentication {
  readonly #check: TokenCheck;
  readonly audience: string;
  constructor(config: Config, credential: TokenCredential, check: TokenCheck) {
    super(settings(config), credentials(config, credential), { requiredEndorsements: [] });
    this.#check = check;
    this.audience = config.BOT_TOKEN_ISSUER;
  }
  override async authenticateRequest(
    activity: Activity,
    header: string,
  ): ReturnType<ConfigurationBotFrameworkAuthentication['authenticateRequest']> {
    await this.#check(header, activity);
    const claimsIdentity = this.claims();
    return {
      audience: this.audience,
      callerId: 'urn:botframework:azure',
      claimsIdentity,
      connectorFactory: this.createConnectorFactory(claimsIdentity),
    };
  }
  override async authenticateStreamingRequest(): Promise<never> {
    throw new Unauthorized('streaming is not offered');
  }
  /** Filled by the adapter, which alone can make one. */
  claims: () => Parameters<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>[0] = () => {
    throw new Error('not connected to an adapter');
  };
}

/** What a turn answers: an invoke's body, or nothing. */
export type Answer = { readonly status: number; readonly body?: unknown };

/** botbuilder's CloudAdapter with our authentication; it neither echoes errors nor writes to the console. */
export class TeamsAdapter extends CloudAdapter {
  readonly #authentication: StrictAuthentication;
  readonly #connectors = new Map<string, Promise<ConnectorClient>>();

  constructor(config: Config, credential: TokenCredential, check: TokenCheck) {
    const authentication = new StrictAuthentication(config, credential, check);
    super(authentication);
    this.#authentication = authentication;
    authentication.claims = () => this.createClaimsIdentity(config.APP_ID);
  }

  /**
   * One activity from Teams. `logic` gives the body of an invoke's answer.
   * @throws {Unauthorized} when the token does not stand for this activity
   */
  async handle(header: string, activity: Activity, logic: (activity: Activity) => Promise<unknown>): Promise<Answer> {
    const answer = await this.processActivity(header, activity, async (context) => {
      const body = await logic(context.activity);
      if (activity.type === 'invoke') await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } });
    });
    return answer ?? { status: 200 };
  }

  /** The client of a service URL. It never repeats a request by itself: a repeated send is a second card. It tells what was never sent. */
  connector(serviceUrl: string): Promise<ConnectorClient> {
    const known = this.#connectors.get(serviceUrl);
    if (known) return known;
    const made = this.#authentication
      .createConnectorFactory(this.createClaimsIdentity(this.#authentication.claims().getClaimValue('aud') ?? ''))
      .create(serviceUrl, this.#authentication.audience)
      .then((client) => {
        const { pipeline } = (client as unknown as { client: { pipeline: Pipeline } }).client;
        for (const name of ['defaultRetryPolicy', 'redirectPolicy']) pipeline.removePolicy({ name });
        pipeline.addPolicy(knowsTheLine(), { afterPolicies: ['proxyPolicy'] });
        return client;
      });
    this.#connectors.set(serviceUrl, made);
    return made;
  }
}
