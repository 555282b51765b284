import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contactIdOf, partnershipIdOf, siteClosed } from '../../bot/charter/index.ts';
import { buttonsOn } from '../journeys/cards.ts';
import { cardErrors, cardTexts } from '../support/cards.ts';
import { type House, openHouse } from './house.ts';
import { type Asked, askAround, declareCrisis, FABRIKAM, type Story, tell } from './story.ts';
import { NAMES, SUBJECTS, VIEWERS, type Viewer, viewers } from './viewers.ts';

/** What is seen: a card of one's own, one without anything to press, what everyone sees and who can say who one is, or nothing. */
type Seen = 'own' | 'looks' | 'read only' | 'nothing';
/** Who looks at whose cards by his role alone. */
const LOOKS: Readonly<Record<string, readonly Viewer[]>> = { fabrikam: ['executive', 'admin'], northwind: ['admin'] };
interface Case {
  readonly what: string;
  id(): string;
  /** By viewer; whoever is not named sees what `others` says. */
  readonly seen: Partial<Record<Viewer, Seen>>;
  /** First letters of the subjects on the card. */
  readonly subjects?: Partial<Record<Viewer, string>>;
  /** Names stand on it for whoever sees his own. */
  readonly named?: boolean;
  readonly whose?: 'northwind';
}
const OWN: Partial<Record<Viewer, Seen>> = {
  owner: 'own',
  member: 'own',
  providerA: 'own',
  guest: 'own',
  external: 'own',
  unbound: 'read only',
  otherTenant: 'read only',
  executive: 'looks',
  admin: 'looks',
};
const ONLY_HERS: Partial<Record<Viewer, Seen>> = { providerB: 'own', executive: 'own', admin: 'looks' };

let closure = '';
let crisis = '';
const CARDS: Readonly<Record<string, readonly Case[]>> = {
  obligation: [
    { what: 'past its time', id: () => story.waits.alpha, seen: OWN, subjects: { owner: 'A', external: 'A' } },
    { what: 'of a mail to two providers', id: () => story.waits.sierra, seen: OWN, subjects: { owner: 'S' } },
    {
      // no card of it stands in a channel, so that only a forged press asks for one there
      what: 'that may not need an answer',
      id: () => story.waits.delta,
      seen: { owner: 'own', external: 'own' },
      subjects: { owner: 'D', external: 'D' },
    },
    { what: "the other provider's", id: () => story.waits.bravo, seen: ONLY_HERS, named: true, whose: 'northwind' },
    { what: "the other provider's, of the mail to both", id: () => story.waits.sierraB, seen: ONLY_HERS, whose: 'northwind' },
  ],
  escalation: [
    { what: 'help that is asked for', id: () => asked.help, seen: OWN },
    { what: 'a worry', id: () => asked.worry, seen: { owner: 'own', member: 'own' } },
  ],
  review: [{ what: 'an agenda', id: () => asked.review, seen: OWN }],
  reviewOutcome: [
    { what: 'of a review that is to come', id: () => asked.review, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } },
  ],
  reviewMissing: [
    { what: 'of one that has its date', id: () => asked.review, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } },
  ],
  approval: [{ what: 'a decision', id: () => asked.decision, seen: OWN }],
  approvalCall: [{ what: 'an asking', id: () => `${asked.decision}/1`, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } }],
  // stand in nobody's channel
  rhythm: [{ what: 'an agreed update', id: () => asked.update, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } }],
  actionItem: [{ what: 'what was agreed to be done', id: () => asked.item, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } }],
  actionItemCall: [{ what: 'a reminder', id: () => `${asked.item}/1`, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } }],
  escalationCall: [{ what: 'an asking', id: () => `${asked.help}/1`, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } }],
  // for whoever answers for a side: addresses stand in it
  escalationTree: [{ what: 'a list of people', id: () => `${crisis}/1`, seen: { owner: 'own', guest: 'own' }, named: true }],
  // both had agreed before the channel was set up: no card of it stands there for everyone
  charter: [{ what: 'what we agreed', id: () => FABRIKAM, seen: { ...OWN, unbound: 'nothing', otherTenant: 'nothing' } }],
  closure: [{ what: 'a site that is closed', id: () => closure, seen: OWN }],
  setup: [{ what: 'the channel', id: () => story.setup, seen: OWN, named: true }],
  brief: [{ what: "today's", id: () => `${FABRIKAM}/2026-11-24`, seen: OWN }],
  ownBrief: [{ what: "one person's", id: () => `${contactIdOf(FABRIKAM, 'carlo')}/2026-11-24`, seen: { external: 'own' } }],
};

