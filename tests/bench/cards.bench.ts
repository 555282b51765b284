import { randomUUID } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { allCapabilities } from '../../bot/capabilities.ts';
import type { Actor } from '../../bot/capability.ts';
import { acknowledge, contactIdOf, loadCharters, partnershipIdOf } from '../../bot/charter/index.ts';
import { wall } from '../../bot/clock.ts';
import { readConfig } from '../../bot/config.ts';
import { escalations } from '../../bot/escalations/index.ts';
import { createLog } from '../../bot/log.ts';
import { projectFolder } from '../../bot/store/folder.ts';
import { botRoutes, connectTeams } from '../../bot/teams/index.ts';
import { botIssuer } from '../support/botTokens.ts';
import { type BenchResult, benchDatabase } from './database.ts';

/** Presses a second, whether those before were answered or not. */
const RATES = [10, 50] as const;
const SECONDS = 10;
/** Segments of each contender in turn, so that both meet the same machine. */
const ROUNDS = 3;
const ESCALATIONS = 200;
const TENANT = '22222222-2222-4222-8222-222222222222';
const APP = '11111111-1111-4111-8111-111111111111';
const CARLO = { tenantId: TENANT, objectId: 'aaaaaaaa-0000-4000-8000-000000000004', userId: '29:carlo' };
const CARD = 'application/vnd.microsoft.card.adaptive';
const SENTENCE = 'application/vnd.microsoft.activity.message';

type Contender = 'empty bot' | 'Rapport';

/**
 * A press on a card, from the invoke to the new card, at 10 and at 50 a second whether the one before was answered or not: *Update* on one of 200
 * escalations, checked, decided under its lock, written durably. Against a bot on the same adapter that checks the same signature and answers
 * a small card. What is posted to others follows in jobs and is no part of it.
 */
