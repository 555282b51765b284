import { type CardKind, isActor, type Viewer } from '../capability.ts';
import type { MatterView } from '../contract/matter.ts';
import { messagesOf, readMessageId } from '../matters/index.ts';
import { requestPosts, standingOf, standsWith } from '../posts/index.ts';
import { matterCard } from '../posts/matterCard.ts';
import type { Tx } from '../store/database.ts';
import { callPlacements } from './placements.ts';
import { escalationById } from './store.ts';
import { escalationView } from './view.ts';

const KIND = 'escalationCall';
/** Ids of the messages of askings: after one, up to another. */
const between = (escalationId: string, after: number, upTo: number): string[] =>
  messagesOf(KIND, escalationId, upTo)
    .slice(after)
    .map(({ id }) => id);

/**
 * It goes on in a newer card of the same chat: this one does not say everything a second time.
 * @param view - as the newer card says it
 */
const goesOn = (view: MatterView): MatterView => ({
  ...view,
  status: 'You were asked again: it goes on in the newer card',
  tone: 'calm',
  said: [],
  expectedBy: null,
  endedAt: null,
  steps: [],
  notes: [],
  actions: [],
  history: [],
});

/** Only with whoever it was sent to: an asking is no card for everyone. */
async function callView(tx: Tx, id: string, viewer: Viewer, now: Date): Promise<MatterView | null> {
  if (viewer === 'everyone') return null;
  const { matterId, number } = readMessageId(id);
  const view = await escalationView(tx, matterId, viewer, now);
  if (!view || !isActor(viewer)) return view;
  const e = await escalationById(tx, matterId);
  const newer = e ? between(matterId, Number(number), e.asking) : [];
  return (await standsWith(tx, viewer.contactId, KIND, newer)) ? goesOn(view) : view;
}

/** Telling whoever is asked: a card for each asking, where he is told by a card. The newest that stands with him says everything. */
export const escalationCall: CardKind<MatterView> = {
  placements: callPlacements,
  view: callView,
  card: matterCard,
  page: ({ id }) => `escalation/${id}`,
  tells: ({ status, expectedBy }) => {
    const until = expectedBy?.zones[0];
    return `you are asked. ${status}${until ? `, until ${until.text} in ${until.place}` : ''}.`;
  },
  async arrived(tx, id) {
    const { matterId, number } = readMessageId(id);
    const standing = await standingOf(tx, KIND, between(matterId, 0, Number(number) - 1));
    await requestPosts(
      tx,
      [...standing].map((earlier) => ({ kind: KIND, id: earlier })),
    );
  },
};
