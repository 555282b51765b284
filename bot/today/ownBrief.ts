import { z } from 'zod';
import { type Actor, type BriefSection, type Capability, isActor, type Viewer } from '../capability.ts';
import type { AgreedCalendar, AgreedCharter } from '../charter/charter.ts';
import { compiled, currentCharter } from '../charter/index.ts';
import { clockText, dayText } from '../charter/readable.ts';
import { clearDeadline, setDeadline } from '../deadlines/index.ts';
import { appendEvent } from '../journal/index.ts';
import { ownBriefReader, wishingOwnBrief, wishOwnBrief } from '../people/index.ts';
import { requestPost } from '../posts/index.ts';
import { askedOf } from '../responses/index.ts';
import type { Db, Tx } from '../store/database.ts';
import { isUuid } from '../store/uuid.ts';
import { localDate, startOfNextWorkingDay, workingDay } from '../worktime/index.ts';
import { type BriefView, briefCard, sectionsOf } from './brief.ts';

const DEADLINE = 'today.ownBrief';
/** Subject of somebody's schedule; of one brief it is `<contact>/<date>`. */
const schedule = (contactId: string) => ({ kind: 'ownBriefs', id: contactId });

type Context = { readonly tx: Tx; readonly now: Date; readonly actor: Actor; readonly viewer: Viewer };

/**
 * A side's own brief, for those who wish it (`brief on`): in their own chat, at the start of their own working day, what waits for their side
 * and what is asked of them. Nothing comes on a day when there is nothing to say.
 */
export function ownBrief(capabilities: readonly Capability[]) {
  const compose = async (tx: Tx, reader: Actor, now: Date): Promise<BriefView> => {
    const charter = await currentCharter(tx, reader.partnershipId, now);
    const { zone } = calendarOf(charter, reader).work;
    return {
      title: `${charter.sides[reader.side].name}, your side: ${dayText(zone, now)}`,
      on: localDate(zone, now),
      sections: [
        ...(await asked(tx, reader, now)),
        ...(await sectionsOf(tx, capabilities, reader.partnershipId, reader, now, reader.side)),
      ],
    };
  };

  return {
    events: {
      'brief.ownOn': { schema: z.object({}), sentence: (_event, who) => `${who} wishes the own side’s brief` },
      'brief.ownOff': { schema: z.object({}), sentence: (_event, who) => `${who} wishes the own side’s brief no more` },
    },
    deadlines: {
      [DEADLINE]: {
        async run({ subject }, { tx, now }) {
          const reader = await ownBriefReader(tx, subject.id);
          if (!reader) return;
          const charter = await currentCharter(tx, reader.partnershipId, now);
          const { on, sections } = await compose(tx, reader, now);
          if (charter.acknowledgedAt && sections.length) await requestPost(tx, { kind: 'ownBrief', id: `${subject.id}/${on}` });
          await plan(tx, charter, reader, now);
        },
      },
    },
    subjects: {
      async ownBrief(tx: Tx | Db, id: string) {
        const [contactId = ''] = id.split('/');
        const row = isUuid(contactId)
          ? await tx.selectFrom('contact').select('partnershipId').where('id', '=', contactId).executeTakeFirst()
          : undefined;
        return row?.partnershipId ?? null;
      },
    },
    cards: {
      ownBrief: {
        async placements(tx, id) {
          const reader = await ownBriefReader(tx, id.split('/')[0]!);
          return reader ? [{ where: { kind: 'personal', contactId: reader.contactId }, state: 'wanted', viewer: reader }] : [];
        },
        // It tells of its morning, and its reader alone.
        async view(tx, id, viewer, now) {
          const [contactId, on] = id.split('/');
          if (!isActor(viewer) || viewer.contactId !== contactId) return null;
          const view = await compose(tx, viewer, now);
          return view.on === on ? view : null;
        },
        card: (view: BriefView) => briefCard(view),
      },
    },
    /** Days of a corrected calendar, or of another version of the charter, may begin at other times. */
    async planAll(tx: Tx, partnershipId: string, now: Date): Promise<void> {
      const charter = await currentCharter(tx, partnershipId, now);
      for (const contactId of await wishingOwnBrief(tx, partnershipId)) {
        const reader = await ownBriefReader(tx, contactId);
        if (reader) await plan(tx, charter, reader, now);
      }
    },
    /** `brief on`, `brief off`. Undefined for other words. */
    wish: (text: string): ((context: Context) => Promise<{ text: string }>) | undefined => WISHES[text.trim().toLowerCase()],
  } satisfies Pick<Capability, 'events' | 'deadlines' | 'subjects' | 'cards'> & Record<string, unknown>;
}

const WISHES: Readonly<Record<string, (context: Context) => Promise<{ text: string }>>> = {
  async on({ tx, now, actor, viewer }) {
    if (viewer === 'everyone') return { text: 'Please write this to me in your own chat: your side’s brief comes there.' };
    const charter = await currentCharter(tx, actor.partnershipId, now);
    if (await wishOwnBrief(tx, actor.contactId, now)) await record(tx, 'brief.ownOn', actor, now);
    const at = await plan(tx, charter, actor, now);
    const { place, work } = calendarOf(charter, actor);
    const first = `${dayText(work.zone, at)}, ${clockText(work.zone, at)} in ${place}`;
    return { text: `Your side’s brief comes here at the start of your working day, first on ${first}. Write brief off to end it.` };
  },
  async off({ tx, now, actor }) {
    if (await wishOwnBrief(tx, actor.contactId, null)) await record(tx, 'brief.ownOff', actor, now);
    await clearDeadline(tx, { kind: DEADLINE, subject: schedule(actor.contactId) });
    return { text: 'Your side’s brief does not come here any more. Write brief on to have it again.' };
  },
};

async function plan(tx: Tx, charter: AgreedCharter, reader: Actor, now: Date): Promise<Date> {
  const at = nextOwnDayAt(calendarOf(charter, reader), now);
  await setDeadline(tx, { kind: DEADLINE, subject: schedule(reader.contactId), at });
  return at;
}

/** When the next working day of a calendar begins: today's, where it is still to come. */
export function nextOwnDayAt(calendar: AgreedCalendar, after: Date): Date {
  const work = compiled(calendar);
  const today = workingDay(work, localDate(calendar.work.zone, after));
  return today && today.startAt > after ? today.startAt : startOfNextWorkingDay(work, after);
}

/** The calendar that somebody works by: his own, else his side's. */
const calendarOf = ({ sides }: AgreedCharter, { side, contactId }: Actor): AgreedCalendar =>
  sides[side].contacts.find((contact) => contact.id === contactId)?.calendar ?? sides[side].calendar;

async function asked(tx: Tx, reader: Actor, now: Date): Promise<BriefSection[]> {
  const count = new Set((await askedOf(tx, reader.contactId, now)).map(({ o }) => o.id)).size;
  const text = count === 1 ? 'One conversation: it stands on top of the tab' : `${count} conversations: they stand on top of the tab`;
  return count ? [{ heading: 'You are asked about', changed: true, lines: [{ text, weight: 0 }] }] : [];
}

const record = (tx: Tx, kind: 'brief.ownOn' | 'brief.ownOff', actor: Actor, now: Date) =>
  appendEvent(tx, { kind, subject: { kind: 'contact', id: actor.contactId }, partnershipId: actor.partnershipId, at: now, by: actor });
