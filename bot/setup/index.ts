import { z } from 'zod';
import type { Action, Capability, CardKind, Command, JournalEvent, Ports } from '../capability.ts';
import { compiled, currentCharter } from '../charter/index.ts';
import { addJob } from '../jobs/index.ts';
import { ALERTS_DEADLINE, type AlertTerms, alertsDeadline, cardKinds, giveRoom, renewCards } from '../posts/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { localDate, startOfNextWorkingDay } from '../worktime/index.ts';
import { setupCard } from './card.ts';
import { bindIn, chooseIn, confirmIn, releaseIn, type SetupRefusal, setupSubject, unbindIn } from './confirm.ts';
import { mayPause, type PauseRefusal, pauseIn, resumeIn } from './pause.ts';
import { setupRoutes } from './routes.ts';
import { type SetupView, setupPartnership, setupView } from './view.ts';

export { conversationChanged } from './confirm.ts';

const refusals: Record<SetupRefusal | PauseRefusal, { status: number; message: string }> = {
  'setup.not_there': { status: 404, message: 'Rapport is not in this channel any more.' },
  'setup.owner_only': { status: 403, message: 'An owner of the partnership decides this.' },
  'setup.placed': { status: 409, message: 'This channel is for another partnership already.' },
  'setup.has_channel': { status: 409, message: 'This partnership has its channel already.' },
  'setup.not_placed': { status: 409, message: 'Please say first which partnership this channel is for.' },
  'setup.audience_changed': { status: 409, message: 'Somebody new is in this channel. Please look again at who will see the cards.' },
  'partnership.owner_only': { status: 403, message: 'An owner of the partnership decides this.' },
};

const none = z.object({});
/** `<tenant id>/<object id>`: one choice of a form. */
const Account = z
  .string()
  .transform((text) => text.split('/'))
  .pipe(z.tuple([z.guid(), z.guid()]))
  .transform(([tenantId, objectId]) => ({ tenantId, objectId }));
/** `<tenant id>/<object id>/<contact id>`. */
const Bound = z
  .object({ binding: z.string() })
  .transform(({ binding }) => binding.split('/'))
  .pipe(z.tuple([z.guid(), z.guid(), z.guid()]))
  .transform(([tenantId, objectId, contactId]) => ({ account: { tenantId, objectId }, contactId }));

const events: Capability['events'] = {
  'setup.captured': { schema: none, sentence: () => 'Rapport was added to the channel.' },
  'setup.chosen': { schema: none, sentence: (_event, who) => `${who} said which partnership the channel is for.` },
  'setup.confirmed': {
    schema: z.object({ client: z.number(), provider: z.number(), outside: z.number() }),
    sentence: (_event, who) => `${who} agreed to who sees the cards.`,
  },
  'setup.audienceChanged': {
    schema: z.looseObject({}),
    sentence: () => 'The people of the channel changed. Nothing is posted until an owner looks again.',
  },
  'setup.released': { schema: none, sentence: (_event, who) => `${who} gave the channel free.` },
  'setup.removed': { schema: none, sentence: () => 'Rapport was taken out of the channel.' },
  'partnership.paused': { schema: none, sentence: (_event, who) => `${who} paused Rapport.` },
  'partnership.resumed': { schema: none, sentence: (_event, who) => `${who} let Rapport go on.` },
};

/** The card's place is its own channel, before anything about it is agreed. */
const cardKind: CardKind<SetupView> = {
  placements: async (_tx, id) => [{ where: { kind: 'conversation', conversationId: id }, state: 'wanted', viewer: 'everyone' }],
  view: setupView,
  card: setupCard,
};

