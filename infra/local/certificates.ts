import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';
import { wall } from '../../bot/clock.ts';

/** PEM texts for `https.createServer`. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that lives as long as its process: its key is never written anywhere. */
export interface ThrowAwayCa {
  /** Goes into a file that `NODE_EXTRA_CA_CERTS` of the service names, or into `ca` of a client's TLS options. */
  readonly caPem: string;
  /** @param hosts - names and IP addresses the certificate is good for */
  serverFor(hosts?: readonly string[]): Promise<ServerCertificate>;
}

export const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1'];
const LIFE_DAYS = 30;

/**
 * A new authority for the https stand-ins. It is trusted only where its `caPem` is handed over, so it says nothing to a browser or to
 * the rest of the machine. Good for 30 days of wall time, from an hour ago, so that a clock that is a little off does no harm.
 */
export async function throwAwayCa(): Promise<ThrowAwayCa> {
  const notBeforeDate = new Date(wall.now().getTime() - 3_600_000);
  const notAfterDate = new Date(notBeforeDate.getTime() + LIFE_DAYS * 86_400_000);
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate, notAfterDate } as const;
  // Its own name each time: two authorities of one name in a trust store are taken for each other.
  const ca = await generate([{ name: 'commonName', value: `Rapport local ${randomBytes(4).toString('hex')}` }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const isIp = (host: string) => /^[\d.]+$|:/.test(host);
  return {
    caPem: ca.cert,
    async serverFor(hosts = LOCAL_HOSTS) {
      const made = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
        ...common,
        ca: { key: ca.private, cert: ca.cert },
        extensions: [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: hosts.map((host) => (isIp(host) ? { type: 7, ip: host } : { type: 2, value: host })) },
        ],
      });
      return { key: made.private, cert: made.cert };
    },
  };
}
