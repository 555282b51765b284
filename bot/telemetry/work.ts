import type { DeadlineHandler, JobHandler } from '../capability.ts';
import { Unavailable } from '../errors.ts';
import { PostGone, type TeamsPort, Tombstoned, Uncertain } from '../posts/port.ts';
import { type Api, attributes, endSpan, SECONDS, stopwatch } from './instruments.ts';

const outcomeOf = (error: unknown): string => (error instanceof Unavailable ? 'unavailable' : 'error');

/** One span for each run of a job; how it ended and how long it took, by its name. */
export function watchedJobs(api: Api, handlers: Record<string, JobHandler>): Record<string, JobHandler> {
  const runs = api.meter.createCounter('rapport.jobs.runs', { description: 'runs of jobs, by how they ended' });
  const seconds = api.meter.createHistogram('rapport.jobs.duration', { unit: 's', advice: { explicitBucketBoundaries: SECONDS } });
  const watched = (job: string, handler: JobHandler): JobHandler => ({
    schema: handler.schema,
    async run(payload, context) {
      const elapsed = stopwatch();
      const span = api.tracer.startSpan(`job ${job}`, { kind: api.kinds.internal, root: true });
      const finish = (outcome: string, error?: unknown): void => {
        const labels = { job, outcome };
        runs.add(1, attributes(labels));
        seconds.record(elapsed(), attributes({ job }));
        endSpan(api, span, labels, error);
      };
      try {
        const end = await api.with(api.setSpan(api.active(), span), () => handler.run(payload, context));
        finish('done');
        return end;
      } catch (error) {
        finish(outcomeOf(error), error);
        throw error;
      }
    },
  });
  return Object.fromEntries(Object.entries(handlers).map(([job, handler]) => [job, watched(job, handler)]));
}

/** How the handlers of deadlines ended, by kind. A handler may run again when PostgreSQL had to undo it: each run counts. */
export function watchedDeadlines(api: Api, handlers: Record<string, DeadlineHandler>): Record<string, DeadlineHandler> {
  const runs = api.meter.createCounter('rapport.deadlines.runs', { description: 'deadlines that were acted on, by how it ended' });
  const watched = (deadline: string, handler: DeadlineHandler): DeadlineHandler => ({
    ...handler,
    async run(due, context) {
      try {
        await handler.run(due, context);
      } catch (error) {
        runs.add(1, attributes({ deadline, outcome: outcomeOf(error) }));
        throw error;
      }
      runs.add(1, attributes({ deadline, outcome: 'done' }));
    },
    // where it fails, each is run by itself and counted there
    ...(handler.runAll && {
      async runAll(due, context) {
        await handler.runAll!(due, context);
        runs.add(due.length, attributes({ deadline, outcome: 'done' }));
      },
    }),
  });
  return Object.fromEntries(Object.entries(handlers).map(([deadline, handler]) => [deadline, watched(deadline, handler)]));
}

/** What Teams made of each call: `done`, `closed` conversation, `gone` card, `uncertain` send, `unavailable`, or an `error`. */
export function watchedPosts(api: Api, port: TeamsPort): TeamsPort {
  const calls = api.meter.createCounter('rapport.posts', { description: 'calls to Teams, by what became of them' });
  const meaning = (error: unknown): string => {
    if (error instanceof Tombstoned) return 'closed';
    if (error instanceof PostGone) return 'gone';
    return error instanceof Uncertain ? 'uncertain' : outcomeOf(error);
  };
  const watched =
    <Given extends readonly unknown[], Answer>(act: string, call: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      try {
        const answer = await call(...given);
        calls.add(1, attributes({ act, outcome: 'done' }));
        return answer;
      } catch (error) {
        calls.add(1, attributes({ act, outcome: meaning(error) }));
        throw error;
      }
    };
  return {
    send: watched('send', port.send.bind(port)),
    reply: watched('reply', port.reply.bind(port)),
    update: watched('update', port.update.bind(port)),
    remove: watched('remove', port.remove.bind(port)),
    members: watched('members', port.members.bind(port)),
    openPersonal: watched('openPersonal', port.openPersonal.bind(port)),
  };
}
