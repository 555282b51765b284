import { useLayoutEffect, useRef } from 'react';
import type { ActionView } from '../../bot/contract/obligation.ts';
import type { AgendaItemView, ReviewView } from '../../bot/contract/review.ts';
import { isOver, itemNow, minutesOfItem } from '../pages/reviewTime.ts';
import { useWords } from '../strings/index.ts';
import css from './Agenda.module.css';
import { AgendaItem } from './AgendaItem.tsx';

interface AgendaProps {
  review: ReviewView;
  now: string;
  busy: boolean;
  onPress(action: ActionView, about: string): void;
}

/** The agenda in its order; while the review is held, which item's turn it is and how much of its time is left. What was dropped stays in sight. */
export function Agenda({ review, now, busy, onPress }: AgendaProps) {
  const words = useWords().reviews;
  const { items, dropped, more } = review;
  const current = itemNow(review);
  const over = isOver(review);
  const done = items.filter(({ state }) => state !== 'planned').length;
  const { section, pressed } = useKeptPlace(items);
  const press = (item: AgendaItemView) => (action: ActionView) => {
    pressed.current = { id: item.id, verb: action.verb };
    onPress(action, item.text);
  };
  return (
    <section aria-labelledby="agenda" className={css.agenda} ref={section}>
      <div className={css.head}>
        <h2 id="agenda" tabIndex={-1}>
          {words.agenda}
        </h2>
        {done > 0 && <span className={css.hint}>{words.spoken(done, items.length)}</span>}
      </div>
      {/* Always there, so that a turn that comes while somebody listens is announced. */}
      <p role="status" aria-live="polite" className={css.unseen}>
        {current && `${words.now}: ${current.text}`}
      </p>
      {items.length === 0 && (
        <p className={css.hint}>
          {words.noItems} {review.state === 'planned' && words.noItemsHint}
        </p>
      )}
      <ol className={css.items} aria-labelledby="agenda">
        {items.map((item, index) => (
          <AgendaItem
            key={item.id}
            item={item}
            place={index + 1}
            heading={item.heading === items[index - 1]?.heading ? null : item.heading}
            over={over}
            turn={item.id === current?.id}
            left={item.id === current?.id ? minutesOfItem(review, item, now) : null}
            busy={busy}
            onPress={press(item)}
          />
        ))}
      </ol>
      {more > 0 && <p className={css.hint}>{words.more(more)}</p>}
      {dropped.length > 0 && (
        <details className={css.dropped}>
          <summary>
            {words.dropped} · {dropped.length}
          </summary>
          <ul className={css.items}>
            {dropped.map((item) => (
              <AgendaItem
                key={item.id}
                item={item}
                place={null}
                heading={null}
                over={over}
                turn={false}
                left={null}
                busy={busy}
                onPress={press(item)}
              />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/**
 * Keeps the keyboard's place when an item moves or its button goes: the same button where it stands now, else the item, else the agenda's
 * heading. Without it a press by keyboard leads to the top of the page.
 */
function useKeptPlace(items: readonly AgendaItemView[]) {
  const section = useRef<HTMLElement>(null);
  const pressed = useRef<{ id: string; verb: string } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the items say when something may have moved
  useLayoutEffect(() => {
    const last = pressed.current;
    if (!last || document.activeElement !== document.body) return;
    const item = [...(section.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])].find((each) => each.dataset.item === last.id);
    const button = [...(item?.querySelectorAll<HTMLElement>('[data-verb]') ?? [])].find((each) => each.dataset.verb === last.verb);
    const next = button ?? item?.querySelector<HTMLElement>('h3') ?? document.getElementById('agenda');
    next?.focus({ preventScroll: true });
  }, [items]);
  return { section, pressed };
}
