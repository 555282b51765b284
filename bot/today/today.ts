import { type Access, type Capability, isActor } from '../capability.ts';
import type { AgreedCharter, Charter } from '../charter/charter.ts';
import { currentCharter, latestCharter } from '../charter/index.ts';
import { dayOfSide, timeView } from '../charter/readable.ts';
import type { MatterView } from '../contract/matter.ts';
import type { ObligationView } from '../contract/obligation.ts';
import { SIDES, type Side, toInstant } from '../contract/sides.ts';
import type { MeView, PartnershipSummary, TodayView } from '../contract/today.ts';
import { Refusal } from '../errors.ts';
import { journalCursor } from '../journal/index.ts';
import { accessesOf, type Person, whoCanBind } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import { askedOf, countOpen, endedSince, obligationViews, openObligations, orderOf, type StoredObligation } from '../responses/index.ts';
import type { Tx } from '../store/database.ts';
import { coverage } from '../threads/index.ts';
import { headlineOf } from './headline.ts';
import { sideView } from './sides.ts';

/** How long an ended wait stays on the page. */
const ANSWERED_MS = 3 * 24 * 3600_000;
const MOST_ANSWERED = 20;
/** Some of them are not for everybody. */
const MOST_LOOKED_AT = 60;
/** What did not count is nobody's news; that a mail did not arrive its sender is told alone. */
const SHOWN_ENDED: ReadonlySet<StoredObligation['state']> = new Set(['settled', 'waived', 'lapsed'] as const);

/** What waits on each side of a partnership, as this person sees it; complete up to its cursor. */
export async function todayView(tx: Tx, capabilities: readonly Capability[], access: Access, now: Date): Promise<TodayView> {
  const cursor = await journalCursor(tx);
  const { partnershipId } = access;
  const actor = isActor(access) ? access : null;
  const side = actor?.side ?? 'client'; // who looks by his role is of the client
  const charter = await currentCharter(tx, partnershipId, now);
  const counted = await openObligations(tx, partnershipId);
  // The weightiest question first, then the oldest.
  const mine = (actor ? await askedOf(tx, actor.contactId, now) : []).sort((a, b) => orderOf(a.kind) - orderOf(b.kind)).map(({ o }) => o);
  const answered = (await endedSince(tx, partnershipId, new Date(now.getTime() - ANSWERED_MS)))
    .filter((o) => !o.history && SHOWN_ENDED.has(o.state))
    .slice(0, MOST_LOOKED_AT);
  const seen = new Map((await obligationViews(tx, unique([...counted, ...mine, ...answered]), access, now)).map((view) => [view.id, view]));
  const matters = await openMatters(tx, capabilities, access, now);
  const views = (list: readonly StoredObligation[]): ObligationView[] => list.flatMap((o) => seen.get(o.id) ?? []);
  return {
    now: toInstant(now),
    cursor,
    partnership: { id: partnershipId, name: charter.name, paused: await isPaused(tx, partnershipId) },
    you: {
      side,
      owner: actor?.owner ?? false,
      looksAs: isActor(access) ? null : access.as,
      name: visible(charter.sides[side].contacts.find((contact) => contact.id === actor?.contactId)?.name, 100),
    },
    sides: { client: sideView(charter, 'client', now), provider: sideView(charter, 'provider', now) },
    charter: await charterState(tx, charter),
    headline: headlineOf(charter, { open: counted, matters }, side, now),
    waitingFor: {
      client: views(counted.filter((o) => o.debtor === 'client')),
      provider: views(counted.filter((o) => o.debtor === 'provider')),
    },
    matters,
    mine: views(unique(mine)),
    answered: views(answered).slice(0, MOST_ANSWERED),
    coverage: await coverageView(tx, charter, side),
  };
}

