import type { BriefSection, CardJson, CardKind, JournalEvent } from '../capability.ts';
import type { Side } from '../contract/sides.ts';
import { eventsOf, remarkOf } from '../journal/index.ts';
import { card, plain, textBlock } from '../posts/parts.ts';
import { inChannel } from '../posts/places.ts';
import type { Db, Tx } from '../store/database.ts';
import { isUuid } from '../store/uuid.ts';
import type { AgreedCharter } from './charter.ts';
import { dayAndTime } from './readable.ts';
import { latestCharter } from './versions.ts';

/** A side's site that is closed for a while, told to the other side once. Its subject is `closure:<id of its first calendar edit>`. */
interface Closure {
  readonly id: string;
  readonly side: Side;
  readonly saidAt: Date;
  readonly fromAt: Date;
  readonly toAt: Date;
  readonly reason: string;
  readonly undone: boolean;
}

interface ClosureView {
  readonly heading: string;
  readonly text: string;
  readonly reason: string;
}

export const closureSubject = (editIds: readonly string[]) => ({ kind: 'closure', id: editIds[0]! });

async function closuresOf(tx: Tx, partnershipId: string): Promise<Closure[]> {
  const events = await eventsOf(tx, { kind: 'charter', id: partnershipId });
  const undone = new Set(events.filter((event) => event.kind === 'charter.calendarUndone').flatMap(editIdsOf));
  const said = events.filter((event) => event.kind === 'charter.siteClosed');
  return Promise.all(
    said.map(async (event) => ({
      id: editIdsOf(event)[0]!,
      side: event.data.side as Side,
      saidAt: event.at,
      fromAt: new Date(String(event.data.fromAt)),
      toAt: new Date(String(event.data.toAt)),
      reason: (await remarkOf(tx, event.id)) ?? '',
      undone: editIdsOf(event).some((id) => undone.has(id)),
    })),
  );
}

export const editIdsOf = (event: JournalEvent): string[] => (event.data.editIds as string[] | undefined) ?? [];

export async function closurePartnership(tx: Tx | Db, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  const edit = await tx.selectFrom('calendarEdit').select('partnershipId').where('id', '=', id).executeTakeFirst();
  return edit?.partnershipId ?? null;
}

async function find(tx: Tx, id: string): Promise<{ partnershipId: string; closure: Closure } | null> {
  const edit = await tx.selectFrom('calendarEdit').select('partnershipId').where('id', '=', id).executeTakeFirst();
  const closure = edit && (await closuresOf(tx, edit.partnershipId)).find((each) => each.id === id);
  return edit && closure ? { partnershipId: edit.partnershipId, closure } : null;
}

/** `Fabrikam in Manila is closed from Mon 23 Nov, 14:00 to Tue 24 Nov, 18:00 in Manila`. */
function sentence(charter: AgreedCharter, { side, fromAt, toAt }: Closure): string {
  const { name, calendar } = charter.sides[side];
  const at = (instant: Date) => dayAndTime(calendar.work.zone, instant);
  return `${name} in ${calendar.place} is closed from ${at(fromAt)} to ${at(toAt)}, ${calendar.place} time`;
}

/** Posted while it lasts, then only kept true. */
export const closureCard: CardKind<ClosureView> = {
  async placements(tx, id, now) {
    const found = await find(tx, id);
    if (!found) return [];
    const state = found.closure.undone || found.closure.toAt <= now ? 'keep' : 'wanted';
    return [inChannel(found.partnershipId, state)];
  },
  async view(tx, id) {
    const found = await find(tx, id);
    if (!found) return null;
    const { closure, partnershipId } = found;
    const charter = await latestCharter(tx, partnershipId);
    const name = charter.sides[closure.side].name;
    return closure.undone
      ? { heading: `${name} is open again`, text: 'The times of what is open follow the usual working hours again.', reason: '' }
      : {
          heading: `${name}: closed for a while`,
          text: `${sentence(charter, closure)}. The times of what is open were moved by that much.`,
          reason: closure.reason,
        };
  },
  card: ({ heading, text, reason }): CardJson =>
    card([
      textBlock(plain(heading, 120), { heading: true }),
      textBlock(plain(text, 300)),
      ...(reason ? [textBlock(`Why: ${plain(reason, 120)}`, { subtle: true })] : []),
    ]),
};

/** What the brief says about closed sites, and about an agreement that is still missing. */
export async function charterBrief(tx: Tx, partnershipId: string, now: Date): Promise<BriefSection[]> {
  const charter = await latestCharter(tx, partnershipId);
  const closed = (await closuresOf(tx, partnershipId)).filter((closure) => !closure.undone && closure.toAt > now);
  const missing = (['client', 'provider'] as const).filter((side) => !charter.acknowledged[side]).map((side) => charter.sides[side].name);
  const lines = [
    ...closed.map((closure) => ({ text: `${plain(sentence(charter, closure), 300)} (${plain(closure.reason, 120)})`, weight: 60 })),
    ...(missing.length ? [{ text: `What we agreed waits for ${plain(missing.join(' and '), 120)}`, weight: 40 }] : []),
  ];
  const fresh = closed.some((closure) => now.getTime() - closure.saidAt.getTime() < 24 * 3600_000);
  return lines.length ? [{ heading: 'What we agreed', lines, changed: fresh }] : [];
}