/** What a typed word brings: an answer, that one can only look, that only owners decide, or who can say who one is. */
type Answered = 'answer' | 'looks' | 'owners' | 'who are you';
const EVERYBODY: Partial<Record<Viewer, Answered>> = {
  owner: 'answer',
  member: 'answer',
  providerA: 'answer',
  providerB: 'answer', // in her own channel, about her own partnership
  guest: 'answer',
  external: 'answer',
  unbound: 'who are you',
  otherTenant: 'who are you',
  executive: 'answer',
  admin: 'answer',
};
const DECIDE: Partial<Record<Viewer, Answered>> = {
  ...EVERYBODY,
  member: 'owners',
  providerA: 'owners',
  external: 'owners',
  executive: 'owners',
};
const COMMANDS: Readonly<Record<string, Partial<Record<Viewer, Answered>>>> = {
  help: EVERYBODY,
  brief: EVERYBODY,
  waiting: EVERYBODY,
  agenda: EVERYBODY,
  agreed: EVERYBODY,
  approve: EVERYBODY,
  action: EVERYBODY,
  escalate: EVERYBODY,
  open: EVERYBODY,
  pause: DECIDE,
  resume: DECIDE,
};

let house: House;
let story: Story;
let asked: Asked;
const people = viewers.filter((viewer) => viewer !== 'appOnly'); // an application sends no activities
beforeAll(async () => {
  house = await openHouse();
  story = await tell(house);
  asked = await askAround(house);
  const joan = { partnershipId: FABRIKAM, contactId: contactIdOf(FABRIKAM, 'joan'), side: 'provider' as const, owner: true };
  const at = (day: string) => new Date(`2026-11-${day}T02:00:00Z`);
  [closure = ''] = await house.ports.transaction((tx) =>
    siteClosed(tx, {
      partnershipId: FABRIKAM,
      side: 'provider',
      from: at('25'),
      to: at('26'),
      reason: 'Typhoon',
      by: { ...joan, through: 'tab' },
      now: house.ports.clock.now(),
    }),
  );
  crisis = await declareCrisis(house);
  for (let round = 0; round < 2; round += 1) await house.drain();
  house.keeps = false;
});
afterAll(() => house?.close());

const slugOf = (viewer: Viewer) => (viewer === 'providerB' ? 'northwind' : 'fabrikam');
const letters = (text: string): string =>
  Object.keys(SUBJECTS)
    .filter((subject) => text.includes(subject))
    .map((subject) => subject[0])
    .join('');
const namesFor = (viewer: Viewer, text: string): string[] =>
  Object.entries(NAMES).flatMap(([name, readers]) => (text.includes(name) && !readers.includes(viewer) ? [name] : []));

/** The card as somebody's client asks for it: from the first message of the channel that he is in. */
async function seenBy(viewer: Viewer, kind: string, { id, whose }: Case): Promise<{ seen: Seen; text: string }> {
  const [message] = house.messages(house.channelId(slugOf(viewer))).filter(({ from }) => from === 'bot');
  const data = { subjectKind: kind, subjectId: id() };
  const pressed = await house.client.press(VIEWERS[viewer].person.key, message!.id, { type: 'Action.Execute', verb: 'card.refresh', data });
  if (pressed.kind !== 'card') return { seen: 'nothing', text: pressed.kind === 'message' ? pressed.text : pressed.kind };
  expect(cardErrors(pressed.card)).toEqual([]);
  const [first = '', ...rest] = cardTexts(pressed.card);
  const presses = buttonsOn(pressed.card).length;
  if (first.startsWith('Rapport does not know yet who you are')) return { seen: presses ? 'own' : 'read only', text: rest.join('\n') };
  const looks = LOOKS[whose ?? 'fabrikam']!.includes(viewer) && presses === 0;
  return { seen: looks ? 'looks' : 'own', text: [first, ...rest].join('\n') };
}

it('every kind of card of every capability has a row, and every row a kind', () => {
  expect(house.capabilities.flatMap(({ cards }) => Object.keys(cards ?? {})).sort()).toEqual(Object.keys(CARDS).sort());
});