/** What waits on people beside mail, those past their time first. */
async function openMatters(tx: Tx, capabilities: readonly Capability[], access: Access, now: Date): Promise<MatterView[]> {
  const open: MatterView[] = [];
  for (const { matters } of capabilities)
    for (const kind of Object.values(matters ?? {})) open.push(...(await kind.list(tx, access, now)).open);
  return [...open.filter((matter) => matter.pastDue), ...open.filter((matter) => !matter.pastDue)];
}

/** Everything a person may open, by verified identity. */
export async function meView(tx: Tx, person: Person, now: Date): Promise<MeView> {
  const all = await accessesOf(tx, person, 'tab');
  const counts = await countOpen(
    tx,
    all.map(({ partnershipId }) => partnershipId),
    now,
  );
  const partnerships: PartnershipSummary[] = [];
  for (const access of all) {
    const charter = await currentCharter(tx, access.partnershipId, now);
    const { open, pastDue } = counts.get(access.partnershipId) ?? { open: 0, pastDue: 0 };
    partnerships.push({
      id: access.partnershipId,
      name: charter.name,
      sides: { client: charter.sides.client.name, provider: charter.sides.provider.name },
      yourSide: isActor(access) ? access.side : 'client',
      owner: isActor(access) && access.owner,
      looksAs: isActor(access) ? null : access.as,
      pastDue,
      open,
    });
  }
  const bound = person.actors.length > 0;
  return {
    now: toInstant(now),
    bound,
    name: person.name,
    admin: person.admin,
    whoCanBind: bound || partnerships.length ? null : await whoCanBind(tx),
    partnerships,
  };
}

const unique = (list: readonly StoredObligation[]): StoredObligation[] => [...new Map(list.map((o) => [o.id, o])).values()];

async function isPaused(tx: Tx, partnershipId: string): Promise<boolean> {
  const row = await tx.selectFrom('partnership').select('pausedAt').where('id', '=', partnershipId).executeTakeFirst();
  if (!row) throw new Refusal('partnership.not_found');
  return row.pausedAt !== null;
}

async function charterState(tx: Tx, charter: AgreedCharter): Promise<TodayView['charter']> {
  const at = (side: Side): Date | null => charter.acknowledged[side]?.at ?? null;
  const missing = (of: AgreedCharter) => SIDES.filter((side) => !of.acknowledged[side]).map((side) => of.sides[side].name);
  const both = SIDES.map(at).filter((each): each is Date => each !== null);
  const last = both.length === 2 ? new Date(Math.max(...both.map((each) => each.getTime()))) : null;
  const names = missing(charter);
  const text = last
    ? `Both sides agreed on ${dayOfSide(charter, 'client', last)}.`
    : `${names.join(' and ')} ${names.length === 1 ? 'has' : 'have'} not agreed yet. Until both have, nothing is posted about waiting mail.`;
  const newest = await latestCharter(tx, charter.partnershipId);
  const asked = newest.version > charter.version ? missing(newest) : [];
  const next = asked.length ? ` Version ${newest.version} waits for ${asked.join(' and ')} to agree.` : '';
  const instant = (side: Side) => (at(side) ? toInstant(at(side)!) : null);
  return { version: charter.version, acknowledged: { client: instant('client'), provider: instant('provider') }, text: text + next };
}

async function coverageView(tx: Tx, charter: Charter, side: Side): Promise<TodayView['coverage']> {
  const { mailboxes, people, lastReadAt } = await coverage(tx, charter.partnershipId);
  const all = charter.sides.client.contacts.filter((contact) => !contact.left).length;
  const boxes = mailboxes === 1 ? 'mailbox' : 'mailboxes';
  const text = mailboxes
    ? `Rapport reads ${mailboxes} ${boxes} at ${charter.sides.client.name} (${people} of ${all} people). Mail that reaches none of them is not seen.`
    : 'No mailbox is read yet.';
  return { text, mailboxes, people, lastReadAt: lastReadAt && timeView(charter, lastReadAt, side) };
}
