import type { Actor } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { dayOfSide } from '../charter/readable.ts';
import type { MatterView } from '../contract/matter.ts';
import type { ActionView } from '../contract/obligation.ts';
import { linkTo, mailto } from '../form.ts';
import type { History } from '../matters/index.ts';
import { contactIn, worldOf } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { isUndone } from './agenda.ts';
import type { Item, Review } from './review.ts';

/** The minutes as the text of a mail: decisions, actions, what goes on. */
function minutesText(items: readonly Item[], { written }: History, actionItems: readonly MatterView[]): string {
  const part = (heading: string, lines: readonly string[]): string[] =>
    lines.length ? [heading, ...lines.map((line) => `- ${line}`), ''] : [];
  return [
    ...part(
      'Decided:',
      items
        .filter(({ state }) => state === 'decided')
        .map((item) => `${visible(item.text, 160)}: ${visible(written(item.noteId) ?? '', 300)}`),
    ),
    ...part(
      'To be done:',
      actionItems.map(({ title, waitingFor, expectedBy }) =>
        [title, waitingFor ? `${waitingFor.name}${waitingFor.role ? ` (${waitingFor.role})` : ''}` : '', expectedBy?.zones[0]?.text ?? '']
          .filter(Boolean)
          .join(', '),
      ),
    ),
    ...part(
      'On the next agenda:',
      items.filter(isUndone).map(({ text }) => visible(text, 160)),
    ),
  ].join('\n');
}

/** A ready mail with the minutes, for an owner, to those who took part and whom Rapport reaches by mail alone. */
export async function mailOfMinutes(
  tx: Tx,
  charter: AgreedCharter,
  review: Review,
  items: readonly Item[],
  history: History,
  actionItems: readonly MatterView[],
  me: Actor,
): Promise<ActionView[]> {
  if (!me.owner || !review.minutesAt || !review.startAt) return [];
  const world = await worldOf(tx, charter);
  const to = review.attendees.flatMap((id) => {
    const contact = contactIn(charter, id);
    return contact && contact.side === me.side && !world.isKnown(id) && !world.isGone(contact) ? contact.addresses.slice(0, 1) : [];
  });
  if (!to.length) return [];
  const on = dayOfSide(charter, me.side, review.startAt);
  return [
    linkTo('Mail the minutes', mailto(to, `Minutes: ${visible(review.name, 100)}, ${on}`, minutesText(items, history, actionItems)), {
      rank: 'more',
      hint: 'A ready mail to those of your side who are not in Teams. Nothing is sent by itself.',
    }),
  ];
}
