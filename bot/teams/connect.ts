import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { TeamsPort } from '../posts/port.ts';
import { TeamsAdapter } from './adapter.ts';
import { connectorPort } from './connector.ts';
import { tokenCheck } from './tokens.ts';

/** The bot's two directions: what Teams sends is checked by `adapter`, what goes to Teams goes through `port`. */
export interface Teams {
  readonly adapter: TeamsAdapter;
  readonly port: TeamsPort;
}

export function connectTeams(config: Config, { wall, credential }: { wall: Clock; credential: TokenCredential }): Teams {
  const adapter = new TeamsAdapter(config, credential, tokenCheck(config, wall));
  return { adapter, port: connectorPort(config, adapter, credential) };
}
