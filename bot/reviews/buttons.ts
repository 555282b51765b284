import { isActor, type Viewer } from '../capability.ts';
import type { AgreedCharter, Contact } from '../charter/charter.ts';
import { compiled } from '../charter/index.ts';
import type { ActionInput, ActionView } from '../contract/obligation.ts';
import { otherSide, SIDES } from '../contract/sides.ts';
import { buttonOf, choiceInput, textInput } from '../form.ts';
import { contactIn } from '../people/index.ts';
import { namedContact } from '../responses/index.ts';
import { endOfWorkingDay, localDate } from '../worktime/index.ts';
import { preparingSide } from './keep.ts';
import { takesOutcome } from './outcome.ts';
import type { Item, Review } from './review.ts';

/** An action is usually due within a working week. */
const USUAL_DAYS = 5;

const button = buttonOf('review');

const WISH = choiceInput(
  'wish',
  'What for',
  [
    { value: 'decide', title: 'To decide' },
    { value: 'discuss', title: 'To discuss' },
    { value: 'inform', title: 'To inform' },
  ],
  'discuss',
);

const isOpen = ({ state }: Review): boolean => state === 'planned' || state === 'prepared';
/** Buttons are for people of the partnership; for everyone those that need no form made for one person. */
const mayPress = (viewer: Viewer): boolean => viewer === 'everyone' || isActor(viewer);

/** What can be said about one item now. */
export function itemButtons(review: Review, item: Item, charter: AgreedCharter, viewer: Viewer, now: Date): ActionView[] {
  if (!mayPress(viewer)) return [];
  const carries = { item: item.id };
  if (isOpen(review)) {
    if (item.state === 'dropped') return [button('putBack', 'Put it back', [], { carries })];
    return [
      button('up', 'Move up', [], { carries }),
      button('down', 'Move down', [], { carries, rank: 'more' }),
      button('drop', 'Drop …', [textInput('text', 'Why not', { max: 300 })], {
        carries,
        rank: 'more',
        hint: 'Both sides see what was dropped, and why.',
      }),
    ];
  }
  if (!takesOutcome(review, now) || item.state === 'dropped') return [];
  const decided = item.state === 'decided';
  const later = review.state === 'closed';
  return [
    ...(item.state === 'planned' && review.state === 'running' ? [button('discussed', 'Discussed', [], { carries })] : []),
    button('decide', decided ? 'Change the decision …' : 'Decide …', [textInput('text', 'What was decided', { max: 500 })], {
      carries,
      rank: decided || later ? 'more' : 'few',
    }),
    button('action', 'Note an action …', actionForm(charter, viewer, item, now), { carries, rank: later ? 'more' : 'few' }),
    ...(review.state === 'ended' && item.wish === 'decide' && !decided && item.noteId === null
      ? [button('carry', 'On the next agenda', [], { carries, rank: 'more' })]
      : []),
  ];
}

function actionForm(charter: AgreedCharter, viewer: Viewer, item: Item | null, now: Date): ActionInput[] {
  const people = SIDES.flatMap((side) => charter.sides[side].contacts.filter((contact) => !contact.left));
  // everyone in the channel reads roles
  const titleOf = (contact: Contact): string =>
    viewer === 'everyone'
      ? namedContact(charter, contact.side, contact.id)
      : `${contact.name || contact.role} (${charter.sides[contact.side].name}, ${contact.role})`;
  const who =
    people.find(({ id }) => id === item?.contactId) ?? people.find(({ side, owner }) => side === item?.side && owner) ?? people[0];
  const day = localDate(charter.sides.client.calendar.work.zone, endOfWorkingDay(compiled(charter.sides.client.calendar), now, USUAL_DAYS));
  return [
    textInput('what', 'What is to be done', { max: 200 }),
    choiceInput(
      'contactId',
      'Who does it',
      people.map((contact) => ({ value: contact.id, title: titleOf(contact) })),
      who?.id,
    ),
    { id: 'on', kind: 'date', label: 'By the end of', required: true, value: day },
    textInput('doneWhen', 'Done when', { max: 500, placeholder: 'How both sides see that it is done' }),
  ];
}

const addButton = (hint: string): ActionView =>
  button('add', 'Add an item …', [textInput('text', 'What it is about', { max: 200 }), WISH], { hint });

/** What can be said about the whole date now. */
export function reviewButtons(review: Review, charter: AgreedCharter, viewer: Viewer, now: Date): ActionView[] {
  if (!mayPress(viewer)) return [];
  if (isOpen(review)) return [addButton('It stands on the agenda for both sides.')];
  const me = isActor(viewer) ? contactIn(charter, viewer.contactId) : null;
  const others = otherSide(preparingSide(charter, review));
  const found: ActionView[] = [];
  if (review.state === 'running') found.push(addButton('It comes last on the agenda, for both sides.'));
  if (takesOutcome(review, now))
    found.push(button('action', 'Note another action …', actionForm(charter, viewer, null, now), { rank: 'more' }));
  if (review.state === 'ended') found.push(button('complete', 'That is all', [], { hint: 'What is undone goes on the next agenda.' }));
  if (review.minutesAt && !review.acknowledged && (viewer === 'everyone' || me?.side === others))
    found.push(button('acknowledge', 'We agree to the minutes', [], { hint: `For ${charter.sides[others].name}.` }));
  return found;
}
