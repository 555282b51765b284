import { partnershipIdOf } from '../../bot/charter/index.ts';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import { ObligationView as ObligationSchema } from '../../bot/contract/obligation.ts';
import { ActionResult, TodayView } from '../../bot/contract/today.ts';
import type { Pressed } from '../../infra/local/connector/client.ts';
import type { StoredMessage } from '../../infra/local/connector/history.ts';
import type { SentMail } from '../../infra/local/tenant/index.ts';
import { buttonsOn, type CardButton, cardOf, subjectOf } from './cards.ts';
import type { Place } from './place.ts';

export interface Letter {
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly cc?: readonly string[];
  readonly answers?: SentMail;
  readonly importance?: 'normal' | 'high';
}

/** What a press is to carry besides what stands on the button, by the names that the action declares; `submit`: by the fallback. */
interface PressOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly submit?: boolean;
}

export type Slug = 'fabrikam' | 'northwind';

/** What the people of the place do and see, each as himself. People go by their keys in tenant.yaml, or by an address. */
export function lifeIn(place: Place) {
  const { tenant, connector, graph, mover, entra } = place;
  const { roster, client } = connector;
  const person = (key: string) => {
    const found = tenant.people.find((one) => one.key === key);
    if (!found) throw new Error(`nobody is called ${key}`);
    return found;
  };
  const address = (who: string) => (who.includes('@') ? who : person(who).address);
  const channelId = (slug: Slug) => roster.channels.find((one) => one.slug === slug)!.id;

  /** Bot messages with a card about an obligation, oldest first. */
  const cardsIn = (conversationId: string): StoredMessage[] =>
    connector.messagesIn(conversationId).filter((message) => message.from === 'bot' && subjectOf(cardOf(message))?.kind === 'obligation');
  const about = (messages: readonly StoredMessage[], id: string) => messages.filter((message) => subjectOf(cardOf(message))?.id === id);

  const call = async (key: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const headers = {
      authorization: `Bearer ${await entra.tokenFor(person(key))}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const response = await fetch(place.url() + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, body: await response.json() };
  };
  const today = async (key: string, slug: Slug = 'fabrikam'): Promise<TodayView> => {
    const { status, body } = await call(key, 'GET', `/api/partnerships/${partnershipIdOf(slug)}/today`);
    if (status !== 200) throw new Error(`today as ${key}: ${status} ${JSON.stringify(body)}`);
    return TodayView.parse(body);
  };
  const allOf = (view: TodayView): ObligationView[] => [
    ...view.waitingFor.client,
    ...view.waitingFor.provider,
    ...view.mine,
    ...view.answered,
  ];
  const press = async (key: string, message: StoredMessage, verb: string, { inputs = {}, submit = false }: PressOptions = {}) => {
    const button = buttonsOn(await client.view(key, message.id)).find((one) => one.verb === verb);
    if (!button) throw new Error(`${key} sees no button ${verb}`);
    return pressButton(key, message, button, { inputs, submit });
  };
  const pressButton = async (
    key: string,
    message: StoredMessage,
    button: CardButton,
    { inputs = {}, submit = false }: PressOptions = {},
  ): Promise<Pressed> => {
    const written = Object.fromEntries(Object.entries(inputs).map(([id, value]) => [`${button.verb}:${id}`, value]));
    const { type, data } = submit ? button.fallback! : button;
    const { verb } = button;
    const pressed = await client.press(key, message.id, { type, ...(!submit && { verb }), data: { ...data, ...written } });
    await mover.catchUp();
    return pressed;
  };
  /** Presses every button of a verb that this person sees in a conversation, once each. */
  const pressAll = async (key: string, conversationId: string, verb: string, title?: string) => {
    const done = new Set<string>();
    for (;;) {
      let found: [StoredMessage, CardButton] | undefined;
      for (const message of connector.messagesIn(conversationId).filter(({ from }) => from === 'bot')) {
        const button = buttonsOn(await client.view(key, message.id)).find(
          (one) => one.verb === verb && (!title || one.title === title) && !done.has(JSON.stringify(one.data)),
        );
        if (button) found ??= [message, button];
      }
      if (!found) return done.size;
      done.add(JSON.stringify(found[1].data));
      await pressButton(key, ...found);
    }
  };

  return {
    channelId,
    chatOf: (key: string) => roster.personalChat(person(key)),
    call,
    today,
    press,
    pressButton,
    until: (at: string) => mover.moveTo(new Date(at)),
    /** Writes to the bot in the channel. @returns its answer, below what was written */
    say: async (key: string, slug: Slug, words: string) => {
      await client.say(key, channelId(slug), words);
      const { id } = connector.messagesIn(channelId(slug)).findLast(({ from }) => from === key)!;
      await mover.catchUp();
      return connector.messagesIn(channelId(slug)).find(({ thread, from }) => thread === id && from === 'bot')!;
    },
    view: (key: string, message: StoredMessage) => client.view(key, message.id),
    /** Cards in the partner channel; of one obligation, or of all. */
    cards: (slug: Slug, id?: string) => (id ? about(cardsIn(channelId(slug)), id) : cardsIn(channelId(slug))),
    /** Cards in somebody's own chat with the bot. */
    chatCards: (key: string, id?: string) => {
      const found = cardsIn(roster.personalChat(person(key)));
      return id ? about(found, id) : found;
    },
    /** A message in somebody's own chat as it stands now. */
    message: (key: string, id: string): StoredMessage =>
      connector.messagesIn(roster.personalChat(person(key))).find((one) => one.id === id)!,
    write: ({ at, from, to, cc = [], subject, answers, importance }: Letter): SentMail =>
      graph.send({
        at: new Date(at),
        from: address(from),
        to: to.map(address),
        cc: cc.map(address),
        subject,
        ...(answers && { inReplyTo: answers.messageId }),
        ...(importance && { importance }),
      }),
    /** What somebody on the thread reads about the mail of this subject. */
    async waitOf(key: string, subject: string, slug: Slug = 'fabrikam'): Promise<ObligationView> {
      const found = allOf(await today(key, slug)).find((view) => view.subject === subject);
      if (!found) throw new Error(`${key} sees nothing about “${subject}”`);
      return found;
    },
    async obligation(key: string, id: string): Promise<ObligationView> {
      const { status, body } = await call(key, 'GET', `/api/obligations/${id}`);
      if (status !== 200) throw new Error(`obligation as ${key}: ${status} ${JSON.stringify(body)}`);
      return ObligationSchema.parse(body);
    },
    act: async (key: string, verb: string, subjectId: string, inputs: Record<string, string> = {}) => {
      const { status, body } = await call(key, 'POST', `/api/actions/${verb}`, { subjectId, inputs });
      await mover.catchUp();
      return { status, result: status === 200 ? ActionResult.parse(body) : null, body };
    },
    /** The bot comes into the channel, its owner says what it is for and who is who. */
    async setUp(slug: Slug, owner = 'anna') {
      const charter = tenant.charters.find((one) => one.slug === slug)!;
      await client.install(slug, owner);
      await mover.catchUp();
      const name = /^name: (.*)$/m.exec(charter.text)![1];
      await pressAll(owner, channelId(slug), 'setup.choose', name);
      await pressAll(owner, channelId(slug), 'setup.confirm');
      await pressAll(owner, channelId(slug), 'setup.bind');
    },
    async agree(slug: Slug, owners: readonly string[]) {
      let pressed = 0;
      for (const owner of owners)
        for (const place of [channelId(slug), roster.personalChat(person(owner))])
          pressed += await pressAll(owner, place, 'charter.acknowledge');
      if (pressed !== owners.length) throw new Error(`${pressed} of ${owners.length} owners agreed`);
    },
    openChats: async (keys: readonly string[]) => {
      for (const key of keys) await client.openPersonal(key);
    },
  };
}
export type Life = ReturnType<typeof lifeIn>;
