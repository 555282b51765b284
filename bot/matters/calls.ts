import type { Matters, Placement, Subject } from '../capability.ts';
import { compiled } from '../charter/index.ts';
import { calendarOf, contactIn, type World } from '../people/index.ts';
import { nextOpen } from '../worktime/index.ts';

/** Somebody who is told now, by a message of his own. */
export interface Call {
  readonly contactId: string;
  /** In his working time. */
  readonly tellAt: Date;
}

/** Who is told of a matter, by messages of their own: a later one to somebody takes the place of the one before. */
export interface Calling {
  /** Counts every asking: a message to a person is of one asking. */
  readonly asking: number;
  readonly calls: readonly Call[];
  /** Of everyone who was ever told: the last asking that told him. */
  readonly toldIn: Readonly<Record<string, number>>;
}

/** A new asking that tells these people, each as soon as he works. Whoever is still to be told of an earlier one still is. */
export function tell<Matter extends Calling>(matter: Matter, world: World, contactIds: readonly string[], now: Date): Matter {
  const people = [...new Set(contactIds)];
  if (!people.length) return matter;
  const asking = matter.asking + 1;
  return {
    ...matter,
    asking,
    calls: [...matter.calls.filter((call) => !people.includes(call.contactId)), ...people.flatMap((id) => callTo(world, id, now))],
    toldIn: { ...matter.toldIn, ...Object.fromEntries(people.map((id) => [id, asking])) },
  };
}

function callTo(world: World, contactId: string, now: Date): Call[] {
  const contact = contactIn(world.charter, contactId);
  return contact ? [{ contactId, tellAt: nextOpen(compiled(calendarOf(world.charter, contact)), now) }] : [];
}

/** When a matter has to be looked at again: as the next person may be told, or at another instant that counts; null: never by itself. */
export function nextLook(calls: readonly Pick<Call, 'tellAt'>[], others: readonly (Date | null)[], now: Date): Date | null {
  const tellings = calls.map(({ tellAt }) => tellAt).filter((at) => at > now);
  const all = [...tellings, ...others].flatMap((at) => at?.getTime() ?? []);
  return all.length ? new Date(Math.min(...all)) : null;
}

/** Whether the message of one asking belongs in somebody's chat now: the last one does; those before it go once he may be told the last. */
export function stateOfCall({ calls, toldIn }: Calling, contactId: string, asking: number, now: Date): Placement['state'] {
  const last = toldIn[contactId] ?? 0;
  const call = calls.find((each) => each.contactId === contactId);
  const told = !call || call.tellAt <= now;
  if (asking === last) return call && told ? 'wanted' : 'keep';
  return asking < last && told ? 'gone' : 'keep';
}

/** One of the messages about a matter: `<matter>/<number>`. @param kind - of such messages, as `approvalCall` */
export const messageOf = (kind: string, matterId: string, number: number): Subject => ({ kind, id: `${matterId}/${number}` });
/** All of them up to a number. */
export const messagesOf = (kind: string, matterId: string, upTo: number): Subject[] =>
  Array.from({ length: upTo }, (_, index) => messageOf(kind, matterId, index + 1));
/** The matter that a message is about, and the message's number; both hostile text. */
export function readMessageId(id: string): { readonly matterId: string; readonly number: string } {
  const [matterId = '', number = ''] = id.split('/');
  return { matterId, number };
}

/** What a message about a matter shows: the matter itself, to whoever it was sent to. It is no card for everyone. */
export const messageView =
  (view: Matters['view']): Matters['view'] =>
  async (tx, id, viewer, now) =>
    viewer === 'everyone' ? null : view(tx, readMessageId(id).matterId, viewer, now);
