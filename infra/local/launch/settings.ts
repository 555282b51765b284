import type { Entra } from '../entra/index.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { playgroundHost } from './playground.ts';
import type { LocalState } from './state.ts';

/** The environment of the service: the production code path, with the addresses, keys and the kind of credential of this machine. */
export function serviceSettings(parts: {
  tenant: Tenant;
  state: LocalState;
  front: string;
  graph: string;
  entra: Pick<Entra, 'url' | 'botOpenIdUrl'>;
  connector: string;
  playground?: number | null;
}): Record<string, string> {
  const { tenant, state } = parts;
  const inherited = Object.entries(process.env).filter(([name, value]) => value !== undefined && !/_proxy$/i.test(name));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PORT: '0',
    HOST: '127.0.0.1',
    STATE_DIR: state.postgres,
    PUBLIC_URL: parts.front,
    TENANT_ID: tenant.id,
    APP_ID: tenant.app.id,
    APP_ID_URI: tenant.app.idUri,
    CREDENTIAL: 'secret',
    APP_SECRET: tenant.app.secret,
    GRAPH_URL: parts.graph,
    LOGIN_URL: parts.entra.url,
    BOT_OPENID_URL: parts.entra.botOpenIdUrl,
    BOT_SERVICE_HOSTS: [new URL(parts.connector).host, ...(parts.playground == null ? [] : [playgroundHost(parts.playground)])].join(','),
    CHARTERS_DIR: state.file('charters'),
    ADMIN_OBJECT_IDS: tenant.people
      .filter(({ admin }) => admin)
      .map(({ objectId }) => objectId)
      .join(','),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    LOCAL_CLOCK: 'true',
    LOCAL_KEY: state.memory().localKey,
    LOCAL_START: tenant.agreedAt.toISOString(),
    NODE_EXTRA_CA_CERTS: state.file('ca.pem'),
  };
}
