import type { Actor } from '../capability.ts';
import type { Charter, Contact } from '../charter/charter.ts';
import { dayOfSide, dayText } from '../charter/readable.ts';
import type { ActionView } from '../contract/obligation.ts';
import { otherSide } from '../contract/sides.ts';
import { linkTo, mailto } from '../form.ts';
import { partyOf } from '../people/index.ts';
import { type Hands, inHandsOf, standInOf } from './hands.ts';
import { whenAt } from './sentences.ts';
import type { StoredObligation } from './store.ts';
import { later, workingDaysBetween } from './times.ts';
import { calendarOf } from './whose.ts';

/** A call is offered after this many silent working days past the expected time, or when a conversation has turned this often. */
const CALL_AFTER_DAYS = 2;
export const CALL_FROM_TURNS = 6;
const FRESH_MS = 24 * 3600_000;

/** What a link may need to know of the mail: null where this reader may not. */
export interface OwnMail {
  readonly subject: string | null;
  /** Opens the mail in his own Outlook. */
  readonly url: string | null;
  /** Whether he may read names: an address is one. */
  readonly names: boolean;
}

/**
 * Where a person can go on from here: to the mail in his own Outlook or to a ready one once he wants to ask again, to a mail that hands it to
 * the stand-in of whoever is away, to a call. Rapport opens these and sends nothing.
 */
export function linksFor(o: StoredObligation, charter: Charter, hands: Hands, actor: Actor, mail: OwnMail, now: Date): ActionView[] {
  if (o.state !== 'open') return [];
  const asks = actor.side !== o.debtor && o.verdict.answer === 'expected';
  const links: ActionView[] = [];
  if (asks && o.askedAgain && now.getTime() - o.askedAgain.at.getTime() < FRESH_MS)
    links.push(linkTo(mail.url ? 'Open the mail' : 'Write a mail', mail.url ?? readyMail(o, charter, mail)));
  const handOver = asks && mail.names && standInForAway(hands, charter, o);
  if (handOver)
    links.push(
      linkTo(`Forward to ${handOver.role}`, forward(o, charter, handOver, mail.subject), {
        hint: 'Opens a ready mail. Nothing is sent by itself.',
      }),
    );
  const partner = actor.side === o.debtor ? [o.asker] : o.asked;
  const reachable = partner.map((address) => inHandsOf(hands, charter, address)).find((contact) => contact !== null);
  if (mail.names && reachable && ((asks && isSilent(o, charter, now)) || o.turns >= CALL_FROM_TURNS))
    links.push(linkTo('Call', `https://teams.microsoft.com/l/call/0/0?users=${encodeURIComponent(reachable.addresses[0]!)}`));
  return links;
}

/** The stand-in of the first person asked who is away; nobody who was written to anyway. */
function standInForAway(hands: Hands, charter: Charter, o: StoredObligation): Contact | null {
  for (const address of o.away) {
    const contact = inHandsOf(hands, charter, address);
    const standIn = contact && standInOf(hands, contact);
    if (standIn && !standIn.addresses.some((each) => o.asked.includes(each))) return standIn;
  }
  return null;
}

const isSilent = (o: StoredObligation, charter: Charter, now: Date): boolean =>
  o.dueAt < now && workingDaysBetween(calendarOf(charter, o), later(o.dueAt, o.lastTouchAt), now, CALL_AFTER_DAYS) >= CALL_AFTER_DAYS;

/** A mail to write: the subject, and addresses of people, only for those who may see them; who may not fills in whom he writes to. */
function readyMail(o: StoredObligation, charter: Charter, { subject, names }: OwnMail): string {
  const asked = o.asked.filter((address) => (names && partyOf(charter, address)?.contact) || partyOf(charter, address)?.service);
  const ours = `Our mail of ${writtenOn(o, charter)}`;
  const text = `${ours} still waits for an answer. By what we agreed it is expected by ${whenAt(charter, o.dueAt, o.debtor)}. Can you answer it, or name a day by which you will?`;
  return mailto(asked, subject ? `Re: ${subject}` : ours, text);
}

/** Outlook cannot be told to forward a mail: a ready one to the stand-in says which it is, and until when it counts. */
function forward(o: StoredObligation, charter: Charter, standIn: Contact, subject: string | null): string {
  const { work, place } = charter.sides[o.debtor].calendar;
  const due = `${dayText(work.zone, o.dueAt)} in ${place}`;
  const text = `Our mail of ${writtenOn(o, charter)} is expected to be answered by ${due}, and the person it was written to is away. Can you take it over?`;
  return mailto([standIn.addresses[0]!], subject ? `FW: ${subject}` : `Our mail of ${writtenOn(o, charter)}`, text);
}

const writtenOn = (o: StoredObligation, charter: Charter): string => dayOfSide(charter, otherSide(o.debtor), o.openedAt);
