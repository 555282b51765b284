import type { Matters, Viewer } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import type { MatterView } from '../contract/matter.ts';
import type { Tone } from '../contract/obligation.ts';
import type { Side } from '../contract/sides.ts';
import { contactIn } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { Tx } from '../store/database.ts';
import { readsWords } from './history.ts';

const TEXT_LENGTH = 500;
const TITLE_LENGTH = 200;
const SOON_MS = 24 * 3600_000;
/** Ended so lately, a matter is still listed. */
const LATELY_MS = 14 * 24 * 3600_000;

/** Matters of one partnership in words, in their order; those that are not for this viewer are left out. */
type ViewsOf<Matter> = (tx: Tx, list: readonly Matter[], viewer: Viewer, now: Date) => Promise<MatterView[]>;

/** One matter in words, as a viewer may see it; null when it is not there or not for him. @param byId - finds nothing by hostile text */
export const viewById =
  <Matter extends { readonly partnershipId: string }>(
    byId: (tx: Tx, id: string) => Promise<Matter | undefined>,
    viewsOf: ViewsOf<Matter>,
  ): Matters['view'] =>
  async (tx, id, viewer, now) => {
    const matter = await byId(tx, id);
    if (!matter || (viewer !== 'everyone' && viewer.partnershipId !== matter.partnershipId)) return null;
    const [view] = await viewsOf(tx, [matter], viewer, now);
    return view ?? null;
  };

/** Those that are open, and those that ended lately. */
export const openAndEnded =
  <Matter>(
    open: (tx: Tx, partnershipId: string) => Promise<Matter[]>,
    endedSince: (tx: Tx, partnershipId: string, since: Date) => Promise<Matter[]>,
    viewsOf: ViewsOf<Matter>,
  ): Matters['list'] =>
  async (tx, viewer, now) => ({
    open: await viewsOf(tx, await open(tx, viewer.partnershipId), viewer, now),
    ended: await viewsOf(tx, await endedSince(tx, viewer.partnershipId, new Date(now.getTime() - LATELY_MS)), viewer, now),
  });

/** Whose turn it is: `Fabrikam (Service desk)`; the company alone where people of several roles are asked, or nobody who is known. */
export function sideAndRole(
  charter: AgreedCharter,
  side: Side,
  contactIds: readonly (string | null)[],
): NonNullable<MatterView['waitingFor']> {
  const roles = new Set(contactIds.flatMap((id) => contactIn(charter, id)?.role ?? []));
  const [role] = roles;
  return { side, name: charter.sides[side].name, role: roles.size === 1 ? (role ?? null) : null };
}

/** How what is expected looks before its time is past: from a day before it on as due soon. */
export const toneBefore = (dueAt: Date, now: Date): Tone => (dueAt.getTime() - now.getTime() <= SOON_MS ? 'soon' : 'dated');

/** What people called a matter, for whoever reads words. @param otherwise - what everybody else reads */
export const titleFor = (viewer: Viewer, written: string, otherwise: string): string =>
  readsWords(viewer) ? visible(written, TITLE_LENGTH) || 'Erased' : otherwise;

/** What people wrote about a matter, for whoever reads words; what is empty is left out. */
export const saidFor = (viewer: Viewer, said: MatterView['said']): MatterView['said'] =>
  readsWords(viewer) ? said.filter(({ text }) => text).map(({ label, text }) => ({ label, text: visible(text, TEXT_LENGTH) })) : [];
