// What a container does for its tokens: the service's credential, with the settings of the environment, asked for each scope it is given.
import { readConfig } from '../../bot/config.ts';
import { credential } from '../../bot/credential.ts';

const identity = credential(readConfig(process.env));
for (const scope of process.argv.slice(2)) console.log((await identity.getToken(scope))?.token);
