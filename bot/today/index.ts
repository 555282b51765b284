import { z } from 'zod';
import type { Capability, Command, Viewer } from '../capability.ts';
import { currentCharter } from '../charter/index.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import { setDeadline } from '../deadlines/index.ts';
import { appendEvent, eventsOf } from '../journal/index.ts';
import { requestPost } from '../posts/index.ts';
import { inChannel } from '../posts/places.ts';
import { openObligations } from '../responses/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { isUuid } from '../store/uuid.ts';
import { type BriefView, briefCard, briefView, nextBriefAt } from './brief.ts';
import { ownBrief } from './ownBrief.ts';
import { waitingCard } from './waiting.ts';

export { meView, todayView } from './today.ts';

const QUIET_MS = 7 * 24 * 3600_000;
/** Subject of the schedule of briefs (`<partnership>`) and of one brief (`<partnership>/<date>`). */
const schedule = (partnershipId: string) => ({ kind: 'briefs', id: partnershipId });
const briefId = (partnershipId: string, on: string): string => `${partnershipId}/${on}`;

/** What is built from all capabilities: the brief, and the words typed to the bot. */
export function today(capabilities: readonly Capability[]): Capability {
  const plan = async (tx: Tx, partnershipId: string, now: Date): Promise<void> => {
    const charter = await currentCharter(tx, partnershipId, now);
    const at = charter.acknowledgedAt && nextBriefAt(charter, now);
    if (at) await setDeadline(tx, { kind: 'today.brief', subject: schedule(partnershipId), at });
  };
  const own = ownBrief(capabilities);
  const planAll = async (tx: Tx, partnershipId: string, now: Date): Promise<void> => {
    await plan(tx, partnershipId, now);
    await own.planAll(tx, partnershipId, now);
  };
  const brief = async (tx: Tx, partnershipId: string, viewer: Viewer, now: Date) => ({
    card: briefCard(await briefView(tx, capabilities, partnershipId, viewer, now)),
  });
  const commands: Record<string, Command> = {
    help: {
      help: 'What I can do',
      run: async () => ({ text: helpText(capabilities) }),
      forReader: async () => ({ text: helpText(capabilities) }),
    },
    brief: {
      help: 'What waits on each side now. In your own chat: brief on, and your side’s comes each working day',
      run: (context) => own.wish(context.text)?.(context) ?? brief(context.tx, context.actor.partnershipId, context.viewer, context.now),
      forReader: ({ tx, reader, viewer, now }) => brief(tx, reader.partnershipId, viewer, now),
    },
    waiting: {
      help: 'What waits for your side, and for the other',
      run: ({ tx, actor, now }) => waiting(tx, actor.partnershipId, actor.side, now),
      forReader: ({ tx, reader, now }) => waiting(tx, reader.partnershipId, 'client', now),
    },
  };
  return {
    name: 'today',
    events: { 'brief.sent': { schema: z.looseObject({ on: z.string() }), sentence: () => 'The brief was posted.' }, ...own.events },
    on: { charter: planAll, installed: plan },
    deadlines: {
      ...own.deadlines,
      'today.brief': {
        async run({ subject, dueAt }, { tx, now }) {
          await sendBrief(tx, capabilities, subject.id, dueAt, now);
          await plan(tx, subject.id, now);
        },
      },
    },
    subjects: { brief: briefPartnership, ...own.subjects },
    cards: {
      ...own.cards,
      brief: {
        async placements(_tx, id) {
          return [inChannel(id.split('/')[0]!, 'wanted')];
        },
        sameForAll: true,
        // A brief tells of its morning: it is not rewritten on a later day.
        async view(tx, id, viewer, now) {
          const [partnershipId = '', on] = id.split('/');
          const view = await briefView(tx, capabilities, partnershipId, viewer, now);
          return view.on === on ? view : null;
        },
        card: (view: BriefView) => briefCard(view),
      },
    },
    commands,
  };
}

/** Whose a brief is; its id says so. */
async function briefPartnership(tx: Tx | Db, id: string): Promise<string | null> {
  const [partnershipId = '', on = ''] = id.split('/');
  if (!isUuid(partnershipId) || !/^\d{4}-\d\d-\d\d$/.test(on)) return null;
  const found = await tx.selectFrom('partnership').select('id').where('id', '=', partnershipId).executeTakeFirst();
  return found?.id ?? null;
}

/** Posts the brief when something waits or changed; after a quiet week, once, that all is quiet. A late sweep sends one, not several. */
async function sendBrief(tx: Tx, capabilities: readonly Capability[], partnershipId: string, dueAt: Date, now: Date): Promise<void> {
  const view = await briefView(tx, capabilities, partnershipId, 'everyone', now);
  const sent = (await eventsOf(tx, schedule(partnershipId))).filter((event) => event.kind === 'brief.sent');
  const last = sent.at(-1);
  const changed = view.sections.some((section) => section.changed);
  const quietSince = last?.at ?? (await currentCharter(tx, partnershipId, now)).acknowledgedAt ?? now;
  const quietWeek = dueAt.getTime() - quietSince.getTime() >= QUIET_MS;
  if ((!changed && !quietWeek) || last?.data.on === view.on) return;
  await appendEvent(tx, {
    kind: 'brief.sent',
    subject: schedule(partnershipId),
    partnershipId,
    at: dueAt,
    by: null,
    data: { on: view.on },
  });
  await requestPost(tx, { kind: 'brief', id: briefId(partnershipId, view.on) });
}

/** @param first - whose waits stand on top */
async function waiting(tx: Tx, partnershipId: string, first: Side, now: Date) {
  const charter = await currentCharter(tx, partnershipId, now);
  const open = await openObligations(tx, partnershipId);
  const own = [first, otherSide(first)];
  return {
    card: waitingCard(
      charter,
      own.map((side) => ({ side, open: open.filter((o) => o.debtor === side) })),
      now,
    ),
  };
}

const helpText = (capabilities: readonly Capability[]): string =>
  [
    'I keep an eye on who waits for an answer, on both sides, and until when. Type:',
    ...capabilities.flatMap(({ commands = {} }) => Object.entries(commands).map(([word, { help }]) => `- ${word}: ${help}`)),
  ].join('\n');
