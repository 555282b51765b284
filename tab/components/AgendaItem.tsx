import { Button, useRestoreFocusTarget } from '@fluentui/react-components';
import {
  ArrowDown16Regular,
  ArrowRight16Filled,
  ArrowUp16Regular,
  CheckmarkCircle16Filled,
  Circle16Regular,
  Comment16Filled,
  Flag16Filled,
  SubtractCircle16Regular,
} from '@fluentui/react-icons';
import { lazy, Suspense } from 'react';
import type { ActionView } from '../../bot/contract/obligation.ts';
import type { AgendaItemView } from '../../bot/contract/review.ts';
import { hashOf, routeOfSubPage } from '../pages/route.ts';
import { useWords } from '../strings/index.ts';
import css from './Agenda.module.css';

const MoreMenu = lazy(() => import('./MoreMenu.tsx'));

const ICONS: Readonly<Record<AgendaItemView['state'], typeof Circle16Regular>> = {
  planned: Circle16Regular,
  discussed: Comment16Filled,
  decided: CheckmarkCircle16Filled,
  dropped: SubtractCircle16Regular,
};

interface AgendaItemProps {
  item: AgendaItemView;
  place: number | null;
  /** The heading it begins, where the one before it stands under another. */
  heading: string | null;
  /** The review is over: what was not spoken of stays so. */
  over: boolean;
  /** Its turn is now. */
  turn: boolean;
  /** Minutes of its time that are left, while its turn is. */
  left: number | null;
  busy: boolean;
  onPress(action: ActionView): void;
}

/** One item: what it is about, whose it is, what is wished, how long it has, and what can be said about it. */
export function AgendaItem({ item, place, heading, over, turn, left, busy, onPress }: AgendaItemProps) {
  const words = useWords().reviews;
  const Icon = turn ? ArrowRight16Filled : ICONS[item.state];
  const title = `item-${item.id}`;
  const late = left !== null && left < 0;
  const state = over && item.state === 'planned' ? words.unspoken : words.state[item.state];
  return (
    <li className={css.item} aria-current={turn ? 'step' : undefined} data-item={item.id} data-state={item.state}>
      {heading && <p className={css.heading}>{heading}</p>}
      <article aria-labelledby={title} className={`${css.box} ${turn ? css.turn : ''} ${item.state === 'planned' ? '' : css.done}`}>
        <div className={css.top}>
          <span className={css.state}>
            <Icon aria-hidden />
            {turn ? words.now : state}
          </span>
          {left !== null && <span className={`${css.left} ${late ? css.over : ''}`}>{late ? words.over(-left) : words.left(left)}</span>}
          <span className={css.time}>{item.state === 'dropped' ? null : words.planned(item.startsAfterMinutes, item.minutes)}</span>
        </div>
        <h3 id={title} tabIndex={-1} dir="auto">
          {place !== null && `${place}. `}
          {item.text}
        </h3>
        <p className={css.meta}>
          <span>{item.owner ?? words.both}</span>
          <span>{item.wishText}</span>
          {item.carried > 0 && (
            <span className={item.flagged ? css.flagged : undefined}>
              {item.flagged && <Flag16Filled aria-hidden />}
              {words.carried(item.carried)}
            </span>
          )}
          {item.opens && (
            <a href={hashOf(routeOfSubPage(item.opens))} aria-label={words.openOf(item.text)}>
              {words.open}
            </a>
          )}
        </p>
        {item.note && (
          <p className={css.note} dir="auto">
            {item.note}
          </p>
        )}
        <ItemButtons item={item} busy={busy} describedBy={title} onPress={onPress} />
      </article>
    </li>
  );
}

const UP = 'review.up';
const DOWN = 'review.down';

interface ItemButtonsProps {
  item: AgendaItemView;
  busy: boolean;
  describedBy: string;
  onPress(action: ActionView): void;
}

function ItemButtons({ item, busy, describedBy, onPress }: ItemButtonsProps) {
  const words = useWords().reviews;
  const restore = useRestoreFocusTarget();
  const moves = item.actions.filter(({ verb }) => verb === UP || verb === DOWN);
  const others = item.actions.filter((action) => !moves.includes(action));
  const few = others.filter(({ rank }) => rank === 'few');
  const more = others.filter(({ rank }) => rank === 'more');
  if (!item.actions.length) return null;
  return (
    <div className={css.buttons}>
      {few.map((action) => (
        <Button
          key={`${action.verb} ${action.label}`}
          {...restore}
          data-verb={action.verb}
          size="small"
          disabledFocusable={busy}
          title={action.hint}
          aria-describedby={describedBy}
          onClick={() => onPress(action)}
        >
          {action.label}
        </Button>
      ))}
      {more.length > 0 && (
        <Suspense fallback={null}>
          <MoreMenu actions={more} what={item.text} size="small" waiting={busy} onPress={onPress} />
        </Suspense>
      )}
      {moves.length > 0 && (
        <span className={css.moves}>
          {moves.map((action) => (
            <Button
              key={action.verb}
              data-verb={action.verb}
              size="small"
              appearance="subtle"
              icon={action.verb === UP ? <ArrowUp16Regular /> : <ArrowDown16Regular />}
              disabledFocusable={busy}
              title={action.label}
              aria-label={action.verb === UP ? words.up(item.text) : words.down(item.text)}
              onClick={() => onPress(action)}
            />
          ))}
        </span>
      )}
    </div>
  );
}
