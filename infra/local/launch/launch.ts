import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { wall } from '../../../bot/clock.ts';
import { BadInput } from '../../../bot/errors.ts';
import { embeddedServer } from '../../../bot/store/embedded/server.ts';
import { projectFolder } from '../../../bot/store/folder.ts';
import { throwAwayCa } from '../certificates.ts';
import { startConnector } from '../connector/index.ts';
import type { DeskClock } from '../desk/contract.ts';
import { startFront } from '../desk/front.ts';
import { startEntra } from '../entra/index.ts';
import { startGraph } from '../graph/index.ts';
import { createMover, type Mover, movableService } from '../mover.ts';
import { readTenant, writeCharters } from '../tenant/index.ts';
import { build } from './build.ts';
import { readCharters } from './charters.ts';
import { openBrowser } from './openBrowser.ts';
import type { LaunchOptions } from './options.ts';
import { openPlaygroundDoor, writePlaygroundConfig } from './playground.ts';
import { deskPost } from './post.ts';
import { releasable } from './releasable.ts';
import { claim, stopServer } from './running.ts';
import { tellSaid } from './said.ts';
import { type RunningService, type ServiceEnded, startService } from './service.ts';
import { serviceSettings } from './settings.ts';
import { type LocalState, openState } from './state.ts';
import { setUpChannels } from './story.ts';

export interface Launched {
  /** The one address to open. */
  readonly url: string;
  /** Settles when everything has stopped; with the reason when nobody had asked for it. */
  readonly ended: Promise<ServiceEnded | null>;
  stop(): Promise<void>;
}

const wallMs = () => wall.now().getTime();
const SAMPLE = path.join('infra', 'local', 'tenants', 'contoso');

/**
 * Starts the stand-ins, the front, the service and, the first time, the story of the tenant up to its present. Whatever can runs beside each
 * other: two processors are kept busy.
 * @param say - takes a line of progress
 * @param signal - takes everything back that was started
 */
