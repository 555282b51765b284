import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contactIdOf, editCalendar, partnershipIdOf } from '../../bot/charter/index.ts';
import { cardTexts } from '../support/cards.ts';
import { type House, openHouse } from './house.ts';
import { type Asked, askAround, FABRIKAM, meetNow, type Story, tell } from './story.ts';
import { VIEWERS, type Viewer, viewers } from './viewers.ts';

type Subject = 'alpha' | 'delta' | 'setup' | 'charter' | 'help' | 'decision' | 'item' | 'review' | 'running' | 'update';
/** One verb about one subject, with inputs that its schema takes, and who of those below may say it; whether it fits now is another matter. */
interface Case {
  readonly about: Subject;
  readonly by: readonly Viewer[];
  readonly inputs?: () => Record<string, string>;
}

/** Contacts of Fabrikam's partnership, by whom a verb is for. */
const ASKED: readonly Viewer[] = ['providerA', 'guest', 'external'];
const ASKERS: readonly Viewer[] = ['owner', 'member'];
const BOTH = [...ASKED, ...ASKERS];
const OWNERS: readonly Viewer[] = ['owner', 'guest'];
/** Those who are on a mail that may not need an answer: to everybody else it is not there. */
const ON_THE_MAIL: readonly Viewer[] = ['owner', 'external'];
/** Who was asked for help, and who answers for his side. */
const HELPERS: readonly Viewer[] = ['external', 'guest'];
const remark = () => ({ remark: 'Because' });
const words = () => ({ text: 'Because' });
const request = () => ({ what: 'What', why: 'Why', wanted: 'Wanted', doneWhen: 'Done when' });
const item = () => ({ what: 'What', doneWhen: 'Done when' });
const onItem = () => ({ item: '00000000-0000-4000-8000-000000000000' });
const wish = () => ({ what: 'What', why: 'Why', doneWhen: 'Done when', scope: 'Change in production' });
const accountOf = (viewer: Viewer) => `${VIEWERS[viewer].person.tenantId}/${VIEWERS[viewer].person.objectId}`;
const contactOf = (key: string) => contactIdOf(partnershipIdOf('fabrikam'), key);
let edited = '';
let asked: Asked;
/** A review that is held now. */
let running = '';

