import { setTimeout as sleep } from 'node:timers/promises';
import type { CardAction } from '../connector/client.ts';
import type { Connector } from '../connector/index.ts';
import type { Mover } from '../mover.ts';
import type { Channel, Person } from '../tenant/index.ts';

/** What is pressed to set a channel up, in this order; whether both sides' owners do it or the client's alone; and whether it must be done. */
const STEPS: readonly { readonly verb: string; readonly both: boolean; readonly needed: boolean }[] = [
  { verb: 'setup.choose', both: false, needed: false },
  { verb: 'setup.confirm', both: false, needed: true },
  { verb: 'setup.bind', both: false, needed: false },
  { verb: 'charter.acknowledge', both: true, needed: true },
];
/** A card that offers the same button again and again would never end. */
const MOST_PRESSES = 40;
/** A button may come a moment later than its card: when the directory has said who somebody is. */
const ROUNDS = 10;
const BETWEEN_ROUNDS_MS = 300;

interface Button {
  readonly messageId: string;
  readonly action: CardAction;
}

/**
 * Sets the channels up as people would: the bot is added to each partner channel by the client's owner, who says which partnership it is for,
 * who will see it and who is who; then both owners agree. All of it through the buttons of the real cards.
 * @returns who still has something to press, and where: it is left to whoever sits at the desk
 */
export async function setUpChannels(
  connector: Connector,
  mover: Mover,
  { owners, names }: { owners: ReadonlyMap<string, readonly Person[]>; names: ReadonlyMap<string, string> },
): Promise<string[]> {
  const ownersOf = (channel: Channel) => owners.get(channel.slug) ?? [];
  for (const channel of connector.roster.channels) {
    const [first] = ownersOf(channel);
    if (first && !connector.isInstalled(channel.id)) await connector.client.install(channel.slug, first.key);
  }
  const all = connector.roster.channels.flatMap((channel) =>
    STEPS.flatMap((step) =>
      ownersOf(channel)
        .slice(0, step.both ? undefined : 1)
        .map((owner) => ({ ...step, channel, owner })),
    ),
  );
  let left = all.filter(({ needed }) => needed);
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    if (round > 0) await sleep(BETWEEN_ROUNDS_MS);
    await mover.catchUp();
    for (const step of all) {
      const { owner, channel, verb } = step;
      for (const place of [channel.id, connector.roster.personalChat(owner)]) connector.client.enter(owner.key, place);
      const pressed = new Set<string>();
      // One owner may answer for several partnerships: this channel is for the one it was made for.
      const fits = ({ action }: Button) => action.verb === verb && (verb !== 'setup.choose' || action.title === names.get(channel.slug));
      for (let presses = 0; presses < MOST_PRESSES; presses++) {
        const button = await nextButton(connector, owner, channel, (one) => fits(one) && !pressed.has(nameOf(one)));
        if (!button) break;
        pressed.add(nameOf(button));
        await connector.client.press(owner.key, button.messageId, button.action);
      }
      // A button that is still offered was not taken: he is not known yet, or somebody came to the channel meanwhile.
      if (pressed.size > 0 && !(await nextButton(connector, owner, channel, fits))) left = left.filter((one) => one !== step);
    }
  }
  return left.map(({ channel, owner }) => `${owner.name} in ${channel.name}`);
}

const nameOf = ({ messageId, action }: Button) => `${messageId} ${JSON.stringify(action.data)}`;

/** The first button that this person sees in the channel, or in his chat, and that is wanted. */
async function nextButton(
  connector: Connector,
  person: Person,
  channel: Channel,
  wanted: (button: Button) => boolean,
): Promise<Button | undefined> {
  for (const place of [channel.id, connector.roster.personalChat(person)]) {
    for (const { id } of connector.messagesIn(place)) {
      const buttons = executesIn(await connector.client.view(person.key, id)).map((action) => ({ messageId: id, action }));
      const found = buttons.find(wanted);
      if (found) return found;
    }
  }
  return undefined;
}

/** Every Action.Execute of a card, wherever it stands. */
function executesIn(part: unknown): CardAction[] {
  if (Array.isArray(part)) return part.flatMap(executesIn);
  if (typeof part !== 'object' || part === null) return [];
  const own = 'type' in part && part.type === 'Action.Execute' ? [part as CardAction] : [];
  const inside = Object.entries(part).filter(([key]) => !['data', 'refresh', 'fallback'].includes(key));
  return [...own, ...inside.flatMap(([, value]) => executesIn(value))];
}
