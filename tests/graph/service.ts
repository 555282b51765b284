import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import type { Ports } from '../../bot/capability.ts';
import { loadCharters } from '../../bot/charter/index.ts';
import { wall } from '../../bot/clock.ts';
import { Unavailable } from '../../bot/errors.ts';
import { type Graph, graphClient, graphReader } from '../../bot/graph/index.ts';
import { takeWakes } from '../../bot/graph/waking.ts';
import type { ThreadChange } from '../../bot/threads/index.ts';
import type { GraphOptions } from '../../infra/local/graph/index.ts';
import type { Tenant } from '../../infra/local/tenant/tenant.ts';
import { aBench, type Bench } from '../local/support/graph.ts';
import { START } from '../local/support/tenant.ts';
import { type TestDatabase, testClock, testDatabase } from '../support/database.ts';

/** Everything that went over the wire. */
export interface Wire {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
}

/** The reader of mail against the Graph stand-in, on a database of its own; jobs run one after the other until none is left. */
export class Service {
  readonly wire: Wire[] = [];
  readonly changes: ThreadChange[] = [];
  /** With which claims each token was asked for. */
  readonly claims: (string | undefined)[] = [];
  /** Partnerships whose calendars were said to have changed. */
  readonly calendars: string[] = [];
  readonly clock = testClock(START);
  readonly bench: Bench;
  readonly database: TestDatabase;
  readonly ports: Ports;
  readonly graph: Graph;
  readonly tenant: Tenant;
  /** Answers in place of the stand-in; undefined lets the request through. */
  instead: (url: string) => Response | undefined = () => undefined;
  /** What a request waits for before it goes out. */
  before: (url: string) => Promise<void> = async () => {};
  /** Added to the wall while waiting is skipped. */
  skippedMs = 0;
  #fetch = globalThis.fetch;
  mailboxes = 'contacts';
  /** A mailbox that must be refused, where one is named. */
  outside: string | undefined;
  /** An https address would be told to Graph. */
  publicUrl = 'http://localhost:3978';
  /** Jobs go to so many processes in turn. */
  processes = 1;

  private constructor(bench: Bench, database: TestDatabase, tenant: Tenant) {
    this.bench = bench;
    this.database = database;
    this.tenant = tenant;
    const shifted = { now: () => new Date(wall.now().getTime() + this.skippedMs) };
    this.ports = { ...database.ports, clock: this.clock, wall: shifted };
    globalThis.fetch = ((url: string, options: RequestInit) => this.#send(url, options)) as typeof fetch;
    const credential = {
      getToken: async (_scope: unknown, options?: { claims?: string }) => {
        this.claims.push(options?.claims);
        return { token: await bench.token(), expiresOnTimestamp: 0 };
      },
    };
    this.graph = graphClient({ GRAPH_URL: bench.graph.url, GRAPH_AT_ONCE: 64 }, shifted, credential);
  }

  static async start(tenant: Tenant, options: Partial<GraphOptions> = {}): Promise<Service> {
    const service = new Service(await aBench(tenant, options), await testDatabase(), tenant);
    await service.#loadCharter();
    return service;
  }
  async close(): Promise<void> {
    globalThis.fetch = this.#fetch;
    await this.bench.close();
    await this.database.close();
  }

  async #loadCharter(): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rapport-charters-'));
    const text = await readFile(path.join(import.meta.dirname, '../support/charters/fabrikam.yaml'), 'utf8');
    await writeFile(
      path.join(folder, 'fabrikam.yaml'),
      text.replaceAll('contoso.com', 'contoso.example').replaceAll('fabrikam.com', 'fabrikam.example'),
    );
    await loadCharters(this.ports, folder);
    await rm(folder, { recursive: true });
  }

  async #send(url: string, options: RequestInit): Promise<Response> {
    await this.before(url);
    const method = options.method ?? 'GET';
    const headers = Object.fromEntries(Object.entries(options.headers as Record<string, string>));
    const given = this.instead(url);
    if (given) {
      this.wire.push({ method, url, headers, status: given.status });
      return given;
    }
    return new Promise((resolve, reject) => {
      const sent = request(url, { ca: this.bench.caPem, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode!;
          this.wire.push({ method, url, headers, status });
          resolve(new Response(status === 204 ? null : text, { status, headers: response.headers as Record<string, string> }));
        });
      });
      sent.on('error', reject);
      sent.end(options.body as string | undefined);
    });
  }

  /** Runs what is waiting, jobs of later excepted, in the worker's order. @returns how many jobs ran */
  async settle(): Promise<number> {
    const readers = Array.from({ length: this.processes }, () =>
      graphReader({
        graph: this.graph,
        config: {
          MAILBOXES: this.mailboxes,
          TENANT_ID: this.tenant.id,
          BACKFILL_DAYS: 90,
          SWEEP_SECONDS: 3600,
          PUBLIC_URL: this.publicUrl,
          OUT_OF_SCOPE_MAILBOX: this.outside,
        },
        onMeetings: async (_tx, partnershipIds) => void this.calendars.push(...partnershipIds),
        onThreads: async (_tx, changes) => void this.changes.push(...changes),
      }),
    );
    await takeWakes(this.ports);
    for (let ran = 0; ; ran += 1) {
      const { rows } = await sql<{ id: string; task: string; payload: Record<string, unknown> }>`
        select jobs.id, tasks.identifier as task, jobs.payload from graphile_worker._private_jobs as jobs
        join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
        where run_at <= now() + interval '1 second' order by priority, run_at, jobs.id limit 1`.execute(this.database.db);
      const job = rows[0];
      if (!job) return ran;
      const handler = readers[ran % readers.length]!.jobs?.[job.task];
      await sql`delete from graphile_worker._private_jobs where id = ${job.id}`.execute(this.database.db);
      if (!handler) continue; // another room's
      try {
        const end = await handler.run(handler.schema.parse(job.payload), { ports: this.ports, lastAttempt: false });
        await end?.();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        // What the runner does: the job comes back when it was told to.
        this.skippedMs += Math.ceil((error.retryAfterSeconds ?? 1) * 1000);
        await sql`select graphile_worker.add_job(${job.task}, ${JSON.stringify(job.payload)}::json, job_key => ${`again:${job.id}`})`.execute(
          this.database.db,
        );
      }
    }
  }
  /** Everything is looked at again, as after `SWEEP_SECONDS`. */
  async sweep(): Promise<number> {
    await sql`select graphile_worker.add_job('graph.sweep', '{}', job_key => 'graph.sweep')`.execute(this.database.db);
    return this.settle();
  }
  async subjects(): Promise<string[]> {
    const rows = await this.database.db.selectFrom('message').select('subject').orderBy('at').orderBy('subject').execute();
    return rows.map(({ subject }) => subject);
  }
}