const alpha = (by: readonly Viewer[], inputs?: Case['inputs']): Case[] => [{ about: 'alpha', by, ...(inputs && { inputs }) }];
const ACTIONS: Readonly<Record<string, readonly Case[]>> = {
  'obligation.promise': alpha(ASKED, () => ({ on: '2026-11-26' })),
  'obligation.answeredElsewhere': alpha(BOTH, () => ({ how: 'phone' })),
  'obligation.notOurs': alpha(ASKED, remark),
  'obligation.cannot': alpha(ASKED, remark),
  'obligation.unclear': alpha(ASKED, remark),
  'obligation.setAside': alpha(ASKED),
  'obligation.notNeeded': alpha(ASKERS),
  'obligation.stillWaiting': alpha(ASKERS),
  'obligation.putBack': alpha(ASKERS),
  'obligation.agreeDate': alpha(ASKERS),
  'obligation.declineDate': alpha(ASKERS),
  'obligation.stillNeeded': alpha(ASKERS),
  'obligation.wasAnswer': alpha(ASKERS),
  'obligation.wasNotAnswer': alpha(ASKERS),
  // where an answer is expected, only those who wait say that none is
  'obligation.notExpected': [...alpha(ASKERS), { about: 'delta', by: ON_THE_MAIL }],
  'obligation.neverLikeThis': [...alpha(ASKERS), { about: 'delta', by: ON_THE_MAIL }],
  'obligation.expected': [...alpha(BOTH), { about: 'delta', by: ON_THE_MAIL }],
  'obligation.askAgain': alpha(ASKERS),
  'obligation.hasLeft': alpha(['guest']),
  'obligation.stillHere': alpha(['guest']),
  'obligation.undo': alpha(BOTH, () => ({ eventId: '1' })),
  'escalation.open': [{ about: 'charter', by: BOTH, inputs: request }],
  'escalation.about': alpha(BOTH, request),
  // who answers for a side has nobody to tell a worry to, and is told so
  'escalation.worry': [{ about: 'charter', by: BOTH, inputs: () => ({ what: 'What', why: 'Why' }) }],
  'escalation.crisis': [{ about: 'charter', by: OWNERS, inputs: request }],
  'escalation.raise': [{ about: 'help', by: ['owner'], inputs: request }],
  'escalation.keep': [{ about: 'help', by: ['owner'], inputs: words }],
  'escalation.take': [{ about: 'help', by: HELPERS }],
  'escalation.update': [{ about: 'help', by: HELPERS, inputs: words }],
  'escalation.propose': [{ about: 'help', by: HELPERS, inputs: words }],
  'escalation.resolve': [{ about: 'help', by: HELPERS, inputs: words }],
  'escalation.agree': [{ about: 'help', by: ASKERS }],
  'escalation.decline': [{ about: 'help', by: ASKERS, inputs: words }],
  'escalation.confirm': [{ about: 'help', by: ASKERS }],
  'escalation.reopen': [{ about: 'help', by: ASKERS, inputs: words }],
  'escalation.withdraw': [{ about: 'help', by: ASKERS }],
  'escalation.sent': [{ about: 'help', by: ['guest'], inputs: () => ({ contactId: contactOf('carlo') }) }],
  // whoever may ask for nothing of this kind is told that it was not agreed
  'approval.ask': [{ about: 'charter', by: BOTH, inputs: wish }],
  'approval.notice': [{ about: 'charter', by: BOTH, inputs: wish }],
  'approval.approve': [{ about: 'decision', by: ['owner'], inputs: () => ({ of: asked.of }) }],
  'approval.decline': [{ about: 'decision', by: ['owner'], inputs: () => ({ of: asked.of, text: 'Because' }) }],
  'approval.unclear': [{ about: 'decision', by: ['owner'], inputs: () => ({ of: asked.of, text: 'Because' }) }],
  'approval.handOver': [{ about: 'decision', by: ['owner'], inputs: () => ({ contactId: contactOf('ruth') }) }],
  'approval.answer': [{ about: 'decision', by: ['guest'], inputs: words }],
  'approval.change': [{ about: 'decision', by: ['guest'], inputs: wish }],
  'approval.withdraw': [{ about: 'decision', by: ['guest'] }],
  'rhythm.give': [{ about: 'update', by: ASKED, inputs: () => ({ done: 'Done' }) }],
  'rhythm.takeBack': [{ about: 'update', by: ASKED }],
  'rhythm.putBack': [{ about: 'update', by: ASKERS, inputs: words }],
  'actionItem.note': [{ about: 'charter', by: BOTH, inputs: () => ({ ...item(), contactId: contactOf('carlo'), on: '2026-11-27' }) }],
  'actionItem.done': [{ about: 'item', by: HELPERS }],
  'actionItem.putBack': [{ about: 'item', by: ['external', ...ASKERS], inputs: words }],
  'actionItem.move': [{ about: 'item', by: HELPERS, inputs: () => ({ on: '2026-11-30', text: 'Because' }) }],
  'actionItem.agreeDate': [{ about: 'item', by: ASKERS, inputs: () => ({ on: '2026-11-30' }) }],
  'actionItem.declineDate': [{ about: 'item', by: ASKERS, inputs: () => ({ on: '2026-11-30', text: 'Because' }) }],
  'actionItem.handOver': [{ about: 'item', by: HELPERS, inputs: () => ({ contactId: contactOf('joan') }) }],
  'actionItem.withdraw': [{ about: 'item', by: ['owner'], inputs: words }],
  'review.add': [
    { about: 'review', by: BOTH, inputs: words },
    { about: 'running', by: BOTH, inputs: words },
  ],
  'review.up': [{ about: 'review', by: BOTH, inputs: onItem }],
  'review.down': [{ about: 'review', by: BOTH, inputs: onItem }],
  'review.drop': [{ about: 'review', by: BOTH, inputs: () => ({ ...onItem(), ...words() }) }],
  'review.putBack': [{ about: 'review', by: BOTH, inputs: onItem }],
  'review.discussed': [{ about: 'review', by: BOTH, inputs: onItem }],
  'review.decide': [{ about: 'review', by: BOTH, inputs: () => ({ ...onItem(), ...words() }) }],
  'review.carry': [{ about: 'review', by: BOTH, inputs: onItem }],
  'review.action': [
    { about: 'review', by: BOTH, inputs: () => ({ what: 'What', doneWhen: 'Done', contactId: contactOf('carlo'), on: '2026-12-01' }) },
  ],
  'review.complete': [{ about: 'review', by: BOTH }],
  // the client's owner prepares it: its minutes are agreed to by the other side
  'review.acknowledge': [{ about: 'review', by: ASKED }],
  'charter.acknowledge': [{ about: 'charter', by: OWNERS }],
  'charter.siteClosed': [
    { about: 'charter', by: OWNERS, inputs: () => ({ from: '2026-11-25T09:00', to: '2026-11-25T12:00', reason: 'Typhoon' }) },
  ],
  'charter.confirmHolidays': [
    { about: 'charter', by: OWNERS },
    { about: 'charter', by: ['guest'], inputs: () => ({ calendar: 'manila' }) },
    { about: 'charter', by: ['owner'], inputs: () => ({ calendar: 'amsterdam' }) },
  ],
  'charter.editCalendar': [
    { about: 'charter', by: ['guest'], inputs: () => ({ calendar: 'manila', kind: 'holiday', on: '2026-12-01', reason: 'Fiesta' }) },
  ],
  'charter.undoCalendar': [{ about: 'charter', by: ['guest'], inputs: () => ({ edits: edited }) }],
  'people.bind': [
    // the client's owner says it of everybody, the provider's of his own
    { about: 'charter', by: OWNERS, inputs: () => ({ ...ids('unbound'), contactId: contactOf('luis') }) },
    { about: 'charter', by: ['owner'], inputs: () => ({ ...ids('unbound'), contactId: contactOf('ruth') }) },
  ],
  'people.unbind': [{ about: 'charter', by: OWNERS, inputs: () => ({ ...ids('external'), contactId: contactOf('carlo') }) }],
  // a channel that has its partnership is chosen by nobody; its people are told so
  'setup.choose': [{ about: 'setup', by: BOTH }],
  'setup.confirm': [{ about: 'setup', by: OWNERS }],
  'setup.release': [{ about: 'setup', by: OWNERS }],
  'setup.bind': [
    { about: 'setup', by: OWNERS, inputs: () => ({ account: accountOf('unbound'), contactId: contactOf('luis') }) },
    { about: 'setup', by: ['owner'], inputs: () => ({ account: accountOf('unbound'), contactId: contactOf('ruth') }) },
  ],
  'setup.unbind': [{ about: 'setup', by: OWNERS, inputs: () => ({ binding: `${accountOf('external')}/${contactOf('carlo')}` }) }],
};
const ids = (viewer: Viewer) => ({ tenantId: VIEWERS[viewer].person.tenantId, objectId: VIEWERS[viewer].person.objectId });

