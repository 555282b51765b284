import type { Clock } from '../../../bot/clock.ts';
import type { Entra, VerifiedClaims } from '../entra/index.ts';
import { GraphError } from './errors.ts';

/** What the bearer of a token may do here. */
export interface Rights {
  readonly appId: string;
  /** The user that a delegated token acts for; null for an application. */
  readonly userId: string | null;
  /** Application roles or delegated scopes. */
  readonly granted: readonly string[];
}

const GRAPH = ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'];
const REMEMBER = 500;

/** Checks tokens with the key of the Entra ID stand-in. A token that was good once is remembered until it ends. */
export function tokenCheck(
  entra: Pick<Entra, 'verify'>,
  tenantId: string,
  ownUrl: () => string,
  wall: Clock,
): (authorization: string | undefined) => Promise<Rights> {
  const good = new Map<string, { rights: Rights; untilMs: number }>();
  return async (authorization) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw unauthenticated('Access token is empty.');
    const known = good.get(token);
    if (known && known.untilMs > wall.now().getTime()) return known.rights;
    const claims = await entra.verify(token, [...GRAPH, ownUrl()]).catch((cause: Error & { code?: string }) => {
      throw unauthenticated(
        cause.code === 'ERR_JWT_EXPIRED'
          ? 'Lifetime validation failed, the token is expired.'
          : 'Access token validation failure. Invalid audience or signature.',
      );
    });
    if (claims.tid !== tenantId) throw unauthenticated('Access token validation failure. The tenant is another one.');
    if (good.size >= REMEMBER) good.clear();
    const rights = rightsOf(claims);
    good.set(token, { rights, untilMs: (claims.exp ?? 0) * 1000 });
    return rights;
  };
}

const unauthenticated = (message: string) =>
  new GraphError(401, 'InvalidAuthenticationToken', message, {
    'www-authenticate': 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
  });

function rightsOf(claims: VerifiedClaims): Rights {
  const delegated = typeof claims.scp === 'string';
  return {
    appId: claims.appid ?? claims.azp ?? '',
    userId: delegated ? String(claims.oid) : null,
    granted: delegated ? claims.scp!.split(' ') : [...(claims.roles ?? [])],
  };
}

const grants = ({ granted }: Rights, family: RegExp) => granted.some((name) => family.test(name));

/**
 * Whether mail (or calendars, or mailbox settings) may be read. An application without any such role in its token may still have a grant
 * for single mailboxes inside Exchange (RBAC for Applications), which no token shows: those mailboxes decide for themselves.
 */
export const mayRead = (rights: Rights, what: 'Mail' | 'Calendars' | 'MailboxSettings'): boolean =>
  grants(rights, new RegExp(`^${what}\\.Read`)) || (rights.userId === null && !grants(rights, /^(Mail|Calendars|MailboxSettings)\./));
export const mayReadBodies = (rights: Rights): boolean => grants(rights, /^Mail\.Read(Write)?(\.All)?$/);
export const mayReadEventBodies = (rights: Rights): boolean => grants(rights, /^Calendars\.Read(Write)?(\.All)?$/);
export const mayReadUsers = (rights: Rights): boolean => grants(rights, /^(User|Directory)\.Read/);
export const mayWriteEvents = (rights: Rights): boolean => grants(rights, /^Calendars\.ReadWrite(\.All)?$/);
/** Sending is a permission of its own, in the token or, like reading, in Exchange alone. */
export const maySendMail = (rights: Rights): boolean =>
  grants(rights, /^Mail\.Send$/) || (rights.userId === null && !grants(rights, /^(Mail|Calendars|MailboxSettings)\./));
/** Of users the basic profile alone. */
export const basicUsersOnly = (rights: Rights): boolean => !grants(rights, /^(User\.Read(Write)?|Directory\.Read(Write)?)\.All$/);
