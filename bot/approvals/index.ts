import { type Capability, type CardJson, isActor, type Viewer } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import type { MatterView } from '../contract/matter.ts';
import { messageView, openAndEnded, readMessageId } from '../matters/index.ts';
import { worldNow } from '../people/index.ts';
import { actionsOf } from '../posts/actionView.ts';
import { requestPost } from '../posts/index.ts';
import { matterCard, matterLines } from '../posts/matterCard.ts';
import { card, textBlock } from '../posts/parts.ts';
import type { Db, Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { agenda, brief } from './agenda.ts';
import { beginButtons } from './buttons.ts';
import { figures } from './figures.ts';
import { arrivalsOf, keep, NEXT, subjectOf } from './keep.ts';
import { callPlacements, placements } from './placements.ts';
import { look } from './rules.ts';
import { actions } from './say.ts';
import { approvalById, endedApprovals, openApprovals } from './store.ts';
import { approvalView, approvalViews } from './view.ts';
import { events, REFUSED } from './words.ts';

export { noticesFor, scopesFor } from './rules.ts';
export { beginApproval } from './say.ts';

const page = ({ id }: MatterView): string => `approval/${id}`;

/** Who decides, and who asked: they have their own view before anybody else. */
async function concerns(tx: Tx, id: string): Promise<string[]> {
  const a = await approvalById(tx, id);
  return a ? [...a.seats.flatMap((seat) => seat.by ?? seat.agreed), a.by] : [];
}

const partnershipOfApproval = async (tx: Tx | Db, id: string): Promise<string | null> =>
  (await approvalById(tx, id))?.partnershipId ?? null;

/** What time and people's absence do to one of them. */
async function lookAt(tx: Tx, id: string, now: Date): Promise<void> {
  const a = await approvalById(tx, id);
  if (!a) return;
  const world = await worldNow(tx, a.partnershipId, now);
  await keep(tx, a, look(a, world, await arrivalsOf(tx, a), now), world, now);
}

/** Decisions that the other side is asked for, and notices that go ahead unless it objects. */
export const approvals: Capability = {
  name: 'approvals',
  events,
  refusals: REFUSED,
  on: {
    // people leave, and calendars are corrected: who decides now may be another
    async charter(tx, partnershipId, now) {
      for (const { id } of await openApprovals(tx, partnershipId)) {
        await lockSubject(tx, subjectOf(id));
        await lookAt(tx, id, now);
      }
    },
  },
  deadlines: { [NEXT]: { run: ({ subject }, { tx, now }) => lookAt(tx, subject.id, now) } },
  subjects: {
    approval: partnershipOfApproval,
    approvalCall: (tx, id) => partnershipOfApproval(tx, readMessageId(id).matterId),
  },
  cards: {
    approval: { placements, view: approvalView, card: matterCard, page, concerns },
    approvalCall: {
      placements: callPlacements,
      // that it has reached somebody stands on the card in the channel
      arrived: (tx, id) => requestPost(tx, subjectOf(readMessageId(id).matterId)),
      view: messageView(approvalView),
      card: matterCard,
      page,
      tells: ({ status, expectedBy, timeLabel }: MatterView) => {
        const by = expectedBy?.zones[0];
        return `this is for you. ${status}${by ? `. ${timeLabel} ${by.text} in ${by.place}` : ''}.`;
      },
    },
  },
  actions,
  commands: {
    approve: {
      help: 'Ask the other side for a decision; or see which are open',
      async run({ tx, actor, viewer, now, text }) {
        const buttons = beginButtons(await currentCharter(tx, actor.partnershipId, now), actor, text);
        return openCard(tx, actor.partnershipId, viewer, now, actionsOf(buttons, actor.partnershipId));
      },
      forReader: ({ tx, reader, viewer, now }) => openCard(tx, reader.partnershipId, viewer, now, []),
    },
  },
  dialogs: {
    approve: {
      title: 'Ask for a decision',
      async form({ tx, now, actor, origin }) {
        const [ask] = beginButtons(await currentCharter(tx, actor.partnershipId, now), actor, origin?.words ?? '');
        return ask ? { ...ask, carries: { evidence: origin?.url ?? '' } } : REFUSED['approval.no_scope'].message;
      },
    },
  },
  matters: {
    approval: {
      list: openAndEnded(openApprovals, endedApprovals, approvalViews),
      view: approvalView,
      begin: async (tx, viewer, now) => (isActor(viewer) ? beginButtons(await currentCharter(tx, viewer.partnershipId, now), viewer) : []),
    },
  },
  brief,
  agenda,
  figures,
};

/** Every open one in a line or two, and what somebody may begin. */
async function openCard(
  tx: Tx,
  partnershipId: string,
  viewer: Viewer,
  now: Date,
  buttons: ReturnType<typeof actionsOf>,
): Promise<{ card: CardJson }> {
  const views = await approvalViews(tx, await openApprovals(tx, partnershipId), viewer, now);
  return {
    card: card([
      textBlock(views.length ? `Decisions that are open: ${views.length}` : 'No decision is open.', { heading: true }),
      ...matterLines(views),
      ...buttons,
    ]),
  };
}
