import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Actor, JobHandler } from '../../bot/capability.ts';
import { acknowledge, contactIdOf, partnershipIdOf } from '../../bot/charter/index.ts';
import { Unavailable } from '../../bot/errors.ts';
import { crisisJobs, escalations } from '../../bot/escalations/index.ts';
import { mailSender } from '../../bot/graph/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { Service } from '../graph/service.ts';
import { aMailbox, aPerson, aTenant } from '../local/support/tenant.ts';
import { REQUEST } from './world.ts';

const MAILBOX = 'rapport@contoso.example';
const FABRIKAM = partnershipIdOf('fabrikam');
let service: Service;
afterEach(() => service?.close());

/** A tenant with a mailbox for it, an agreed charter, and a crisis that Anna declares. @returns its id */
async function declared(roles = ['Mail.Send']): Promise<string> {
  const plain = aTenant();
  const robot = aPerson({ address: MAILBOX });
  const tenant = aTenant({
    app: { ...plain.app, roles: [...plain.app.roles, ...roles] },
    people: [...plain.people, robot],
    mailboxes: [...plain.mailboxes, aMailbox(robot)],
  });
  service = await Service.start(tenant);
  await service.settle();
  for (const key of ['anna', 'joan']) {
    const agreed = { partnershipId: FABRIKAM, by: actor(key), now: service.clock.now() };
    await service.ports.transaction((tx) => acknowledge(tx, agreed));
  }
  return press('anna', 'crisis', FABRIKAM, REQUEST);
}
const actor = (key: string): Actor => ({
  partnershipId: FABRIKAM,
  contactId: contactIdOf(FABRIKAM, key),
  side: key === 'anna' ? 'client' : 'provider',
  owner: key !== 'carlo',
  through: 'tab',
});
async function press(key: string, verb: string, subjectId: string, inputs: Record<string, string> = {}): Promise<string> {
  const action = escalations.actions![`escalation.${verb}`]!;
  const now = service.clock.now();
  const { subject } = await service.ports.transaction((tx) =>
    action.run({ tx, now, actor: actor(key), subjectId, input: action.schema.parse(inputs) }),
  );
  return subject.id;
}
/** The job that waits, as the runner would run it. */
async function run(id: string, mailbox: string | undefined = MAILBOX): Promise<void> {
  const job: JobHandler = crisisJobs(mailSender(service.graph, { CRISIS_MAIL: mailbox }))['crisis.mail']!;
  await job.run(job.schema.parse({ id }), { ports: service.ports, lastAttempt: false });
}
const waiting = async () => {
  const { rows } = await sql<{ key: string }>`
    select key from graphile_worker.jobs where task_identifier = 'crisis.mail'`.execute(service.database.db);
  return rows.map(({ key }) => key);
};
const asked = () => service.wire.filter(({ url }) => url.endsWith('/sendMail')).map(({ status }) => status);
function arrived() {
  service.bench.graph.release(new Date(service.clock.now().getTime() + 60_000));
  return service.bench.graph.mailOf('anna@contoso.example').filter(({ from }) => from.address === MAILBOX);
}
const outcomes = async (id: string) =>
  (await eventsOf(service.ports.db, { kind: 'escalation', id }))
    .filter(({ kind }) => kind === 'escalation.mailed')
    .map(({ data }) => [data.change, data.outcome]);
const notes = async (id: string, change: number) => {
  const view = await service.ports.transaction((tx) =>
    escalations.cards!.escalationTree!.view(tx, `${id}/${change}`, actor('joan'), service.clock.now()),
  );
  return (view as { notes: string[] }).notes.join(' ');
};