/**
 * What somebody is told: `may` (it was done, or does not fit now), `not he` (a rule of who), `looks` (by his role alone), `not there`,
 * `who are you`, `no person`.
 */
type Told = 'may' | 'not he' | 'looks' | 'not there' | 'who are you' | 'no person';
const expectedOf = ({ about, by }: Case, viewer: Viewer): Told => {
  if (by.includes(viewer)) return 'may';
  if (viewer === 'otherTenant' || viewer === 'appOnly') return 'no person';
  if (viewer === 'unbound' || viewer === 'providerB') return 'who are you';
  if (viewer === 'executive' || viewer === 'admin') return 'looks';
  return about === 'delta' ? 'not there' : 'not he';
};

let house: House;
let story: Story;
beforeAll(async () => {
  house = await openHouse();
  story = await tell(house);
  asked = await askAround(house);
  running = await meetNow(house);
  edited = await house.ports.transaction((tx) =>
    editCalendar(tx, {
      partnershipId: FABRIKAM,
      calendarKey: 'manila',
      by: { partnershipId: FABRIKAM, contactId: contactOf('joan'), side: 'provider', owner: true, through: 'tab' },
      now: house.ports.clock.now(),
      edit: { kind: 'holiday', onDate: '2026-12-02', reason: 'Fiesta' },
    }),
  );
  house.keeps = false;
});
afterAll(() => house?.close());

const idOf = (about: Subject): string =>
  about === 'charter'
    ? FABRIKAM
    : about === 'setup'
      ? story.setup
      : about === 'running'
        ? running
        : about === 'help' || about === 'decision' || about === 'item' || about === 'review' || about === 'update'
          ? asked[about]
          : story.waits[about];
const messageOf = (code: string): string | undefined =>
  house.capabilities.map(({ refusals }) => refusals?.[code]?.message).find((message) => message !== undefined);
/** Refusals that say who may; all others say that it does not fit now. */
const WHO = [
  'obligation.not_yours',
  'approval.not_yours',
  'actionItem.not_yours',
  'review.not_yours',
  'rhythm.not_yours',
  'escalation.not_yours',
  'escalation.owner_only',
  'charter.owner_only',
  'charter.other_side',
  'people.not_allowed',
  'setup.owner_only',
  'partnership.owner_only',
];

