import { z } from 'zod';
import type { CardKind, JobHandler, Placement, Viewer } from '../capability.ts';
import { isActor } from '../capability.ts';
import type { MatterView } from '../contract/matter.ts';
import { SIDES } from '../contract/sides.ts';
import { Unavailable } from '../errors.ts';
import { appendEvents } from '../journal/index.ts';
import { eventsByRules, readMessageId } from '../matters/index.ts';
import { type World, worldNow } from '../people/index.ts';
import { requestPost } from '../posts/index.ts';
import { matterCard } from '../posts/matterCard.ts';
import { toldOnce } from '../posts/places.ts';
import { type MailPort, Uncertain } from '../posts/port.ts';
import type { Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { contactTree } from './buttons.ts';
import type { Escalation, MailOutcome } from './escalation.ts';
import { keepAll, subjectOf } from './keep.ts';
import { escalationById, escalationsById, openCrises, saveEscalations } from './store.ts';
import { treeAfter, treeMail } from './tree.ts';
import { treeSubject } from './trees.ts';
import { escalationView } from './view.ts';

/** How long after the end of a crisis its owners are told of it still. */
const TOLD_FOR_MS = 24 * 3600_000;

/**
 * The list of people with the owners of both sides: each change is told by a card of its own, and the card of the change before goes, so that one
 * stands. @param id - `<escalation>/<change>`
 */
export async function treePlacements(tx: Tx, id: string, now: Date): Promise<Placement[]> {
  const found = await treeOf(tx, id, now);
  if (!found) return [];
  const { e, world, change } = found;
  const told = e.endedAt === null || now.getTime() - e.endedAt.getTime() < TOLD_FOR_MS;
  const state = e.tree?.change !== change ? 'gone' : told ? 'wanted' : 'keep';
  return ownersOf(world).map((owner) => toldOnce(e.partnershipId, owner, subjectOf(e.id), 'chat', state));
}

const ownersOf = (world: World) =>
  SIDES.flatMap((side) => world.charter.sides[side].contacts).filter((contact) => contact.owner && !world.isGone(contact));

async function treeOf(
  tx: Tx,
  id: string,
  now: Date,
): Promise<{ readonly e: Escalation; readonly world: World; readonly change: number } | null> {
  const { matterId, number } = readMessageId(id);
  const e = await escalationById(tx, matterId);
  if (!e?.tree) return null;
  return { e, world: await worldNow(tx, e.partnershipId, now), change: Number(number) };
}

const MAILED: Readonly<Record<MailOutcome, string>> = {
  begun: 'Nobody knows whether Rapport’s own mail has gone: please send the ready mail.',
  sent: 'Rapport sent it by mail to the owners of both sides and whoever is to be called.',
  refused: 'Rapport could not send it by itself: please send the ready mail.',
  unknown: 'Nobody knows whether Rapport’s own mail has gone: please send the ready mail.',
};

/** Where the crisis stands, and the ready mail: for owners alone, as addresses stand in it. */
async function treeView(tx: Tx, id: string, viewer: Viewer, now: Date): Promise<MatterView | null> {
  if (!isActor(viewer) || !viewer.owner) return null;
  const found = await treeOf(tx, id, now);
  const view = found && (await escalationView(tx, found.e.id, viewer, now));
  if (!view) return null;
  const { e, world } = found;
  const mail = e.tree?.mail?.change === e.tree?.change ? e.tree?.mail : null;
  return {
    ...view,
    said: [],
    history: [],
    notes: [
      e.state === 'closed'
        ? 'The crisis has ended.'
        : 'Who is to be called has changed. The list of people is a ready mail, for when Teams is not there.',
      ...view.notes,
      ...(mail ? [MAILED[mail.outcome]] : []),
    ],
    actions: contactTree(e, world, viewer).map((action) => ({ ...action, rank: 'few' as const })),
  };
}

export const escalationTree: CardKind<MatterView> = {
  placements: treePlacements,
  view: treeView,
  card: matterCard,
  page: ({ id }) => `escalation/${id}`,
  tells: ({ status }) => `who is to be called has changed. ${status}.`,
};

/** *charter*: somebody went, came or has another address. */
export async function whenPeopleChanged(tx: Tx, partnershipId: string, now: Date): Promise<void> {
  const ids = await openCrises(tx, partnershipId);
  if (!ids.length) return;
  for (const id of ids) await lockSubject(tx, subjectOf(id));
  const world = await worldNow(tx, partnershipId, now);
  const changed = (await escalationsById(tx, ids)).filter((e) => e.state !== 'closed' && treeAfter(e, world) !== e.tree);
  await keepAll(
    tx,
    changed.map((e) => ({ before: e, step: { e, told: [] } })),
    now,
  );
}

/**
 * Mails the list of people by itself, where a mailbox is named for it: once for each change at most. What was cut off may have gone and is not
 * sent again; a change that nobody mailed yet when the next one came is not mailed any more.
 */
export const crisisJobs = (mail: MailPort | null): Readonly<Record<string, JobHandler>> => ({
  'crisis.mail': {
    schema: z.object({ id: z.guid() }),
    async run({ id }: { id: string }, { ports: { transaction, clock } }) {
      if (!mail) return;
      const begun = await transaction((tx) => begin(tx, id, clock.now()));
      if (!begun) return;
      const outcome = await mail.send(begun.mail).then(
        (taken): MailOutcome | Unavailable => (taken ? 'sent' : 'refused'),
        (error: unknown) => {
          if (error instanceof Unavailable) return error;
          if (error instanceof Uncertain) return 'unknown';
          throw error; // it stays begun
        },
      );
      await transaction((tx) => came(tx, id, begun.change, outcome instanceof Unavailable ? null : outcome, clock.now()));
      if (outcome instanceof Unavailable) throw outcome;
    },
  },
});

async function begin(tx: Tx, id: string, now: Date) {
  await lockSubject(tx, subjectOf(id));
  const e = await escalationById(tx, id);
  if (!e?.tree || e.tree.mail?.change === e.tree.change) return null;
  const { pausedAt } = await tx.selectFrom('partnership').select('pausedAt').where('id', '=', e.partnershipId).executeTakeFirstOrThrow();
  if (pausedAt) return null;
  const { change } = e.tree;
  await saveEscalations(tx, [{ ...e, tree: { ...e.tree, mail: { change, outcome: 'begun' } } }]);
  return { change, mail: treeMail(e, await worldNow(tx, e.partnershipId, now)) };
}

/** @param outcome - null: it is certain that nothing went, and it is begun anew */
async function came(tx: Tx, id: string, change: number, outcome: MailOutcome | null, now: Date): Promise<void> {
  await lockSubject(tx, subjectOf(id));
  const e = await escalationById(tx, id);
  if (e?.tree?.mail?.change !== change) return; // a later change was begun meanwhile
  await saveEscalations(tx, [{ ...e, tree: { ...e.tree, mail: outcome && { change, outcome } } }]);
  if (!outcome) return;
  await appendEvents(tx, eventsByRules('escalation', e, [{ kind: 'mailed', data: { change, outcome } }], now));
  await requestPost(tx, treeSubject(id, e.tree.change));
}
