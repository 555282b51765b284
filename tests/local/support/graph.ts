import { Agent, request } from 'node:https';
import { throwAwayCa } from '../../../infra/local/certificates.ts';
import { startEntra } from '../../../infra/local/entra/index.ts';
import { signingKeys } from '../../../infra/local/entra/issuer.ts';
import { type Graph, type GraphOptions, startGraph } from '../../../infra/local/graph/index.ts';
import type { Tenant } from '../../../infra/local/tenant/tenant.ts';
import { OUTSIDE_CONTRACT } from '../../support/graphContract.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape, each held against the contract
  readonly body: any;
}
export interface Bench {
  readonly graph: Graph;
  readonly tenant: Tenant;
  readonly caPem: string;
  /** Asks with a good token, or `token`; every call and answer is held against Graph's contract, but for one that means to be `outsideContract`. `path` may be a whole link. */
  ask(
    path: string,
    options?: { method?: string; prefer?: string; token?: string; body?: unknown; outsideContract?: boolean },
  ): Promise<Reply>;
  /** Follows a delta round to its end. */
  round(path: string, prefer?: string): Promise<{ items: Reply['body'][]; pages: number; deltaLink: string }>;
  token(): Promise<string>;
  userToken(key: string, scopes: string[]): Promise<string>;
  close(): Promise<void>;
}

const authority = throwAwayCa();
const keys = signingKeys();

/** The Graph and Entra ID stand-ins with one tenant, all its mail up to the clock's start released. */
export async function aBench(tenant: Tenant, options: Partial<GraphOptions> = {}): Promise<Bench> {
  const certificates = await authority;
  const entra = await startEntra({ tenant, certificates, keys: await keys });
  const graph = await startGraph({ tenant, certificates, entra, latencyMs: 0, ...options });
  graph.release(tenant.clockStartAt);
  const agent = new Agent({ keepAlive: true, ca: certificates.caPem });
  const form = {
    grant_type: 'client_credentials',
    client_id: tenant.app.id,
    client_secret: tenant.app.secret,
    scope: 'https://graph.microsoft.com/.default',
  };

  const send = (url: string, method: string, headers: Record<string, string>, body?: string): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text === '' ? null : JSON.parse(text) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  let known: string | undefined;
  const token = async () => {
    known ??= (
      await send(
        `${entra.url}/${tenant.id}/oauth2/v2.0/token`,
        'POST',
        { 'content-type': 'application/x-www-form-urlencoded' },
        new URLSearchParams(form).toString(),
      )
    ).body.access_token as string;
    return known;
  };
  const ask: Bench['ask'] = async (path, { method = 'GET', prefer, token: other, body, outsideContract = false } = {}) => {
    const url = path.startsWith('https:') ? path : `${graph.url}/v1.0${path}`;
    const headers = {
      authorization: `Bearer ${other ?? (await token())}`,
      ...(prefer !== undefined && { prefer }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(outsideContract && { [OUTSIDE_CONTRACT]: 'yes' }),
    };
    return send(url, method, headers, body === undefined ? undefined : JSON.stringify(body));
  };
  return {
    graph,
    tenant,
    caPem: certificates.caPem,
    ask,
    token,
    async round(path, prefer) {
      const items: Reply['body'][] = [];
      for (let next = path, pages = 1; ; pages += 1) {
        const { status, body } = await ask(next, { ...(prefer !== undefined && { prefer }) });
        if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
        items.push(...body.value);
        if (body['@odata.deltaLink']) return { items, pages, deltaLink: body['@odata.deltaLink'] };
        next = body['@odata.nextLink'];
      }
    },
    userToken: async (key, scopes) => {
      const person = tenant.people.find((one) => one.key === key)!;
      return entra.tokenFor(person, { audience: 'https://graph.microsoft.com', version: 1, scopes });
    },
    async close() {
      agent.destroy();
      await graph.close();
      await entra.close();
    },
  };
}
