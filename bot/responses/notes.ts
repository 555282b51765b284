import type { Charter } from '../charter/charter.ts';
import { otherSide } from '../contract/sides.ts';
import { dateText } from './dateText.ts';
import { type Hands, inHandsOf, standInOf } from './hands.ts';
import { CALL_FROM_TURNS } from './links.ts';
import type { Question } from './obligation.ts';
import { whenAt } from './sentences.ts';
import type { StoredObligation } from './store.ts';
import { named, namedContact } from './whose.ts';
import { WHY } from './words.ts';

/** A conversation that went to and fro this often is worth a word. */
const TURNS_SHOWN = 3;

/** What stands out about a wait, beside its time: sides, roles and times alone. @param firstAt - of the conversation's first mail */
export function notesOf(o: StoredObligation, charter: Charter, hands: Hands, firstAt: Date | null): string[] {
  const notes: string[] = [];
  if (o.state !== 'open') return notes;
  for (const address of o.away) {
    const contact = inHandsOf(hands, charter, address);
    const standIn = contact && standInOf(hands, contact);
    const who = named(charter, o.debtor, [address]);
    notes.push(`${who} is away; the time stays as it is. ${standIn ? `Stand-in: ${standIn.role}.` : 'No stand-in is named.'}`);
  }
  for (const [side, addresses] of [[o.debtor, o.asked] as const, [otherSide(o.debtor), [o.asker]] as const])
    for (const address of addresses) {
      const now = inHandsOf(hands, charter, address);
      if (now && !now.addresses.includes(address) && !sameContact(charter, address, now.id))
        notes.push(
          `${named(charter, side, [address])} is not there any more: ${named(hands.charter, side, now.addresses)} looks after this.`,
        );
    }
  if (o.turns >= TURNS_SHOWN && firstAt) {
    const call = o.turns >= CALL_FROM_TURNS ? ' A call may be quicker.' : '';
    notes.push(`The conversation went back and forth ${o.turns} times since ${whenAt(charter, firstAt, o.debtor)}.${call}`);
  }
  if (o.askedAgain) {
    const { side, contactId, at } = o.askedAgain;
    notes.push(`${namedContact(hands.charter, side, contactId)} opened the mail to ask again, ${whenAt(charter, at, side)}.`);
  }
  return notes;
}

const sameContact = (charter: Charter, address: string, id: string): boolean =>
  Object.values(charter.sides).some((side) => side.contacts.some((each) => each.id === id && each.addresses.includes(address)));

/** What one person is asked, or told once, about a wait of his. @param outside - whether he may read of people outside both sides */
export function questionText(kind: Question['kind'], o: StoredObligation, charter: Charter, outside: boolean): string {
  const asked = named(charter, o.debtor, o.asked);
  const asker = named(charter, otherSide(o.debtor), [o.asker]);
  const { name } = charter.sides[o.debtor];
  const when = (at: Date) => whenAt(charter, at, otherSide(o.debtor));
  const held = o.holds.at(-1);
  switch (kind) {
    case 'expected':
      return `${asker} wrote to ${asked}, ${when(o.openedAt)}. ${WHY[o.verdict.why]} Is an answer expected?`;
    case 'stillNeeded':
      return `${asker} wrote again before the agreed time. Is an answer of ${asked} still needed?`;
    case 'wasAnswer':
      return held?.why === 'meeting'
        ? `${name} sent an invitation${held.meetingAt ? `, for ${when(held.meetingAt)}` : ''}. Does the answer come in that meeting? Until it is over, nothing is shown as past its time.`
        : `${name} wrote in another conversation${held ? `, ${when(held.at)}` : ''}. Was that the answer?`;
    case 'newcomer':
      return `Somebody${outside && held?.address ? ` at ${held.address.split('@').at(-1)}` : ' outside both sides'}, whom no earlier mail named, wrote in this conversation. Was that the answer of ${name}?`;
    case 'agreeDate':
      return `${name} would answer by ${o.proposal ? dateText(o.proposal.on) : 'a later date'}. Until you agree, ${whenAt(charter, o.dueAt, o.debtor)} holds.`;
    case 'stillWaiting':
      return `No answer of ${asked} was seen for eight working days. Is one still needed? Without a word, this is not counted any more from ${when(o.lapseAt)} on.`;
    case 'away':
      return `Whoever was written to at ${name} is away. The expected time stays as it is.`;
    case 'hasLeft':
      return `Mail to ${asked} did not arrive. Has this person left? Then what waits for ${asked} comes to you.`;
    case 'told':
      return toldText(o, name);
  }
}

function toldText({ ending }: StoredObligation, name: string): string {
  switch (ending) {
    case 'setAside':
      return `${name} says that no answer is needed. If you wait for one, put it back.`;
    case 'notOurs':
      return `${name} says that this is not theirs to answer.`;
    case 'cannot':
      return `${name} answered: this cannot be done.`;
    case 'notDelivered':
      return `The mail did not arrive at ${name}: nobody there has it.`;
    default:
      return `${name} says that this was answered elsewhere. If you still wait, put it back.`;
  }
}