async function overApi(verb: string, each: Case, viewer: Viewer): Promise<Told | string> {
  const headers = { ...(await house.headersOf(viewer)), 'content-type': 'application/json' };
  const body = JSON.stringify({ subjectId: idOf(each.about), inputs: each.inputs?.() ?? {} });
  const response = await fetch(`${house.url}/api/actions/${verb}`, { method: 'POST', headers, body });
  const { code } = (await response.json()) as { code?: string };
  if (response.status === 401) return 'no person';
  if (code === 'access.look_only') return 'looks';
  if (code === 'subject.not_found' && viewer !== 'otherTenant') return 'who are you'; // told as if it were not there
  if (code === 'obligation.not_found') return 'not there';
  if (code && WHO.includes(code)) return response.status === 403 ? 'not he' : `${response.status} ${code}`;
  return response.status === 200 || response.status === 409 ? 'may' : `${response.status} ${code}`;
}

/** The same press on a card: the activity as Teams makes it, from the channel in which that person is. */
async function onCard(verb: string, each: Case, viewer: Viewer): Promise<Told | string> {
  const { key } = VIEWERS[viewer].person;
  const slug = viewer === 'providerB' ? 'northwind' : 'fabrikam';
  const [message] = house.messages(house.channelId(slug)).filter(({ from }) => from === 'bot');
  const written = Object.fromEntries(Object.entries(each.inputs?.() ?? {}).map(([id, value]) => [`${verb}:${id}`, value]));
  const pressed = await house.client.press(key, message!.id, {
    type: 'Action.Execute',
    verb,
    data: { subjectId: idOf(each.about), ...written },
  });
  const said = pressed.kind === 'card' ? cardTexts(pressed.card)[0]! : pressed.kind === 'message' ? pressed.text : pressed.kind;
  if (said.startsWith('Rapport does not know yet who you are'))
    return VIEWERS[viewer].contact || viewer === 'unbound' ? 'who are you' : 'no person';
  if (said === messageOf('access.look_only')) return 'looks';
  if (said === messageOf('obligation.not_found')) return 'not there';
  if (WHO.some((code) => messageOf(code) === said)) return 'not he';
  return /Something went wrong|Please check|is not there|earlier version|longer than usual/.test(said) ? said : 'may';
}

it('every action of every capability has a row, and every row an action', () => {
  const real = house.capabilities.flatMap(({ actions }) => Object.keys(actions ?? {}));
  expect([...real].sort()).toEqual(Object.keys(ACTIONS).sort());
});

it('whose the subject of an action or of a card is, its capability says', () => {
  const subjects = new Set(house.capabilities.flatMap((each) => Object.keys(each.subjects ?? {})));
  const kinds = house.capabilities.flatMap(({ actions, cards }) => [
    ...Object.values(actions ?? {}).map(({ subjectKind }) => subjectKind),
    ...Object.keys(cards ?? {}),
  ]);
  expect(kinds.filter((kind) => !subjects.has(kind))).toEqual([]);
});

describe.each(Object.entries(ACTIONS))('%s', (verb, cases) => {
  it.each(cases.map((each, index) => [`${each.about} ${index + 1}`, each] as const))('about %s', async (_about, each) => {
    const told: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const viewer of viewers) {
      expected[`${viewer} over the API`] = expectedOf(each, viewer);
      told[`${viewer} over the API`] = await overApi(verb, each, viewer);
      if (viewer === 'appOnly') continue; // an application sends no activities
      expected[`${viewer} on a card`] = expectedOf(each, viewer);
      told[`${viewer} on a card`] = await onCard(verb, each, viewer);
    }
    expect(told).toEqual(expected);
  });
});

it.each(BOTH)('an item is added to the agenda of a review that is held by somebody of either side: %s', async (viewer) => {
  const headers = { ...(await house.headersOf(viewer)), 'content-type': 'application/json' };
  const body = JSON.stringify({ subjectId: running, inputs: words() });
  const response = await fetch(`${house.url}/api/actions/review.add`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
});

it('45: who presses for the other side is refused, and both ways that is recorded with ids', async () => {
  const each: Case = { about: 'decision', by: [], inputs: () => ({ of: asked.of }) };
  const before = house.log.length;
  expect([await onCard('approval.approve', each, 'guest'), await overApi('approval.approve', each, 'guest')]).toEqual(['not he', 'not he']);
  const { objectId } = VIEWERS.guest.person;
  const lines = house.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'a press was refused', objectId, verb: 'approval.approve', code: 'approval.not_yours' }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: 'a request was refused', objectId, route: '/api/actions/:verb', code: 'approval.not_yours' }),
  );
});
