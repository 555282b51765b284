import { type Capability, type CardJson, isActor, type Viewer } from '../capability.ts';
import { compiled, currentCharter, currentCharters } from '../charter/index.ts';
import { durationText } from '../charter/readable.ts';
import type { MatterView } from '../contract/matter.ts';
import { openAndEnded, readMessageId } from '../matters/index.ts';
import { worldsOf } from '../people/index.ts';
import { actionsOf } from '../posts/actionView.ts';
import { matterCard, matterLines } from '../posts/matterCard.ts';
import { card, textBlock } from '../posts/parts.ts';
import type { Db, Tx } from '../store/database.ts';
import { within } from '../worktime/index.ts';
import { agenda, brief } from './agenda.ts';
import { beginButtons } from './buttons.ts';
import { escalationCall } from './call.ts';
import { escalationTree, whenPeopleChanged } from './crisis.ts';
import { figures } from './figures.ts';
import { keepAll } from './keep.ts';
import { lateDeadlines, whenAnswered, whenDecided, whenPast } from './late.ts';
import { placements } from './placements.ts';
import { look } from './rules.ts';
import { actions } from './say.ts';
import { endedEscalations, escalationById, escalationsById, openEscalations } from './store.ts';
import { escalationView, escalationViews } from './view.ts';
import { events, REFUSED } from './words.ts';

export { crisisJobs } from './crisis.ts';

const page = ({ id }: MatterView): string => `escalation/${id}`;

/** Whose turn it is, who holds it, who asked: they have their own view before anybody else. */
async function concerns(tx: Tx, id: string): Promise<string[]> {
  const e = await escalationById(tx, id);
  return e ? [...e.calls.map((call) => call.contactId), ...(e.holder ? [e.holder] : []), e.by, ...e.everAsked] : [];
}

const partnershipOfEscalation = async (tx: Tx | Db, id: string): Promise<string | null> =>
  (await escalationById(tx, id))?.partnershipId ?? null;

/** What time does to each of them. */
async function lookAt(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  const found = await escalationsById(tx, ids);
  const partnershipIds = [...new Set(found.map(({ partnershipId }) => partnershipId))];
  const worlds = await worldsOf(tx, await currentCharters(tx, partnershipIds, now));
  await keepAll(
    tx,
    found.map((e) => ({ before: e, step: look(e, worlds.get(e.partnershipId)!, now) })),
    now,
  );
}

/** Help that is asked for, and the ladder that it climbs until somebody takes it. */
export const escalations: Capability = {
  name: 'escalations',
  events,
  refusals: REFUSED,
  on: { charter: whenPeopleChanged },
  reactions: { 'obligation.pastDue': whenPast, 'obligation.ended': whenAnswered, 'approval.ended': whenDecided },
  deadlines: {
    ...lateDeadlines,
    'escalation.next': {
      run: ({ subject }, { tx, now }) => lookAt(tx, [subject.id], now),
      runAll: (due, { tx, now }) =>
        lookAt(
          tx,
          due.map(({ subject }) => subject.id),
          now,
        ),
    },
  },
  subjects: {
    escalation: partnershipOfEscalation,
    escalationCall: (tx, id) => partnershipOfEscalation(tx, readMessageId(id).matterId),
    escalationTree: (tx, id) => partnershipOfEscalation(tx, readMessageId(id).matterId),
  },
  cards: {
    escalation: { placements, view: escalationView, card: matterCard, page, concerns },
    escalationCall,
    escalationTree,
  },
  actions,
  commands: {
    escalate: {
      help: 'Ask the other side for help, one level after the other',
      run: async ({ actor, text }) => ({
        card: card([
          textBlock('Ask for help', { heading: true }),
          textBlock('The people who were agreed on are asked, one level after the other, until somebody takes it.', { spacing: 'Small' }),
          ...actionsOf(beginButtons(actor, text), actor.partnershipId),
        ]),
      }),
      // who looks by his role asks for nothing: he is shown what is asked for
      forReader: ({ tx, reader, viewer, now }) => openCard(tx, reader.partnershipId, viewer, now),
    },
    open: {
      help: 'Where help is asked for now, and who holds it',
      run: ({ tx, actor, viewer, now }) => openCard(tx, actor.partnershipId, viewer, now),
      forReader: ({ tx, reader, viewer, now }) => openCard(tx, reader.partnershipId, viewer, now),
    },
  },
  dialogs: {
    escalate: {
      title: 'Ask for help',
      async form({ actor, origin }) {
        const [ask] = beginButtons(actor, origin?.words ?? '');
        return { ...ask!, carries: { evidence: origin?.url ?? '' } };
      },
    },
  },
  matters: {
    escalation: {
      list: openAndEnded(openEscalations, endedEscalations, escalationViews),
      view: escalationView,
      begin: async (_tx, viewer) => (isActor(viewer) ? beginButtons(viewer) : []),
    },
  },
  brief,
  agenda,
  figures,
};

/** Every open one in a line or two, critical ones first: who holds it, until when, and for how long it is open. */
async function openCard(tx: Tx, partnershipId: string, viewer: Viewer, now: Date): Promise<{ card: CardJson }> {
  const open = await openEscalations(tx, partnershipId);
  const views = await escalationViews(tx, open, viewer, now);
  const charter = await currentCharter(tx, partnershipId, now);
  const age = ({ id }: MatterView): string => {
    const e = open.find((each) => each.id === id)!;
    const seconds = within(compiled(charter.sides[e.askedSide].calendar), e.openedAt, now);
    return `Open for ${durationText(seconds)} of ${charter.sides[e.askedSide].name}’s working time`;
  };
  return {
    card: card([
      textBlock(views.length ? `Help is asked for: ${views.length}` : 'Nobody asks for help now.', { heading: true }),
      ...matterLines(views, age),
    ]),
  };
}
