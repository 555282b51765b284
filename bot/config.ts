import { z } from 'zod';
import { BadInput } from './errors.ts';

const url = z.url();
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

const parts = (value: string): string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

/** Every setting of the service, with the name of its environment variable. `docs/operating.md` lists them. */
const Env = z.object({
  /** Port the service listens on; 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65535).default(3978),
  HOST: z.string().default('127.0.0.1'),
  /** PostgreSQL; without it an embedded one runs in STATE_DIR. */
  DATABASE_URL: z.string().optional(),
  /** `entra`: the service's own credential stands in for a password, and TLS is required. */
  DATABASE_AUTH: z.enum(['password', 'entra']).default('password'),
  /** Folder of the embedded database and nothing else. Default: per user and project path. */
  STATE_DIR: z.string().optional(),
  /** Where browsers and Teams reach the service: `https://rapport.contoso.com`. */
  PUBLIC_URL: url,
  /** The client tenant this deployment serves. */
  TENANT_ID: z.guid(),
  /** The app registration: bot, API audience and Graph application in one. */
  APP_ID: z.guid(),
  /** The app's own id in Teams' catalogue, where it is another than APP_ID: links into the tab name it. */
  TEAMS_APP_ID: z.guid().optional(),
  /** People asked for help are told by a line in their activity feed where no mention reaches them. Needs `TeamsActivity.Send.User`. */
  ACTIVITY_FEED: flag,
  /** Times to book are chosen around what Graph tells of the time of those who are needed (`getSchedule`). No further permission. */
  FREE_BUSY: flag,
  /** Mailbox from which the list of people is sent by itself in a crisis, by its sign-in name. Needs `Mail.Send` for it; without it nothing is sent. */
  CRISIS_MAIL: z.email().optional(),
  /** `api://<host>/<app id>`: second audience of tab tokens (v1). */
  APP_ID_URI: z.string().optional(),
  /** `secret` in local mode; `identity` trusts the platform's managed identity by federated credential. */
  CREDENTIAL: z.enum(['identity', 'secret']).default('identity'),
  APP_SECRET: z.string().optional(),
  /** Client id of the user-assigned managed identity; without it the platform's only one is used. */
  IDENTITY_CLIENT_ID: z.guid().optional(),
  GRAPH_URL: url.default('https://graph.microsoft.com'),
  /** Authority that issues tokens to and for us. */
  LOGIN_URL: url.default('https://login.microsoftonline.com'),
  /** Who signs people's tokens, v2 and v1, `{tid}` standing for their tenant. Other clouds than the public one have other names. */
  TOKEN_ISSUERS: z
    .string()
    .default('https://login.microsoftonline.com/{tid}/v2.0,https://sts.windows.net/{tid}/')
    .transform((value) => value.split(',').map((issuer) => issuer.trim())),
  /** OpenID document of the Bot Connector's tokens. */
  BOT_OPENID_URL: url.default('https://login.botframework.com/v1/.well-known/openidconfiguration'),
  BOT_TOKEN_ISSUER: z.string().default('https://api.botframework.com'),
  /** Hosts the bot may send to besides Microsoft's; `localhost:1234` for a stand-in. */
  BOT_SERVICE_HOSTS: z
    .string()
    .default('smba.trafficmanager.net')
    .transform((value) => value.split(',').map((host) => host.trim())),
  /** Folder of charter files (`*.yaml`), read at start and on change. */
  CHARTERS_DIR: z.string(),
  /** Mailboxes to read, as addresses; or `contacts`: every client contact and service address with a mailbox. */
  MAILBOXES: z
    .string()
    .refine((value) => value === 'contacts' || parts(value).every((one) => z.email().safeParse(one).success), 'contacts, or mail addresses')
    .default('contacts'),
  /** A mailbox that Graph must refuse to the app: the proof that its scope is limited. Until it is refused no mail is read. `unproven`: no proof. */
  OUT_OF_SCOPE_MAILBOX: z.union([z.email(), z.literal('unproven').transform(() => undefined)]).optional(),
  /** How far back a first reading goes. */
  BACKFILL_DAYS: z.coerce.number().int().min(1).max(365).default(90),
  /** Days after which addresses and what people wrote are emptied, once what they belong to has ended. */
  RETAIN_WORDS_DAYS: z.coerce.number().int().min(7).max(3650).default(90),
  /** Days after which times, kinds and outcomes go too. */
  RETAIN_TIMES_DAYS: z.coerce.number().int().min(30).max(3650).default(400),
  /** Requests to Graph under way at one instance, over all mailboxes; four in one mailbox whatever it says. */
  GRAPH_AT_ONCE: z.coerce.number().int().min(4).max(1000).default(256),
  /** Seconds between slow sweeps that find what notifications missed. */
  SWEEP_SECONDS: z.coerce.number().min(1).default(3600),
  /** Object ids of Rapport's admins in the client tenant. */
  ADMIN_OBJECT_IDS: z
    .string()
    .refine((value) => parts(value).every((one) => z.guid().safeParse(one).success), 'object ids, with commas between')
    .default('')
    .transform(parts),
  /** Where traces and figures go: Application Insights, an OTLP collector (its base address), both, or nowhere. */
  APPLICATIONINSIGHTS_CONNECTION_STRING: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Allows the product clock to be moved (`/local/clock`), for demonstration and tests alone. Needs LOCAL_KEY. */
  LOCAL_CLOCK: flag,
  LOCAL_KEY: z.string().optional(),
  /** First product time when LOCAL_CLOCK is on and the database is new; ISO instant. */
  LOCAL_START: z.iso.datetime().optional(),
});
export type Config = Readonly<z.infer<typeof Env>>;

/**
 * Reads the environment once, at start.
 * @throws {BadInput} naming every variable that is missing or malformed
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = Env.safeParse(env);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  // What is malformed is said above; what one setting asks of another is looked at all the same, so that all is said at once.
  if (env.CREDENTIAL === 'secret' && !env.APP_SECRET) problems.push('  APP_SECRET: needed with CREDENTIAL=secret');
  if (inEarnest(env) && !env.OUT_OF_SCOPE_MAILBOX)
    problems.push('  OUT_OF_SCOPE_MAILBOX: a mailbox that Graph has to refuse, or `unproven` to read without that proof');
  if (env.LOCAL_CLOCK === 'true' && !env.LOCAL_KEY) problems.push('  LOCAL_KEY: needed with LOCAL_CLOCK=true');
  if (env.DATABASE_AUTH === 'entra' && !env.DATABASE_URL) problems.push('  DATABASE_URL: needed with DATABASE_AUTH=entra');
  if (parsed.success && parsed.data.RETAIN_TIMES_DAYS < parsed.data.RETAIN_WORDS_DAYS)
    problems.push('  RETAIN_TIMES_DAYS: not less than RETAIN_WORDS_DAYS');
  if (problems.length || !parsed.success)
    throw new BadInput(`Rapport cannot start: these settings are missing or malformed.\n${problems.join('\n')}\nSee docs/operating.md.`);
  return Object.freeze(parsed.data);
}

/** Reads a tenant of Microsoft's own cloud, whatever it shows who it is with. */
const inEarnest = ({ GRAPH_URL }: NodeJS.ProcessEnv): boolean => /\bmicrosoft/.test(GRAPH_URL ?? 'https://graph.microsoft.com');
