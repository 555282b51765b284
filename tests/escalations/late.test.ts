import { afterEach, describe, expect, it } from '@jest/globals';
import { approvals } from '../../bot/approvals/index.ts';
import { contactIdOf } from '../../bot/charter/index.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { noticeAbout } from '../../bot/escalations/buttons.ts';
import { escalations } from '../../bot/escalations/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { withDecisions } from '../approvals/world.ts';
import { ResponsesWorld } from '../responses/world.ts';
import { MatterWorld } from '../support/matters.ts';
import { REQUEST } from './world.ts';

/** Runs what reacts to the events of a subject, as its jobs would. */
async function react(base: ResponsesWorld, kind: string, id: string): Promise<void> {
  for (const event of await eventsOf(base.base.db, { kind, id })) await escalations.reactions?.[event.kind]?.(event, base.base.ports);
}
const lateHelp = (text: string): string => `${text}\nhelp by itself after: 4 working hours\n`;

describe('an answer that stays away', () => {
  let world: ResponsesWorld;
  afterEach(() => world?.close());
  /** A mail on Tuesday morning whose answer is past the agreed time. */
  async function past(change: (text: string) => string): Promise<{ id: string; pastAt: Date }> {
    world = await ResponsesWorld.open('2026-11-24T01:00:00Z', false);
    await world.agree(change);
    world.base.clock.set('2026-11-24T01:10:00Z');
    await world.deliver([{ id: 'a', at: '2026-11-24T01:10:00Z', from: 'anna@contoso.com', to: ['carlo@fabrikam.com'] }]);
    const [open] = await world.rows();
    await world.until(new Date(open!.dueAt.getTime() + 60_000).toISOString());
    const [row] = await world.rows();
    expect(row!.pastDueAt).not.toBeNull();
    await react(world, 'obligation', row!.id);
    return { id: row!.id, pastAt: row!.pastDueAt! };
  }
  const sweepAt = async (at: Date) => {
    if (at > world.base.clock.now()) world.base.clock.set(at);
    await sweep(world.base.ports, escalations.deadlines!);
    return world.base.db.selectFrom('escalation').selectAll().execute();
  };
  const dueAt = async (): Promise<Date> =>
    (await world.base.db.selectFrom('deadline').select('at').where('kind', '=', 'escalation.late').executeTakeFirstOrThrow()).at;
  const answer = () =>
    world.deliver([
      { id: 'b', at: world.base.clock.now().toISOString(), from: 'carlo@fabrikam.com', to: ['anna@contoso.com'], replyTo: 'a' },
    ]);

  it('climbs by itself nowhere but where both sides agreed so', async () => {
    const { pastAt } = await past((text) => text);
    expect(await sweepAt(new Date(pastAt.getTime() + 20 * 86_400_000))).toEqual([]);
  });

  it('there has help asked for once so much working time has gone by, once, in the name of whoever waits', async () => {
    const { id } = await past(lateHelp);
    const due = await dueAt();
    expect(await sweepAt(new Date(due.getTime() - 1000))).toEqual([]);
    const [found, ...others] = await sweepAt(due);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      state: 'asking',
      askingSide: 'client',
      obligationId: id,
      byContactId: contactIdOf(world.partnershipId, 'anna'),
    });
    await react(world, 'obligation', id); // told again
    expect(await sweepAt(new Date(due.getTime() + 86_400_000))).toHaveLength(1);
    const [first] = await eventsOf(world.base.db, { kind: 'escalation', id: found!.id });
    expect(escalations.events![first!.kind]!.sentence(first!, '')).toMatch(/^Help was asked for by itself, as both sides agreed/);
  });

  it('comes down again with the answer', async () => {
    const { id } = await past(lateHelp);
    await sweepAt(await dueAt());
    await answer();
    await react(world, 'obligation', id);
    expect(await sweepAt(world.base.clock.now())).toMatchObject([{ state: 'closed', ending: 'withdrawn' }]);
  });

  it('does not, where it was answered before', async () => {
    const { id } = await past(lateHelp);
    await answer();
    await react(world, 'obligation', id);
    expect(await sweepAt(new Date('2026-12-10T02:00:00Z'))).toEqual([]);
  });
});

describe('a fix that goes ahead unless they object', () => {
  let world: MatterWorld;
  afterEach(() => world?.close());
  const open = async () => {
    world = new MatterWorld(await MatterWorld.base({ start: '2026-11-25T02:00:00Z', change: withDecisions }), escalations, 'escalation');
    for (const key of ['anna', 'pieter', 'joan', 'carlo']) await world.know(key);
    const { subject } = await world.press('anna', 'open', world.partnershipId, REQUEST);
    await world.press('carlo', 'take', subject.id);
    return subject.id;
  };
  const propose = (id: string, scope: string) =>
    world.press('carlo', 'propose', id, { text: 'We move the import to the new server', scope: noticeAbout(scope) });
  /** Says something about the notice, as Anna sees it. */
  async function say(notice: string, verb: 'approve' | 'decline'): Promise<void> {
    const view = await world.ports.transaction((tx) => approvals.cards!.approval!.view(tx, notice, world.actor('anna'), world.now()));
    const action = approvals.actions![`approval.${verb}`]!;
    const input = action.schema.parse({ of: view.actions[0].carries.of, ...(verb === 'decline' && { text: 'Not this week' }) });
    await world.ports.transaction((tx) => action.run({ tx, now: world.now(), actor: world.actor('anna'), subjectId: notice, input }));
  }

  it.each([
    ['has nothing against it', 'approve', true, /it goes ahead/],
    ['objects', 'decline', false, /does not go ahead/],
  ] as const)('is a notice among the decisions; once the other side %s, it says so, once', async (_what, verb, agreed, told) => {
    const id = await open();
    await propose(id, 'Change in production');
    const notice = (await world.db.selectFrom('approval').select('id').executeTakeFirstOrThrow()).id;
    const before = (await world.view(id, 'anna'))!;
    expect(before.notes.join(' ')).toContain('unless Contoso objects');
    expect(before.actions.map((action) => action.verb)).not.toContain('escalation.agree');
    await expect(world.press('anna', 'agree', id)).rejects.toMatchObject({ code: 'escalation.not_now' });
    await say(notice, verb);
    await react(world.base, 'approval', notice);
    await react(world.base, 'approval', notice); // told again
    const after = (await world.view(id, 'anna'))!;
    expect(after.history.map(({ text }) => text).filter((text) => told.test(text))).toHaveLength(1);
    expect(after.notes.join(' ').includes('agreed to the proposed fix')).toBe(agreed);
  });

  it('only in a scope that both sides marked for it', async () => {
    const id = await open();
    for (const scope of ['Extra cost', 'Move of the contact centre', 'Nothing of the kind'])
      await expect(propose(id, scope)).rejects.toMatchObject({ code: 'approval.no_notice' });
    const form = (await world.view(id, 'carlo'))!.actions.find(({ verb }) => verb === 'escalation.propose')!;
    const scopes = form.inputs.find((input) => input.id === 'scope')?.choices?.map(({ value }) => value);
    expect(scopes).toEqual(['agreed', noticeAbout('Change in production'), noticeAbout('Opening hours')]);
    expect((await world.view(id, 'anna'))!.notes.join(' ')).not.toContain('objects');
  });
});
