import type { CardJson } from '../capability.ts';
import { type CardAction, type CardElement, card, execute, facts, plain, textBlock } from '../posts/parts.ts';
import type { SetupView } from './view.ts';
import { whoButtons } from './whoCard.ts';

/** Buttons that would not fit are reached again after the first were pressed. */
const MOST_BUTTONS = 8;
const MOST_NAMES = 12;

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

/** The card by which a channel is set up: which partnership it is for, who will see what is posted, and the owner's word. */
export function setupCard(view: SetupView): CardJson {
  return view.placed ? placedCard(view.conversationId, view.placed) : choiceCard(view);
}

function choiceCard({ conversationId, choices, own }: SetupView): CardJson {
  const buttons: CardAction[] = own
    ? choices
        .slice(0, MOST_BUTTONS)
        .map(({ id, name }) => execute(plain(name, 60), 'setup.choose', { subjectId: conversationId, partnershipId: id }))
    : [execute('Choose the partnership', 'card.refresh', { subjectKind: 'setup', subjectId: conversationId })];
  const hint =
    own && !choices.length
      ? 'You are not an owner of a partnership that still needs a channel.'
      : 'An owner of the partnership says so here.';
  return card([title, textBlock('Which partnership is this channel for?'), textBlock(hint, { subtle: true })], {
    actions: { few: buttons },
  });
}

const title = textBlock('Rapport in this channel', { heading: true });

type Placed = NonNullable<SetupView['placed']>;

function placedCard(conversationId: string, placed: Placed): CardJson {
  const { names, audience, confirmedBy } = placed;
  const [client, provider] = [plain(names.client, 60), plain(names.provider, 60)];
  if (!audience.known) return card([title, textBlock(`For ${client} and ${provider}. Rapport is reading who is in this channel.`)]);
  const lead = placed.paused
    ? 'Paused: Rapport posts nothing and reads nothing here until an owner writes resume.'
    : confirmedBy
      ? `Rapport posts here for ${client} and ${provider}.`
      : `Before Rapport posts here for ${client} and ${provider}, an owner looks at who will see it.`;
  const seenBy = facts([
    [client, people(audience.sides.client)],
    [provider, people(audience.sides.provider)],
    ['Neither side', audience.outside.length ? people(audience.outside.length) : 'nobody'],
  ]);
  return card(
    [
      title,
      textBlock(lead),
      textBlock('Who will see this', { weight: 'Bolder', spacing: 'Medium' }),
      seenBy,
      ...outsiders(placed),
      textBlock(placed.shown, { subtle: true }),
      ...(confirmedBy ? [textBlock(`Agreed by ${plain(confirmedBy, 100)}.`, { subtle: true })] : []),
    ],
    {
      actions: {
        few: confirmedBy
          ? []
          : [
              execute(
                'Post here',
                'setup.confirm',
                { subjectId: conversationId, 'setup.confirm:marks': audience.marks },
                { tooltip: 'For an owner of either side' },
              ),
            ],
        more: [
          ...(placed.forOwner ? whoButtons(conversationId, placed.forOwner.who) : []),
          ...(placed.forOwner ? [execute('Use another channel', 'setup.release', { subjectId: conversationId })] : []),
        ],
      },
    },
  );
}

/** Names of people outside both sides: shown to an owner, so that he knows what he agrees to. */
function outsiders({ forOwner }: Placed): CardElement[] {
  if (!forOwner?.outside.length) return [];
  const names = forOwner.outside.slice(0, MOST_NAMES).map((name) => plain(name, 60) || 'somebody without a name');
  const rest = forOwner.outside.length - names.length;
  return [textBlock(`Neither side, shown to you alone: ${names.join(', ')}${rest > 0 ? ` and ${people(rest)} more` : ''}.`)];
}