export async function launch(options: LaunchOptions, say: (line: string) => void, signal: AbortSignal): Promise<Launched> {
  const startedMs = wallMs();
  const folder = path.resolve(options.tenant ?? path.join(projectFolder(), SAMPLE));
  const state = openState(options.tenant === null ? null : folder, wall.now());
  const claimed = await claim(state.file('running.json'));
  const opened: (() => unknown)[] = [() => claimed.release()];
  let closing: Promise<void> = Promise.resolve();
  const closeAll = () => {
    const todo = opened.splice(0).reverse();
    closing = closing.then(async () => {
      for (const close of todo) await close();
    });
    return closing;
  };
  signal.addEventListener('abort', () => void closeAll());
  try {
    await startOver(state, options, say);
    claimed.say({});
    const story = state.memory().told ? null : 'new';
    // Builds run in processes of their own. The database is made beside them and while the service loads, which finds it running or waits for it.
    // The tab is the last to be needed.
    const [built, page, tab] = [build('service'), build('desk'), build('tab', { patient: true })];
    const database = process.env.DATABASE_URL ? null : embeddedServer({ folder: state.postgres });
    opened.push(async () => (await database?.catch(() => null))?.leave());
    for (const one of [database, built, page, tab]) one?.catch(() => {}); // waited for further down

    const anchor = new Date(state.memory().anchorAt);
    const [tenant, certificates] = await Promise.all([readTenant(folder, { anchor, root: projectFolder() }), throwAwayCa()]);
    const charters = readCharters(tenant);
    say(`Rapport with the tenant ${tenant.name}${story ? '' : ', as you left it'}.`);
    const { ports } = state.memory();
    const entra = await startEntra({ tenant, certificates, port: ports.entra }).catch(anyPort(() => startEntra({ tenant, certificates })));
    opened.push(() => entra.close());
    let mover: Mover | null = null;
    const now = () => mover?.now() ?? productNow(state, tenant.agreedAt);
    const [graph, connector] = await Promise.all([
      startGraph({ tenant, certificates, entra, port: ports.graph }).catch(anyPort(() => startGraph({ tenant, certificates, entra }))),
      // Limits hold in product time: three weeks that pass in seconds are three weeks to Teams.
      startConnector({
        tenant,
        certificates,
        entra,
        port: ports.connector,
        stateFile: state.file('teams.jsonl'),
        now,
        limitMs: () => now().getTime(),
      }),
    ]);
    opened.push(
      () => graph.close(),
      () => connector.close(),
    );
    state.remember({ ports: { entra: portOf(entra.url), graph: portOf(graph.url), connector: portOf(connector.url) } });

    // Mail that had arrived when the clock stopped is there before the service asks for it.
    graph.release(now());
    let service: RunningService | null = null;
    let condition: DeskClock['service'] = 'starting';
    const serviceChanges = new EventEmitter().setMaxListeners(0);
    const front = await startFront({
      port: options.port,
      folder: path.join(projectFolder(), 'dist', 'desk'),
      service: () => service?.url ?? null,
      parts: {
        tenant,
        connector,
        entra,
        post: deskPost(graph, tenant, state.file('mails.jsonl')),
        places: charters.places,
        mover: () => (condition === 'up' || condition === 'telling' ? mover : null),
        service: () => condition,
        serviceChanges,
      },
    });
    opened.push(() => front.close());
    claimed.say({ url: front.url });

    writeFileSync(state.file('ca.pem'), certificates.caPem);
    await writeCharters(tenant, state.file('charters'));
    say('Starting the service with its database ...');
    await built;
    signal.throwIfAborted();
    const settings = serviceSettings({
      tenant,
      state,
      front: front.url,
      graph: graph.url,
      entra,
      connector: connector.url,
      playground: options.playground,
    });
    const starting = startService(settings, state.file('service.log'), (servicePid, stop) => {
      claimed.say({ servicePid });
      opened.push(stop);
    });
    [service] = await Promise.all([starting, database]).catch((error: unknown) => {
      if (!state.kept || story) throw error;
      throw new BadInput(
        `${error instanceof Error ? error.message : error}\nIf what is kept does not fit this version, start over: npm start -- --fresh`,
      );
    });
    const { stop, ended, url: serviceUrl } = service;
    connector.attach(`${serviceUrl}/api/messages`);
    const movable = movableService(serviceUrl, state.memory().localKey);
    mover = createMover(movable, releasable(graph), wallMs);
    const keepTime = () => state.remember({ productAt: now().toISOString(), wallAt: wall.now().toISOString() });
    opened.push(keepTime);
    await mover.look();
    if (!story) {
      await movable.read();
      await mover.catchUp();
    }
    const be = (now: DeskClock['service']) => {
      condition = now;
      serviceChanges.emit('change');
    };
    if (story) {
      await page;
      say(`\n  ${front.url}\n\nTelling the story so far; it can be watched there ...`);
      be('telling');
      if (options.open) openBrowser(front.url);
      const left = await setUpChannels(connector, mover, charters);
      if (left.length > 0) say(`Set-up is not finished: ${left.join(', ')} has a button to press on the desk.`);
      await mover.jumpTo(tenant.watchedAt);
      await tellSaid(tenant.said, { url: serviceUrl, entra, mover });
      await mover.moveTo(tenant.clockStartAt);
      await movable.read();
      await mover.catchUp();
      state.remember({ told: true });
    }
    await Promise.all([page, tab]);
    be('up');
    if (options.playground !== null) {
      const door = await openPlaygroundDoor({ port: options.playground, entra, service: serviceUrl });
      opened.push(() => door.close());
      writePlaygroundConfig(tenant, state.file('playground.yml'));
      const config = `M365_AGENTS_PLAYGROUND_CONFIG_PATH=${state.file('playground.yml')}`;
      say(`For Microsoft's 365 Agents Playground:\n  ${config} agentsplayground -e ${door.url} -c msteams -p ${options.playground}`);
    }
    keepTime();
    opened.push(keepUp(mover, graph, keepTime));

    const ready = `Ready after ${((wallMs() - startedMs) / 1000).toFixed(1)} s.`;
    // The address was said already where a story was told.
    const about = story || !tenant.about ? tenant.about : `Where the story began: ${tenant.about}`;
    say(
      `${ready}${story ? '' : `\n\n  ${front.url}`}\n\n${about.trim()}\nStop with Ctrl+C. The next start goes on from here; npm start -- --fresh starts over.`,
    );
    if (options.open && !story) openBrowser(front.url);
    const over = ended.then(async (reason) => {
      be('down');
      await closeAll();
      return reason;
    });
    return { url: front.url, ended: over, stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Forgets what was before where that is wished, or where the sample is of another day: its mail is dated around today. */
async function startOver(state: LocalState, options: LaunchOptions, say: (line: string) => void): Promise<void> {
  const now = wall.now();
  const day = (at: Date) => `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;
  const stale = state.kept && options.tenant === null && day(new Date(state.memory().anchorAt)) !== day(now);
  if (!state.kept || (!options.fresh && !stale && state.memory().told)) return;
  if (process.env.DATABASE_URL)
    throw new BadInput(
      'DATABASE_URL is set, and what is in that database belongs to an earlier start. Give it an empty database to start over.',
    );
  if (stale && !options.fresh) say('The sample is from an earlier day: it starts over, dated around today.');
  else if (!options.fresh) say('The last start was cut off before its story was told: it starts over.');
  await stopServer(state.postgres);
  state.wipe(now);
}

/** Product time before the service has said it. */
function productNow(state: LocalState, beginning: Date): Date {
  const { productAt, wallAt } = state.memory();
  return productAt && wallAt ? new Date(new Date(productAt).getTime() + wallMs() - new Date(wallAt).getTime()) : beginning;
}

/** As time goes by, mail comes in by itself. */
function keepUp(mover: Mover, mail: { nextReleaseAt(): Date | null }, keepTime: () => void): () => void {
  const forget = mover.onChange(keepTime);
  const timer = setInterval(() => {
    const next = mail.nextReleaseAt();
    if (!mover.moving() && next && next <= mover.now()) void mover.catchUp().catch(() => {});
  }, 3_000);
  return () => {
    clearInterval(timer);
    forget();
  };
}

const portOf = (url: string) => Number(new URL(url).port);
/** The port of the last start may be taken by now. */
const anyPort =
  <T>(again: () => Promise<T>) =>
  (error: NodeJS.ErrnoException): Promise<T> => {
    if (error.code !== 'EADDRINUSE') throw error;
    return again();
  };