describe.each(Object.entries(CARDS))('the card %s', (kind, cases) => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', async (_what, each) => {
    const told: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const viewer of people) {
      const { seen, text } = await seenBy(viewer, kind, each);
      const hidden = each.named && seen === 'own' ? [] : namesFor(viewer, text);
      told[viewer] = [seen, letters(text), hidden];
      expected[viewer] = [each.seen[viewer] ?? 'nothing', each.subjects?.[viewer] ?? '', []];
    }
    expect(told).toEqual(expected);
  });
});

describe('what is stored in Teams', () => {
  it('names no subject and nobody on a mail, in either channel', () => {
    for (const slug of ['fabrikam', 'northwind'] as const) {
      const stored = house.messages(house.channelId(slug)).map(({ content }) => JSON.stringify(content));
      expect(stored.length).toBeGreaterThan(2);
      expect(letters(stored.join('\n'))).toBe('');
      expect(stored.join('\n').includes('Arjun Nair')).toBe(slug === 'northwind'); // both sides agreed to show names there
      expect(stored.join('\n')).not.toContain('Carlo Reyes');
    }
  });
});

it('every word of every capability has a row, and every row a word', () => {
  expect(house.capabilities.flatMap(({ commands }) => Object.keys(commands ?? {})).sort()).toEqual(Object.keys(COMMANDS).sort());
});

describe.each(Object.entries(COMMANDS))('the word %s', (word, expected) => {
  const answered = (text: string): Answered => {
    const message = (code: string) => house.capabilities.map(({ refusals }) => refusals?.[code]?.message).find(Boolean);
    if (text.startsWith('Rapport does not know yet who you are')) return 'who are you';
    if (text === message('access.look_only')) return 'looks';
    return text === message('partnership.owner_only') ? 'owners' : 'answer';
  };
  /** All that came back, as one text. */
  const say = async (viewer: Viewer, conversationId: string): Promise<string> => {
    const before = house.messages(conversationId).length;
    await house.client.say(VIEWERS[viewer].person.key, conversationId, word);
    const said = house
      .messages(conversationId)
      .slice(before)
      .filter(({ from }) => from === 'bot');
    return said.map(({ content }) => content.text ?? cardTexts(content.attachments?.[0]?.content).join('\n')).join('\n');
  };

  it('in a channel, where everyone reads the answer', async () => {
    const told: Record<string, unknown> = {};
    for (const viewer of people) {
      const text = await say(viewer, house.channelId(slugOf(viewer)));
      told[viewer] = letters(text) || namesFor(viewer, text.replace(/^Rapport does not know.*$/m, '')).join() || answered(text);
    }
    expect(told).toEqual(expected);
  });

  it('in one’s own chat, about what one may see', async () => {
    const told: Record<string, unknown> = {};
    const here = people.filter((viewer) => VIEWERS[viewer].person.kind !== 'external'); // the bot reaches nobody of another tenant
    for (const viewer of here) {
      const chat = await house.client.openPersonal(VIEWERS[viewer].person.key);
      const text = await say(viewer, chat);
      told[viewer] = letters(text) || namesFor(viewer, text).join() || answered(text);
      if (viewer === 'executive') expect(text).not.toMatch(/Fabrikam/); // she is a contact of the other partnership
    }
    // of the other partnership the executive is a contact who owns nothing, and an admin is met in his own chat as well
    expect(told).toEqual(Object.fromEntries(here.map((viewer) => [viewer, expected[viewer]])));
  });
});

describe('before an owner looked at who will see it', () => {
  it('a word in the channel brings the set-up and nothing else', async () => {
    house.keeps = true;
    await house.database.db
      .updateTable('conversation')
      .set({ audienceConfirmedAt: null })
      .where('partnershipId', '=', partnershipIdOf('fabrikam'))
      .execute();
    house.keeps = false;
    for (const word of ['brief', 'waiting', 'agreed']) {
      const before = house.messages(house.channelId('fabrikam')).length;
      await house.client.say('anna', house.channelId('fabrikam'), word);
      const [answer] = house
        .messages(house.channelId('fabrikam'))
        .slice(before)
        .filter(({ from }) => from === 'bot');
      expect(cardTexts(answer!.content.attachments?.[0]?.content)).toContain('Who will see this');
    }
  });
});
