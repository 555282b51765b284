import type { AddressInfo } from 'node:net';
import { allCapabilities } from './capabilities.ts';
import { charterJobs, loadCharters, readChartersSoon } from './charter/index.ts';
import { wall } from './clock.ts';
import { type Config, readConfig } from './config.ts';
import { credential } from './credential.ts';
import { startTicker } from './deadlines/index.ts';
import { outsideDoors } from './doors.ts';
import { BadInput, nameOfError, Unavailable } from './errors.ts';
import { crisisJobs } from './escalations/index.ts';
import { activityFeed, callSweep, freeBusy, graphClient, graphReader, mailSender, signIn, startWaking } from './graph/index.ts';
import { buildServer } from './http/index.ts';
import { startJobs } from './jobs/index.ts';
import { reactionJob } from './jobs/reaction.ts';
import { registerReactions } from './journal/index.ts';
import { createLog, type Log } from './log.ts';
import { postJobs, tabLink } from './posts/index.ts';
import { startRetention } from './privacy/index.ts';
import { obligationView } from './responses/index.ts';
import { startRhythms } from './rhythms/index.ts';
import { connectionFor, migrate, noOffset, openListener, openProductClock, openStore, portsOf } from './store/index.ts';
import { connectTeams, teamsJobs } from './teams/index.ts';
import { type Observer, openTelemetry } from './telemetry/index.ts';
import { meView, todayView } from './today/index.ts';

/** Mailboxes that are read at once by one instance, and the connections with which that work is taken and given back. */
const READING_AT_ONCE = 64;
const READING_CONNECTIONS = 8;

/** Starts everything. What is opened is put on `opened`, to be closed in reverse order. @returns where the service listens */
async function start(config: Config, log: Log, telemetry: Observer, opened: (() => Promise<unknown>)[]): Promise<string> {
  const identity = credential(config);
  // beside all that follows; jobs try again by themselves
  signIn(config, identity).catch((error: unknown) => log.warn({ error: nameOfError(error) }, 'no token for Graph yet'));
  const store = await openStore({ connection: connectionFor(config, identity), stateDir: config.STATE_DIR });
  opened.push(() => store.close());
  await migrate(store.connection);
  const listener = await openListener(store.connection);
  opened.push(() => listener.close());
  const startAt = config.LOCAL_START ? new Date(config.LOCAL_START) : null;
  const offset = config.LOCAL_CLOCK ? await openProductClock(store.db, listener, wall, startAt) : noOffset;
  const ports = portsOf(store.db, wall, offset.offsetMs);
  telemetry.backlog(ports);
  telemetry.graph(config.GRAPH_URL);

  const graph = graphClient(config, wall, identity);
  const terms = { wordsDays: config.RETAIN_WORDS_DAYS, timesDays: config.RETAIN_TIMES_DAYS };
  const capabilities = allCapabilities(
    (onThreads, onMeetings) => graphReader({ graph, config, onThreads, onMeetings }),
    terms,
    freeBusy(graph, config, log),
  );
  await ports.transaction((tx) => registerReactions(tx, capabilities));
  await loadCharters(ports, config.CHARTERS_DIR);

  const { adapter, port } = connectTeams(config, { wall, credential: identity });
  const teams = { adapter, port: telemetry.posts(port) };
  const handlers = telemetry.jobs(
    Object.assign(
      { reaction: reactionJob(capabilities) },
      charterJobs(config.CHARTERS_DIR, log),
      postJobs(capabilities, { teams: teams.port, feed: activityFeed(graph, config), link: tabLink(config) }),
      teamsJobs(teams.port),
      crisisJobs(mailSender(graph, config)),
      ...capabilities.map((capability) => capability.jobs ?? {}),
    ),
  );
  // Reading waits for Graph most of the time: many mailboxes at once, with workers of their own, so that a slow Graph holds no card up.
  const ofGraph = (wanted: boolean) =>
    Object.fromEntries(Object.entries(handlers).filter(([name]) => name.startsWith('graph.') === wanted));
  for (const own of [
    { handlers: ofGraph(false) },
    { handlers: ofGraph(true), concurrency: READING_AT_ONCE, connections: READING_CONNECTIONS },
  ]) {
    const jobs = await startJobs({ connection: store.connection, ports, log, ...own });
    opened.push(() => jobs.stop());
  }
  const waking = startWaking(ports, log);
  opened.push(() => waking.stop());
  await readChartersSoon(ports);
  await callSweep(ports.db);
  await ports.transaction((tx) => startRetention(tx, ports.clock.now()));
  await ports.transaction((tx) => startRhythms(tx, ports.clock.now()));

  const deadlines = Object.assign({}, ...capabilities.map((capability) => capability.deadlines ?? {}));
  const ticker = startTicker({ ports, handlers: telemetry.deadlines(deadlines), offset, log });
  opened.push(() => ticker.stop());

  const views = { me: meView, today: todayView, obligation: obligationView };
  const doors = outsideDoors({ ports, config, capabilities, teams, log });
  const server = await buildServer({
    ports,
    config,
    capabilities,
    views,
    ticker,
    listener,
    log,
    room: store.room,
    doors,
    observe: telemetry.http,
  });
  opened.push(() => server.close());
  await server.listen({ host: config.HOST, port: config.PORT });
  return `http://${config.HOST}:${(server.server.address() as AddressInfo).port}`;
}

const SHUTDOWN_MS = 20_000;

/** Closes what was opened, the newest first; what hangs is left behind (its locks and leases end by themselves). */
async function close(opened: (() => Promise<unknown>)[], log: Log): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one().catch((err) => log.error({ err }, 'something did not close'));
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const telemetry = await openTelemetry(config);
  const log = createLog(config.LOG_LEVEL, undefined, telemetry.here);
  const opened: (() => Promise<unknown>)[] = [() => telemetry.close()];
  const starting = start(config, log, telemetry, opened);
  const stop = async (): Promise<void> => {
    setTimeout(() => process.exit(1), SHUTDOWN_MS);
    await starting.catch(() => {}); // what is half open cannot be closed
    await close(opened, log);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void stop());
  process.once('disconnect', () => void stop()); // started by a program that kept a channel open, and is gone
  try {
    const listening = await starting;
    console.log(JSON.stringify({ listening }));
    log.info({ listening }, 'Rapport is listening');
  } catch (error) {
    await close(opened, log);
    throw error;
  }
}

main().catch((error) => {
  // what an operator can mend is said as it is; anything else is a bug and shows where it came from
  console.error(error instanceof BadInput || error instanceof Unavailable ? error.message : error);
  process.exit(1);
});