/** Setting up a channel, its pause, and the room that its alerts have each day. */
export function setup(capabilities: readonly Capability[]): Capability {
  const action = <Input>(
    schema: z.ZodType<Input>,
    act: (tx: Tx, command: Input & Parameters<typeof chooseIn>[1]) => Promise<string>,
  ): Action<Input> => ({
    schema,
    subjectKind: 'setup',
    async run({ tx, now, actor, subjectId, input }) {
      const message = await act(tx, { ...input, conversationId: subjectId, actor, now });
      return { subject: setupSubject(subjectId), message, undoEventId: null };
    },
  });
  const commands: Record<string, Command> = {
    pause: {
      help: 'Stop posting and reading at once (for owners)',
      changes: mayPause,
      run: async ({ tx, now, actor }) => ({ text: await pauseIn(tx, { partnershipId: actor.partnershipId, by: actor, now }) }),
      forReader: async ({ tx, now, reader }) => ({ text: await pauseIn(tx, { partnershipId: reader.partnershipId, by: reader, now }) }),
    },
    resume: {
      help: 'Go on after a pause (for owners)',
      changes: mayPause,
      run: async ({ tx, now, actor }) => ({
        text: await resumeIn(tx, { partnershipId: actor.partnershipId, by: actor, now }, capabilities),
      }),
      forReader: async ({ tx, now, reader }) => ({
        text: await resumeIn(tx, { partnershipId: reader.partnershipId, by: reader, now }, capabilities),
      }),
    },
  };
  return {
    name: 'setup',
    events,
    refusals,
    subjects: { setup: setupPartnership },
    cards: { setup: cardKind },
    actions: {
      'setup.choose': action(none, chooseIn),
      'setup.confirm': action(z.object({ marks: z.string().max(20_000).default('') }), (tx, command) =>
        confirmIn(tx, command, capabilities),
      ),
      'setup.release': action(none, releaseIn),
      'setup.bind': action(z.object({ account: Account, contactId: z.guid() }), bindIn),
      'setup.unbind': action(Bound, unbindIn),
    },
    commands,
    routes: setupRoutes,
    // whose addresses and accounts count for a side may be others now
    on: { charter: (tx, partnershipId) => readRoster(tx, partnershipId) },
    reactions: {
      'people.bound': whoIsAnother,
      'people.unbound': whoIsAnother,
    },
    deadlines: { [ALERTS_DEADLINE]: alertsDeadline },
    jobs: {
      'post.alerts': {
        schema: z.object({ partnershipId: z.string() }),
        run: ({ partnershipId }: { partnershipId: string }, { ports }) =>
          ports.transaction(async (tx) => {
            const now = ports.clock.now();
            await giveRoom(tx, cardKinds(capabilities), partnershipId, await alertTerms(tx, partnershipId, now), now);
          }),
      },
    },
  };
}

/** New alert cards a day, on the provider's date; the next day begins when the provider's does. */
async function alertTerms(tx: Tx, partnershipId: string, now: Date): Promise<AlertTerms> {
  const { alertsPerDay, sides } = await currentCharter(tx, partnershipId, now);
  const { calendar } = sides.provider;
  return { perDay: alertsPerDay, onDate: localDate(calendar.work.zone, now), nextDayAt: startOfNextWorkingDay(compiled(calendar), now) };
}

/** Somebody is somebody else now: what his client holds as his own view goes, and who is in the channel is read anew. */
async function whoIsAnother({ partnershipId }: JournalEvent, { transaction }: Ports): Promise<void> {
  if (!partnershipId) return;
  await transaction(async (tx) => {
    for (const id of await channelsOf(tx, partnershipId)) await renewCards(tx, id);
    await readRoster(tx, partnershipId);
  });
}

async function readRoster(db: Db | Tx, partnershipId: string): Promise<void> {
  for (const id of await channelsOf(db, partnershipId)) await addJob(db, 'teams.roster', { conversationId: id }, { key: `roster:${id}` });
}

/** The partnership's channel; also those of which nobody has said yet what they are for: who may say so has to be known there. */
async function channelsOf(db: Db | Tx, partnershipId: string): Promise<string[]> {
  const channels = await db
    .selectFrom('conversation')
    .select('id')
    .where(({ or, eb }) => or([eb('partnershipId', '=', partnershipId), eb('partnershipId', 'is', null)]))
    .where('kind', '=', 'channel')
    .where('tombstonedAt', 'is', null)
    .execute();
  return channels.map(({ id }) => id);
}
