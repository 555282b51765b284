import { ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import type { Config } from './config.ts';

/** Audience of the token by which a managed identity stands in for the app registration's secret. */
const FEDERATION_SCOPE = 'api://AzureADTokenExchange/.default';

/**
 * What the service proves itself with, to Graph, to the Bot Connector and to the database alike: one credential per process, so that its token cache is
 * shared. `secret` is for local mode; in production the platform's managed identity signs in through a federated credential.
 */
export function credential(config: Config): TokenCredential {
  const options = { authorityHost: config.LOGIN_URL, disableInstanceDiscovery: true };
  if (config.CREDENTIAL === 'secret') return new ClientSecretCredential(config.TENANT_ID, config.APP_ID, config.APP_SECRET ?? '', options);
  const platform = new ManagedIdentityCredential(config.IDENTITY_CLIENT_ID ? { clientId: config.IDENTITY_CLIENT_ID } : {});
  const assertion = async () => (await platform.getToken(FEDERATION_SCOPE)).token;
  return new ClientAssertionCredential(config.TENANT_ID, config.APP_ID, assertion, options);
}
