import { sql } from 'kysely';
import type { Ports } from '../capability.ts';
import { type Api, attributes } from './instruments.ts';

interface Waiting {
  readonly deadlinesDue: number;
  readonly deadlinesParked: number;
  readonly jobsWaiting: number;
  readonly jobsStuck: number;
  readonly foldersDue: number;
  /** Seconds since the mailbox that was looked at longest ago was; null where none has been read yet. */
  readonly lagSeconds: number | null;
  readonly mailboxes: Readonly<Record<string, number>>;
}

/** What waits, counted in the database: each figure is the deployment's, whichever instance tells it. */
export async function waitingNow({ db, clock, wall }: Pick<Ports, 'db' | 'clock' | 'wall'>): Promise<Waiting> {
  const now = clock.now();
  const { rows } = await sql<Waiting>`
    select
      (select count(*)::int from deadline where parked_at is null and at <= ${now}) as deadlines_due,
      (select count(*)::int from deadline where parked_at is not null) as deadlines_parked,
      (select count(*)::int from graphile_worker.jobs
        where locked_at is null and attempts < max_attempts and run_at <= ${wall.now()}) as jobs_waiting,
      (select count(*)::int from graphile_worker.jobs
        where locked_at is null and attempts >= max_attempts and key is not null) as jobs_stuck,
      (select count(*)::int from mail_folder where due > 0 and gone_at is null) as folders_due,
      (select extract(epoch from ${now}::timestamptz - min(last_read_at))::float8 from mailbox
        where state = 'reading' and exists (select 1 from mailbox_partnership where mailbox_id = mailbox.id)) as lag_seconds,
      (select coalesce(jsonb_object_agg(state, n), '{}') from (select state, count(*)::int as n from mailbox group by state) as by_state)
        as mailboxes`.execute(db);
  return rows[0]!;
}

/** Gauges that are read when figures are sent. When the database is away there are none: `/readyz` says so. */
export function watchBacklog(api: Api, ports: Pick<Ports, 'db' | 'clock' | 'wall'>): void {
  const gauge = (name: string, description: string, unit?: string) =>
    api.meter.createObservableGauge(name, { description, ...(unit && { unit }) });
  const due = gauge('rapport.deadlines.due', 'deadlines that are due and not acted on yet');
  const parked = gauge('rapport.deadlines.parked', 'deadlines that could not be acted on five times');
  const waiting = gauge('rapport.jobs.waiting', 'jobs that could run now');
  const stuck = gauge('rapport.jobs.stuck', 'jobs that used up their attempts');
  const folders = gauge('rapport.mail.folders_due', 'mail folders that have to be looked into');
  const lag = gauge('rapport.mail.lag', 'since the mailbox that was read longest ago was', 's');
  const mailboxes = gauge('rapport.mail.mailboxes', 'mailboxes, by state');
  api.meter.addBatchObservableCallback(
    async (observed) => {
      const now = await waitingNow(ports).catch(() => null); // nothing is told rather than something old
      if (!now) return;
      observed.observe(due, now.deadlinesDue);
      observed.observe(parked, now.deadlinesParked);
      observed.observe(waiting, now.jobsWaiting);
      observed.observe(stuck, now.jobsStuck);
      observed.observe(folders, now.foldersDue);
      if (now.lagSeconds !== null) observed.observe(lag, now.lagSeconds);
      for (const [state, count] of Object.entries(now.mailboxes)) observed.observe(mailboxes, count, attributes({ state }));
    },
    [due, parked, waiting, stuck, folders, lag, mailboxes],
  );
}
