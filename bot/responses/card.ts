import type { CardJson } from '../capability.ts';
import type { ObligationView } from '../contract/obligation.ts';
import { withoutSameDay } from '../contract/sameDay.ts';
import { actionsOf } from '../posts/actionView.ts';
import { COLOR, cardTime, MARK } from '../posts/matterCard.ts';
import { type CardAction, type CardElement, card, facts, group, plain, textBlock } from '../posts/parts.ts';
import { dateText } from './dateText.ts';

const SEGMENTS_ON_CARD = 5;
const HISTORY_ON_CARD = 3;

/** The living card of one wait: who, since when, until when, what can be said; how the time came about behind a button. */
export function obligationCard(view: ObligationView): CardJson {
  const open = view.state === 'open';
  const who = view.waitingFor.role ? `${view.waitingFor.name} (${view.waitingFor.role})` : view.waitingFor.name;
  const color = COLOR[view.tone];
  const body: CardElement[] = [
    textBlock(`${MARK[view.tone]} ${view.status}`, { weight: 'Bolder', ...(color && { color }) }),
    textBlock(headingOf(view, who), {
      heading: true,
      spacing: 'Small',
    }),
    ...(view.question === null ? [] : [textBlock(plain(view.question, 300), { spacing: 'Small' })]),
    ...(view.subject === null ? [] : [textBlock(`“${plain(view.subject, 140)}”`, { spacing: 'Small' })]),
    facts([
      ['Since', cardTime(view.since)],
      [open ? 'Expected by' : 'Was expected by', view.expectedBy && cardTime(view.expectedBy)],
      ['Agreed time', view.agreedBy && cardTime(view.agreedBy)],
      ['Answered', view.state === 'settled' && view.settledAt ? cardTime(view.settledAt) : null],
      ['Asked by', view.people && plain(view.people.asker, 80)],
      ['Written to', view.people && plain(view.people.asked.join(', '), 160)],
    ]),
    ...(open && view.verdict === 'expected'
      ? [textBlock('No answer seen in the mail that Rapport reads.', { subtle: true, size: 'Small', spacing: 'Small' })]
      : []),
    ...view.notes.map((note) => textBlock(plain(note, 240), { size: 'Small', spacing: 'Small' })),
    ...recent(view),
    ...how(view),
  ];
  return card([...body, ...actionsOf(view.actions, view.id, view.revision)]);
}

function headingOf(view: ObligationView, who: string): string {
  if (view.state === 'open' && view.verdict === 'unsure') return `A mail to ${plain(who, 80)}`;
  return view.state === 'open' ? `Waiting for ${plain(who, 80)}` : `${plain(view.waitingSide.name, 60)} waited for ${plain(who, 80)}`;
}

/** What people said about it last, but for what a note says with its time. */
function recent(view: ObligationView): CardElement[] {
  const noted = (text: string) => view.notes.some((note) => note.startsWith(text.replace(/\.$/, ',')));
  const lines = view.history.filter((line) => line.said && !noted(line.text)).slice(-HISTORY_ON_CARD);
  return lines.length
    ? [group(lines.map((line) => textBlock(plain(line.text, 200), { subtle: true, size: 'Small', spacing: 'None' })))]
    : [];
}

/** How the time came about, closed until asked for. */
function how(view: ObligationView): CardElement[] {
  const e = view.explanation;
  if (!e) return [];
  const more = e.segments.length - SEGMENTS_ON_CARD;
  const lines = [
    `${plain(e.calendar, 80)}: ${plain(e.target, 80)}.`,
    ...e.segments
      .slice(0, SEGMENTS_ON_CARD)
      .map(({ from, to }) => [from, to].map((time) => time.zones[0]?.text ?? ''))
      .map(([from = '', to = '']) => `Counted: ${plain(from, 30)} to ${plain(withoutSameDay(to, from), 30)}`),
    ...(more > 0 ? [`… and ${more} more stretches of working time`] : []),
    ...e.closed.slice(0, SEGMENTS_ON_CARD).map((day) => `Not counted: ${dateText(day.on)}, ${plain(day.text, 80)}`),
  ];
  const toggle: CardAction = { type: 'Action.ToggleVisibility', title: 'How this time came about', targetElements: ['how'] };
  return [
    { type: 'ActionSet', actions: [toggle] },
    group(
      lines.map((line) => textBlock(line, { subtle: true, size: 'Small', spacing: 'None' })),
      { id: 'how', hidden: true },
    ),
  ];
}
