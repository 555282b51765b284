import { type Capability, type CardJson, isActor, type Viewer } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { messageView, openAndEnded, readMessageId } from '../matters/index.ts';
import { worldNow } from '../people/index.ts';
import { actionsOf } from '../posts/actionView.ts';
import { matterCard, matterLines } from '../posts/matterCard.ts';
import { card, textBlock } from '../posts/parts.ts';
import type { Db, Tx } from '../store/database.ts';
import { lockSubject } from '../store/lock.ts';
import { agenda, brief, figures } from './agenda.ts';
import { beginButtons } from './buttons.ts';
import { keep, NEXT, subjectOf } from './keep.ts';
import { callPlacements } from './placements.ts';
import { look } from './rules.ts';
import { actions } from './say.ts';
import { actionItemById, endedActionItems, openActionItems, openIds } from './store.ts';
import { actionItemView, actionItemViews } from './view.ts';
import { events, REFUSED } from './words.ts';

export type { ActionItem } from './actionItem.ts';
export { beginActionItem, type NewActionItem } from './say.ts';
export { actionItemsOf } from './store.ts';
export { actionItemViews } from './view.ts';

const partnershipOfItem = async (tx: Tx | Db, id: string): Promise<string | null> => (await actionItemById(tx, id))?.partnershipId ?? null;

/** What time, people's leaving and corrected calendars do to one of them. */
async function lookAt(tx: Tx, id: string, now: Date): Promise<void> {
  const a = await actionItemById(tx, id);
  if (!a) return;
  const world = await worldNow(tx, a.partnershipId, now);
  await keep(tx, a, look(a, world, now), world, now);
}

/**
 * What was agreed to be done: by whom, until when. No card of it stands in the channel: whoever does it is reminded alone, and it returns on
 * agendas until it is done.
 */
export const actionItems: Capability = {
  name: 'actionItems',
  events,
  refusals: REFUSED,
  on: {
    async charter(tx, partnershipId, now) {
      for (const id of await openIds(tx, partnershipId)) {
        await lockSubject(tx, subjectOf(id));
        await lookAt(tx, id, now);
      }
    },
  },
  deadlines: { [NEXT]: { run: ({ subject }, { tx, now }) => lookAt(tx, subject.id, now) } },
  subjects: {
    actionItem: partnershipOfItem,
    actionItemCall: (tx, id) => partnershipOfItem(tx, readMessageId(id).matterId),
  },
  cards: {
    // posted nowhere: it answers who noted it or pressed
    actionItem: { placements: async () => [], view: actionItemView, card: matterCard },
    actionItemCall: {
      placements: callPlacements,
      view: messageView(actionItemView),
      card: matterCard,
    },
  },
  actions,
  commands: {
    action: {
      help: 'Note what was agreed to be done; or see what is open',
      async run({ tx, actor, viewer, now, text }) {
        const buttons = beginButtons(await currentCharter(tx, actor.partnershipId, now), actor.side, viewer, text);
        return openCard(tx, actor.partnershipId, viewer, now, actionsOf(buttons, actor.partnershipId));
      },
      forReader: ({ tx, reader, viewer, now }) => openCard(tx, reader.partnershipId, viewer, now, []),
    },
  },
  matters: {
    actionItem: {
      list: openAndEnded(openActionItems, endedActionItems, actionItemViews),
      view: actionItemView,
      begin: async (tx, viewer, now) =>
        isActor(viewer) ? beginButtons(await currentCharter(tx, viewer.partnershipId, now), viewer.side, viewer) : [],
    },
  },
  brief,
  agenda,
  figures,
};

/** Every open one in a line or two, and what somebody may note. */
async function openCard(
  tx: Tx,
  partnershipId: string,
  viewer: Viewer,
  now: Date,
  buttons: ReturnType<typeof actionsOf>,
): Promise<{ card: CardJson }> {
  const views = await actionItemViews(tx, await openActionItems(tx, partnershipId), viewer, now);
  return {
    card: card([
      textBlock(views.length ? `Actions that are open: ${views.length}` : 'No action is open.', { heading: true }),
      ...matterLines(views),
      ...buttons,
    ]),
  };
}
