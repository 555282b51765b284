import { isActor, type Viewer } from '../capability.ts';
import type { ActionView } from '../contract/obligation.ts';
import type { Side } from '../contract/sides.ts';
import { linkTo } from '../form.ts';
import { conversationIn, isMessageLink } from '../posts/messageLink.ts';
import { openChannel } from '../posts/store.ts';
import type { Tx } from '../store/database.ts';
import { readsWords } from './history.ts';

/** The channel of matters of one partnership, as Teams names it; nothing where none of them was begun over a message. */
export async function channelOf(tx: Tx, list: readonly { partnershipId: string; evidence: string }[]): Promise<string | undefined> {
  const begun = list.find(({ evidence }) => evidence);
  return begun && (await openChannel(tx, begun.partnershipId))?.conversationId;
}

/**
 * Opens the message over which a matter was begun: for whoever is of the side that began it, for everyone where it stands in the channel of
 * both. The link to a message in another place would tell the other side where it was said. @param channelId - see {@link channelOf}
 */
export function evidenceFor(viewer: Viewer, matter: { evidence: string; askingSide: Side }, channelId: string | undefined): ActionView[] {
  const { evidence, askingSide } = matter;
  const own = isActor(viewer) && viewer.side === askingSide;
  const shown = readsWords(viewer) && isMessageLink(evidence) && (own || conversationIn(evidence) === channelId);
  return shown ? [linkTo('Open the message', evidence, { rank: 'more' })] : [];
}
