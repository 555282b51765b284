import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter, Contact } from '../charter/charter.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import { buttonOf, choiceInput, textInput } from '../form.ts';
import { contactIn, type World } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { ActionItem } from './actionItem.ts';
import { does, mayPutBack, maySayNot, noted } from './rules.ts';

/** People that a form lets somebody choose from, at most: a card holds no more. */
const MOST_PEOPLE = 60;

const day = (label: string): ActionInput => ({ id: 'on', kind: 'date', label, required: true });
const button = buttonOf('actionItem');

const here = (contacts: readonly Contact[]): Contact[] => contacts.filter((contact) => !contact.left);

/**
 * Who may do something: people of the sides in this order, by company and role. A name stands there only for a person's own eyes, and only
 * where a role alone does not say who is meant; in the channel the first of a role stands for it.
 */
function whoDoes(charter: AgreedCharter, sides: readonly Side[], viewer: Viewer): NonNullable<ActionInput['choices']> {
  return sides
    .flatMap((side) => {
      const people = here(charter.sides[side].contacts);
      return people.flatMap(({ id, name, role }) => {
        const alike = people.filter((other) => other.role === role);
        if (viewer === 'everyone' && alike[0]!.id !== id) return [];
        const place = `${charter.sides[side].name} (${role})`;
        return [{ value: id, title: viewer === 'everyone' || alike.length === 1 ? place : `${place}: ${name}` }];
      });
    })
    .slice(0, MOST_PEOPLE);
}

/**
 * What somebody may note. @param what - a first line that was typed already
 * @param first - whose people stand on top
 */
export function beginButtons(charter: AgreedCharter, first: Side, viewer: Viewer, what = ''): ActionView[] {
  const people = whoDoes(charter, [first, otherSide(first)], viewer);
  return charter.acknowledgedAt && people.length ? [button('note', 'Note an action …', noteForm(people, what), { hint: NOTE_HINT })] : [];
}
const NOTE_HINT = 'Whoever does it is reminded the working day before. It stays open until it is done.';

const noteForm = (people: NonNullable<ActionInput['choices']>, what: string): ActionInput[] => [
  textInput('what', 'What is to be done', { max: 200, placeholder: 'Send the new opening hours to all stores', value: visible(what, 200) }),
  textInput('doneWhen', 'Done when', { placeholder: 'Every store has confirmed them' }),
  choiceInput('contactId', 'Who does it', people),
  day('By the end of'),
];

/** What somebody may say now; for everyone what fits the state, without forms that are made for one person. */
export function buttonsFor(a: ActionItem, world: World<AgreedCharter>, viewer: Viewer, now: Date): ActionView[] {
  const me = isActor(viewer) ? (contactIn(world.charter, viewer.contactId) ?? null) : null;
  if (viewer !== 'everyone' && !me) return [];
  const notDone = button('putBack', 'Not done yet …', [textInput('text', 'What is missing')]);
  if (a.state === 'closed') return me && maySayNot(a, me) && mayPutBack(a, me, world, now) ? [notDone] : [];
  const found: ActionView[] = [];
  if (!me || does(a, me)) found.push(button('done', 'Done …', [textInput('text', 'What came of it', { required: false })]));
  if (!me) return found;
  if (a.proposal && me.side !== a.side)
    found.push(
      button('agreeDate', 'Agree to the other day', [], { carries: { on: a.proposal.on } }),
      button('declineDate', 'Keep the earlier day …', [textInput('text', 'Why')], { carries: { on: a.proposal.on } }),
    );
  if (does(a, me)) {
    found.push(
      button('move', 'Another date …', [day('By the end of'), textInput('text', 'Why')], {
        hint: a.moved
          ? 'The other side is asked: until it agrees the earlier day counts.'
          : 'Within a week it counts at once; later, when the other side agrees. The first day stays recorded.',
      }),
    );
    const free = here(world.charter.sides[a.side].contacts).filter(({ id }) => id !== a.holder);
    const people = free.slice(0, MOST_PEOPLE).map(({ id, name, role }) => ({ value: id, title: `${name} (${role})` }));
    if (people.length) {
      const label = me.id === a.holder ? 'Somebody else does it …' : 'Hand it over …';
      found.push(button('handOver', label, [choiceInput('contactId', 'Who does it', people)], { rank: 'more' }));
    }
  }
  if (noted(a, me)) found.push(button('withdraw', 'Take it away …', [textInput('text', 'Why')], { rank: 'more' }));
  return found;
}
