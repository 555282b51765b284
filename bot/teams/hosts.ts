import { Refusal } from '../errors.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True when the bot may send a token to `serviceUrl`: https to a listed host; plain http to a listed address of this machine alone. */
export function serviceUrlAllowed(serviceUrl: unknown, hosts: readonly string[]): boolean {
  if (typeof serviceUrl !== 'string' || !URL.canParse(serviceUrl)) return false;
  const url = new URL(serviceUrl);
  if (url.username || url.password) return false;
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  return (
    secure &&
    hosts.some((host) => host.toLowerCase() === url.host || (!host.includes(':') && host.toLowerCase() === url.hostname && !url.port))
  );
}

/** @throws {Refusal} `teams.host` */
export function requireAllowed(serviceUrl: string, hosts: readonly string[]): void {
  if (!serviceUrlAllowed(serviceUrl, hosts)) throw new Refusal('teams.host');
}
