import type { Tx } from '../store/database.ts';
import { type Ingested, ingest, type MailPage, removedUnseen } from '../threads/index.ts';
import { callTurns } from './calls.ts';
import { gathered } from './gathered.ts';
import { sameOrigin } from './links.ts';
import { type Places, places } from './places.ts';
import type { Reading, Take, TakePart } from './reading.ts';
import { addWanted, type Mailbox, type MailFolder, type Move, mailboxesAt, moveOn, removeWanted, wantedFailed } from './store.ts';

const DAY_MS = 86_400_000;

/**
 * Taking keeps processor and database busy, so few takes are under way: as quick as many, and need less memory. Those of other mailboxes that
 * come meanwhile share the next one, up to so many items: a statement costs much the same for one as for some hundred mails.
 */
const TOGETHER = { most: 1600, atOnce: 2, weight: ({ parts }: Take) => itemsIn(parts), apart: true };

/** The takes under way, and more than one to come: what is read long before it can be taken only fills memory. */
const INTAKE = TOGETHER.most * (TOGETHER.atOnce + 1.5);

/** Takes into the record what was read; resolved once that has been committed. `intake`: room for what is read and not taken yet, in items. */
export const takes = (): { readonly take: (take: Take) => Promise<void>; readonly intake: Places } => ({
  take: gathered<Take>(takeTogether, TOGETHER),
  intake: places(INTAKE),
});

async function takeTogether(list: readonly Take[]): Promise<void> {
  // a charter that changed meanwhile lets others pass
  for (const gate of new Set(list.map(({ reading }) => reading.gate))) {
    const alike = list.filter(({ reading }) => reading.gate === gate);
    await takeAll(alike[0]!.reading, alike);
  }
}

/**
 * In one transaction: folders are moved on, their mail goes into the record, and what has to be read again because of it is noted. A first
 * reading goes by delta too, newest mail first and without a filter (one by date would cap the set at 5,000): pages are followed to the delta link,
 * and what is older than the back-fill passes only with newer mail of its conversation.
 */
async function takeAll(reading: Reading, list: readonly Take[]): Promise<void> {
  const { ports, gate, memory } = reading;
  const now = ports.clock.now();
  await ports.transaction(async (tx) => {
    const moves = list.flatMap(({ parts }) => parts.flatMap((part) => moveOf(reading, part) ?? []));
    const moved = await moveOn(tx, moves, now);
    const stands = ({ folder, links }: TakePart): boolean => !links || moved.has(folder);
    const pages = list.flatMap(({ mailbox, parts }) =>
      parts.filter(stands).map(
        ({ folder, messages }): MailPage => ({
          mailbox,
          folder: placeOf(folder),
          since: sinceOf(reading, mailbox),
          items: messages.filter(({ removed }) => !removed),
          removed: messages.flatMap(({ id, removed }) => (removed ? id : [])),
        }),
      ),
    );
    const taken = await ingest(tx, pages, { gate, now, onThreads: reading.onThreads });
    for (const { from, to } of moves)
      if (moved.has(from) && to.complete && !from.complete && from.round > 1) await removedUnseen(tx, from.mailboxId, placeOf(from), now);
    await noteWanted(tx, reading, taken);
    for (const { mailbox, answered, failed = [] } of list) {
      if (answered) await removeWanted(tx, mailbox.id, answered);
      await wantedFailed(tx, mailbox.id, failed);
    }
    // before the commit: whoever does not hear of it may still be committed
    for (const { mailbox } of list)
      memory.note(
        mailbox.id,
        taken.forgotten.flatMap(({ mailboxId, id }) => (mailboxId === mailbox.id ? id : [])),
      );
  });
  const past = list.flatMap(({ parts }) => parts).filter(({ folder, links }) => links && !folder.complete);
  if (past.length > 0) await reading.grown(ports.db, itemsIn(past));
}

const placeOf = ({ folderId, role, round }: MailFolder): MailPage['folder'] => ({ id: folderId, role, round });
const itemsIn = (parts: readonly TakePart[]): number => parts.reduce((sum, { messages }) => sum + messages.length, 0);

/** How far back a mailbox is read: the same instant whenever it is asked. */
const sinceOf = ({ ports, backfillDays }: Reading, { firstReadAt }: Mailbox): Date =>
  new Date((firstReadAt ?? ports.clock.now()).getTime() - backfillDays * DAY_MS);

function moveOf({ graph }: Reading, { folder, links }: TakePart): Move | null {
  if (!links) return null;
  const nextLink = sameOrigin(links.nextLink, graph.origin) ?? null;
  const deltaLink = sameOrigin(links.deltaLink, graph.origin) ?? (nextLink === null ? folder.deltaLink : null);
  return { from: folder, to: { nextLink, deltaLink, complete: folder.complete || nextLink === null } };
}

/** Notes what has to be read again because of what was taken. */
async function noteWanted(tx: Tx, { memory }: Reading, { conversations, carried }: Ingested): Promise<void> {
  const owners = carried.length > 0 ? await mailboxesAt(tx, [...new Set(carried.flatMap(({ addresses }) => [...addresses]))]) : [];
  const elsewhere = carried.flatMap(({ key, addresses, mailboxIds }) =>
    owners
      .filter((owner) => key.startsWith('<') && !mailboxIds.has(owner.id) && owner.addresses.some((one) => addresses.has(one)))
      .map(({ id }) => ({ mailboxId: id, kind: 'message' as const, value: key })),
  );
  const again = conversations
    .filter(({ mailboxId, id }) => memory.forgot(mailboxId, id))
    .map(({ mailboxId, id }) => ({ mailboxId, kind: 'conversation' as const, value: id }));
  await addWanted(tx, [...again, ...elsewhere]);
  await callTurns(
    tx,
    elsewhere.map((one) => one.mailboxId),
  );
}
