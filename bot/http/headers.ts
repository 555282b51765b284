import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Where Teams, Outlook and Microsoft 365 frame a tab (Microsoft's tab requirements). */
const HOSTS = [
  'https://teams.microsoft.com',
  'https://*.teams.microsoft.com',
  'https://*.cloud.microsoft',
  'https://*.microsoft365.com',
  'https://*.office.com',
  'https://outlook.office.com',
  'https://outlook.office365.com',
  'https://outlook-sdf.office.com',
  'https://outlook-sdf.office365.com',
];

/** Frames are allowed by `frame-ancestors` alone: X-Frame-Options knows no list and would shut Teams out. */
export async function securityHeaders(app: FastifyInstance, { local }: { local: boolean }): Promise<void> {
  await app.register(helmet, {
    frameguard: false,
    crossOriginResourcePolicy: false,
    crossOriginOpenerPolicy: false,
    hsts: local ? false : { maxAge: 31_536_000 },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"], // Fluent UI writes its rules into style elements
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'", 'data:'],
        // teams-js asks there which hosts may frame a tab; without the answer it goes by the list it was built with
        'connect-src': ["'self'", 'https://res.cdn.office.net'],
        'object-src': ["'none'"],
        'base-uri': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'", ...HOSTS, ...(local ? ['http://localhost:*'] : [])],
      },
    },
  });
}
