export type { Views } from './api.ts';
export { buildServer, type ServerParts } from './server.ts';
export { NotSignedIn, type TokenIdentity, tokenChecker } from './tokens.ts';