export async function run(): Promise<BenchResult> {
  const { ports, close } = await benchDatabase(wall);
  const folder = path.join(projectFolder(), 'dist', 'bench-card-charters');
  const issuer = await botIssuer();
  const serviceUrl = 'https://smba.trafficmanager.net/emea/';
  const config = readConfig({
    PUBLIC_URL: 'https://rapport.example',
    TENANT_ID: TENANT,
    APP_ID: APP,
    CREDENTIAL: 'secret',
    OUT_OF_SCOPE_MAILBOX: 'unproven',
    APP_SECRET: 's',
    CHARTERS_DIR: folder,
    BOT_OPENID_URL: issuer.openIdUrl,
  });
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: wall.now().getTime() + 3_600_000 }) };
  const teams = connectTeams(config, { wall, credential });
  const app = Fastify();
  try {
    await mkdir(folder, { recursive: true });
    await cp(path.join(projectFolder(), 'tests', 'support', 'charters', 'fabrikam.yaml'), path.join(folder, 'fabrikam.yaml'));
    await loadCharters(ports, folder);
    const ids = await prepare();
    const capabilities = allCapabilities(() => ({ name: 'reader' }));
    await app.register(botRoutes({ ports, config, capabilities, teams, log: createLog('silent') }));
    app.post('/empty', async (request, reply) => {
      const answer = await teams.adapter.handle(request.headers.authorization ?? '', request.body as never, async () => ({
        statusCode: 200,
        type: CARD,
        value: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Noted' }] },
      }));
      return reply.code(answer.status).send(answer.body);
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const token = await issuer.token({ aud: APP, serviceurl: serviceUrl });
    let late = 0;
    const press = async (contender: Contender, id: string): Promise<number> => {
      const began = performance.now();
      const response = await fetch(base + (contender === 'Rapport' ? '/api/messages' : '/empty'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ serviceUrl, ...activity(id) }),
      });
      const body = (await response.json()) as { type?: string; value?: unknown };
      const ms = performance.now() - began;
      if (contender === 'Rapport' && body.type === SENTENCE) late += 1;
      else if (
        response.status !== 200 ||
        body.type !== CARD ||
        !JSON.stringify(body.value).includes(contender === 'Rapport' ? 'The other side sees it' : 'Noted')
      )
        throw new Error(`${contender} answered ${response.status} ${JSON.stringify(body).slice(0, 300)}`);
      return ms;
    };
    for (const contender of ['empty bot', 'Rapport'] as const) await segment(RATES[0], 1, (n) => press(contender, ids[n % ids.length]!)); // warm
    const rows: BenchResult['rows'] = [];
    for (const rate of RATES) {
      late = 0;
      const times: Record<Contender, number[]> = { 'empty bot': [], Rapport: [] };
      for (let round = 0; round < ROUNDS; round += 1)
        for (const contender of ['empty bot', 'Rapport'] as const)
          times[contender].push(...(await segment(rate, SECONDS, (n) => press(contender, ids[n % ids.length]!))));
      const at = (contender: Contender, share: number) => {
        const sorted = times[contender].toSorted((a, b) => a - b);
        return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
      };
      for (const [name, share] of [
        ['p50', 0.5],
        ['p99', 0.99],
      ] as const) {
        const [own, empty] = [at('Rapport', share), at('empty bot', share)];
        const longer = late ? `, ${late} were told that it takes longer` : '';
        const note = `${own.toFixed(1)} ms, empty bot ${empty.toFixed(1)} ms; ${times.Rapport.length} presses each${longer}`;
        rows.push({ name: `${name} at ${rate} a second`, ratio: own / empty, note });
      }
    }
    return { title: 'A press on a card, invoke in to new card out', rows };
  } finally {
    await app.close();
    await issuer.close();
    await close();
    await rm(folder, { recursive: true, force: true });
  }

  /** Both sides agreed, Carlo is known, and has taken each of these. */
  async function prepare(): Promise<string[]> {
    const partnershipId = partnershipIdOf('fabrikam');
    const actor = (side: Actor['side'], key: string): Actor => ({
      partnershipId,
      contactId: contactIdOf(partnershipId, key),
      side,
      owner: key !== 'carlo',
      through: 'tab',
    });
    const now = ports.clock.now();
    for (const by of [actor('client', 'anna'), actor('provider', 'joan')])
      await ports.transaction((tx) => acknowledge(tx, { partnershipId, by, now }));
    const { tenantId, objectId, userId } = CARLO;
    const contactId = contactIdOf(partnershipId, 'carlo');
    await ports.db
      .insertInto('identity')
      .values({ tenantId, objectId, contactId, conversationUserId: userId, boundBy: 'directory', boundAt: now })
      .execute();
    const does = async (verb: string, by: Actor, subjectId: string, inputs: object) => {
      const action = escalations.actions![`escalation.${verb}`]!;
      const run = ports.transaction((tx) => action.run({ tx, now, actor: by, subjectId, input: action.schema.parse(inputs) }));
      return (await run).subject.id;
    };
    const ids: string[] = [];
    for (let n = 0; n < ESCALATIONS; n += 1) {
      const words = { what: `Till ${n} is closed`, why: 'Queues', wanted: 'A technician', doneWhen: 'It is open' };
      const id = await does('open', actor('client', 'anna'), partnershipId, words);
      await does('take', actor('provider', 'carlo'), id, {});
      ids.push(id);
    }
    return ids;
  }
}

/** *Update* with a word, as Teams sends it from the channel. */
const activity = (id: string) => ({
  type: 'invoke',
  name: 'adaptiveCard/action',
  id: `f:${randomUUID()}`,
  channelId: 'msteams',
  from: { id: CARLO.userId, aadObjectId: CARLO.objectId, name: 'Carlo' },
  recipient: { id: `28:${APP}` },
  conversation: { id: '19:fabrikam@thread.tacv2;messageid=1', conversationType: 'channel', tenantId: TENANT, isGroup: true },
  channelData: { tenant: { id: TENANT }, channel: { id: '19:fabrikam@thread.tacv2' }, team: { id: '19:team@thread.tacv2' } },
  value: {
    action: {
      type: 'Action.Execute',
      verb: 'escalation.update',
      data: { subjectId: id, 'escalation.update:text': 'The part is on its way' },
    },
    trigger: 'manual',
  },
});

/** So many a second, each at its moment, however long those before take. */
async function segment(rate: number, seconds: number, act: (n: number) => Promise<number>): Promise<number[]> {
  const began = performance.now();
  const running: Promise<number>[] = [];
  for (let n = 0; n < seconds * rate; n += 1) {
    const wait = began + (n * 1000) / rate - performance.now();
    if (wait > 0) await sleep(wait);
    running.push(act(n));
  }
  return Promise.all(running);
}
