import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { lock } from 'proper-lockfile';
import type { AgreementView } from '../../bot/contract/charter.ts';
import type { MatterKind, MattersView } from '../../bot/contract/matter.ts';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import type { PeopleView } from '../../bot/contract/people.ts';
import type { MyDataView } from '../../bot/contract/privacy.ts';
import type { ReviewsView, ReviewView } from '../../bot/contract/review.ts';
import type { ActionResult, ErrorView, MeView, StreamLine, TodayView } from '../../bot/contract/today.ts';
import { securityHeaders } from '../../bot/http/headers.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const built = path.join(root, 'dist', 'tab');

/** Builds the tab where it is missing or made of something older; files of tests that run beside each other do so one after the other. */
export async function buildTab(): Promise<void> {
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  const release = await lock(path.join(root, 'tab'), {
    lockfilePath: path.join(root, 'dist', 'tab.lock'),
    retries: { retries: 600, minTimeout: 200, maxTimeout: 200 },
    stale: 120_000, // longer than any build
  });
  try {
    execFileSync(process.execPath, [path.join(root, 'infra', 'build.mjs'), 'tab'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  } finally {
    await release();
  }
}

/** What the service would answer now. A case changes it while the page is open. */
export interface World {
  me: MeView | Refused;
  today: TodayView | Refused;
  obligations: Record<string, ObligationView>;
  agreement?: AgreementView | Refused;
  people?: PeopleView | Refused;
  data?: MyDataView | Refused;
  matters?: Partial<Record<MatterKind, MattersView>>;
  reviews?: ReviewsView | Refused;
  /** What a press brings; it may change the world first. */
  act(verb: string, body: Posted['body']): ActionResult | Refused;
  /** The host gives no token while this is true. */
  withoutToken: boolean;
  context: Record<string, unknown>;
}
export interface Refused {
  status: number;
  body: ErrorView;
}
export interface Posted {
  readonly verb: string;
  readonly body: { subjectId: string; revision?: number; inputs: Record<string, string> };
}
export const refused = (status: number, code: string, message: string): Refused => ({ status, body: { code, message } });

/** As the service lists them: figures come with one that is asked for by itself. */
function withoutFigures(seen: World['reviews']): World['reviews'] {
  const bare = (list: readonly ReviewView[]) => list.map((review) => ({ ...review, figures: null }));
  return seen && 'next' in seen ? { ...seen, next: bare(seen.next), held: bare(seen.held) } : seen;
}

export interface TabPlace {
  /** `http://localhost:PORT`; `/host` frames the tab as a host would, `/tab/` is the bare page. */
  readonly url: string;
  readonly world: World;
  /** Another world, and nothing seen of the one before. */
  start(world: World): void;
  readonly posted: Posted[];
  /** The `after` of each stream that was opened, and how many are open. */
  readonly streams: { readonly after: string[]; open: number };
  /** Tokens that calls came with: each is good for one call. */
  readonly tokens: string[];
  say(line: StreamLine): void;
  /** Ends all open streams, as a service that goes away does. */
  cut(): void;
  close(): Promise<void>;
}

/** The built tab behind the product's own headers, with a host page around it and a service whose answers a case decides. */
export async function openTabPlace(): Promise<TabPlace> {
  const world = {} as World;
  const app = Fastify({ forceCloseConnections: true });
  await securityHeaders(app, { local: true });
  await app.register(fastifyStatic, { root: built, prefix: '/tab/', preCompressed: true, immutable: true, maxAge: '1h' });
  // A host frames what it likes: the product's policy is for the product's pages.
  app.get('/host', (_request, reply) => reply.removeHeader('content-security-policy').type('text/html').send(HOST_PAGE));
  app.get('/host.js', (_request, reply) => reply.type('text/javascript').send(HOST_SCRIPT));
  app.get('/host/context', () => world.context);
  let given = 0;
  app.get('/host/token', () => {
    given += 1;
    return { token: world.withoutToken ? null : `token-${given}` };
  });

  const open = new Set<FastifyReply>();
  const place = { world, posted: [] as Posted[], streams: { after: [] as string[], open: 0 }, tokens: [] as string[] };
  routes(app, place, open);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...place,
    start(next) {
      delete world.agreement;
      delete world.people;
      delete world.data;
      delete world.matters;
      delete world.reviews;
      Object.assign(world, next);
      for (const list of [place.posted, place.streams.after, place.tokens]) list.length = 0;
    },
    url: address.replace('127.0.0.1', 'localhost'),
    say: (line) => open.forEach((reply) => void reply.raw.write(`${JSON.stringify(line)}\n`)),
    cut: () => open.forEach((reply) => void reply.raw.end()),
    close: () => app.close(),
  };
}

type Answers = Pick<TabPlace, 'world' | 'posted' | 'streams' | 'tokens'>;

function routes(app: FastifyInstance, { world, posted, streams, tokens }: Answers, open: Set<FastifyReply>): void {
  const answer = <T extends object>(request: FastifyRequest, reply: FastifyReply, what: () => T | Refused | undefined) => {
    const token = request.headers.authorization?.replace('Bearer ', '');
    if (!token) return reply.code(401).send({ code: 'token.missing', message: 'Please sign in.' });
    tokens.push(token);
    const found = what();
    if (!found) return reply.code(404).send({ code: 'obligation.not_found', message: 'This item is not there any more.' });
    return 'body' in found && 'status' in found && typeof found.status === 'number' ? reply.code(found.status).send(found.body) : found;
  };
  app.get('/api/me', (request, reply) => answer(request, reply, () => world.me));
  app.get('/api/me/data', (request, reply) => answer(request, reply, () => world.data));
  app.get('/api/partnerships/:id/today', (request, reply) => answer(request, reply, () => world.today));
  app.get('/api/partnerships/:id/agreement', (request, reply) => answer(request, reply, () => world.agreement));
  app.get('/api/partnerships/:id/people', (request, reply) => answer(request, reply, () => world.people));
  app.get<{ Params: { kind: MatterKind } }>('/api/partnerships/:id/matters/:kind', (request, reply) =>
    answer(request, reply, () => world.matters?.[request.params.kind]),
  );
  app.get<{ Params: { kind: MatterKind; id: string } }>('/api/matters/:kind/:id', (request, reply) =>
    answer(request, reply, () => {
      const seen = world.matters?.[request.params.kind];
      return [...(seen?.open ?? []), ...(seen?.ended ?? [])].find(({ id }) => id === request.params.id);
    }),
  );
  app.get('/api/partnerships/:id/reviews', (request, reply) => answer(request, reply, () => withoutFigures(world.reviews)));
  app.get<{ Params: { id: string } }>('/api/reviews/:id', (request, reply) =>
    answer(request, reply, () => {
      const seen = world.reviews;
      return seen && 'next' in seen ? [...seen.next, ...seen.held].find(({ id }) => id === request.params.id) : seen;
    }),
  );
  app.get<{ Params: { id: string } }>('/api/obligations/:id', (request, reply) =>
    answer(request, reply, () => world.obligations[request.params.id]),
  );
  app.post<{ Params: { verb: string }; Body: Posted['body'] }>('/api/actions/:verb', (request, reply) =>
    answer(request, reply, () => {
      posted.push({ verb: request.params.verb, body: request.body });
      return world.act(request.params.verb, request.body);
    }),
  );
  app.get<{ Querystring: { after: string } }>('/api/partnerships/:id/stream', (request, reply) => {
    streams.after.push(request.query.after);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
    reply.raw.flushHeaders();
    open.add(reply);
    streams.open += 1;
    reply.raw.on('close', () => {
      open.delete(reply);
      streams.open -= 1;
    });
  });
}

const HOST_PAGE = `<!doctype html><meta charset="utf-8"><title>Host</title>
<style>html,body{margin:0;height:100%}iframe{display:block;border:0;width:100%;height:100%}</style>
<iframe title="Rapport"></iframe><script src="/host.js"></script>`;

/** The host's half of teams-js, as Teams speaks it: what was asked of it stands in `asked`. */
const HOST_SCRIPT = `
const frame = document.querySelector('iframe');
const get = async (path) => (await fetch(path)).json();
window.asked = [];
addEventListener('message', async ({ data, source, origin }) => {
  if (source !== frame.contentWindow || !data?.func) return;
  asked.push({ func: data.func, args: data.args });
  const answer = (...args) => source.postMessage({ id: data.id, uuid: data.uuid, uuidAsString: data.uuidAsString, args }, origin);
  const supports = { pages: { tabs: {}, config: {}, appButton: {} }, dialog: { url: { bot: {} }, card: { bot: {} } } };
  const runtime = JSON.stringify({ apiVersion: 4, hostVersionsInfo: {}, isLegacyTeams: false, supports });
  if (data.func === 'initialize') answer((await get('/host/context')).frameContext ?? 'content', 'web', runtime, '2.58.0');
  else if (data.func === 'getContext') answer(await get('/host/context'));
  else if (data.func === 'authentication.getAuthToken') {
    const { token } = await get('/host/token');
    answer(token !== null, token ?? 'no token');
  } else if (['executeDeepLink', 'openLink', 'settings.setSettings'].includes(data.func)) answer(true);
});
window.toTab = (func, ...args) => frame.contentWindow.postMessage({ func, args }, '*');
frame.src = '/tab/' + location.search + location.hash;
`;