describe('the list of people in a crisis, where a mailbox is named for it', () => {
  it('is sent by itself to both sides, once for each change', async () => {
    const id = await declared();
    expect(await waiting()).toEqual([`crisis.mail:${id}`]);
    await run(id);
    await run(id);
    expect(asked()).toEqual([202]);
    const [mail] = arrived();
    expect(mail).toMatchObject({ importance: 'high', headers: [{ name: 'X-Autoreply', value: 'yes' }] });
    expect(mail!.to.map(({ address }) => address)).toEqual(['anna@contoso.example', 'joan@fabrikam.example']);
    expect(mail!.cc.map(({ address }) => address)).toContain('carlo@fabrikam.example');
    expect(mail!.subject).toBe(`Who to reach: Contoso and Fabrikam: ${REQUEST.what}`);
    expect(mail!.text).toContain('Service desk: Carlo Reyes, carlo@fabrikam.example');

    await press('carlo', 'take', id);
    await run(id);
    await press('carlo', 'update', id, { text: 'Still at it' });
    await run(id);
    expect(asked()).toEqual([202, 202]);
    expect(await outcomes(id)).toEqual([
      [1, 'sent'],
      [2, 'sent'],
    ]);
    expect(await notes(id, 2)).toContain('Rapport sent it by mail');
  });

  it('is known for a machine’s when it is read in the mailboxes: nobody is taken to wait for an answer', async () => {
    const id = await declared();
    await run(id);
    expect(arrived()).toHaveLength(1);
    service.clock.set(new Date(service.clock.now().getTime() + 60_000).toISOString());
    await service.sweep();
    const read = await service.ports.db.selectFrom('message').select(['kind', 'fromAddress']).execute();
    expect(read).toEqual([{ kind: 'automatic', fromAddress: MAILBOX }]);
  });

  it('is not sent without the setting, nor while the partnership is paused', async () => {
    const id = await declared();
    await run(id, '');
    await service.ports.db.updateTable('partnership').set({ pausedAt: service.clock.now() }).execute();
    await run(id);
    expect(asked()).toEqual([]);
  });

  it('that is refused is said, and not asked for again', async () => {
    const id = await declared([]);
    await run(id);
    await run(id);
    expect(asked()).toEqual([403]);
    expect(await outcomes(id)).toEqual([[1, 'refused']]);
    expect(await notes(id, 1)).toContain('please send the ready mail');
  });

  it('that Graph puts off has not gone: it is sent when the job comes again', async () => {
    const id = await declared();
    service.bench.graph.faults.rules.push({ times: 1, status: 429, retryAfterSeconds: 600, matching: /sendMail/ });
    await expect(run(id)).rejects.toBeInstanceOf(Unavailable);
    expect(await outcomes(id)).toEqual([]);
    service.skippedMs += 600_000;
    await run(id);
    expect(asked()).toEqual([429, 202]);
    expect(arrived()).toHaveLength(1);
  });

  it('that may have gone is never sent twice: cut off, not well, or given up in the middle', async () => {
    const id = await declared();
    const { faults } = service.bench.graph;
    faults.cut = /sendMail/;
    await run(id);
    faults.cut = null;
    await run(id);
    expect(await outcomes(id)).toEqual([[1, 'unknown']]);
    expect(arrived()).toHaveLength(1);
    expect(await notes(id, 1)).toContain('Nobody knows whether');

    await press('carlo', 'take', id);
    faults.rules.push({ times: 1, status: 503, retryAfterSeconds: 1, matching: /sendMail/ });
    await run(id);
    await run(id);
    expect(asked().filter((status) => status === 503)).toHaveLength(1);
    expect((await outcomes(id)).at(-1)).toEqual([2, 'unknown']);

    await press('joan', 'resolve', id, { text: 'Restarted' });
    const dies = crisisJobs({ send: () => Promise.reject(new Error('the process ended')) })['crisis.mail']!;
    await expect(dies.run({ id }, { ports: service.ports, lastAttempt: false })).rejects.toThrow('the process ended');
    await run(id);
    expect(asked()).not.toContain(202);
    expect(await notes(id, 3)).toContain('Nobody knows whether');
    // the next change goes as any other
    await press('anna', 'confirm', id);
    await run(id);
    expect(asked().at(-1)).toBe(202);
  });
});
