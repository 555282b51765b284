import { Button } from '@fluentui/react-components';
import { ArrowUndo16Regular } from '@fluentui/react-icons';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './Detail.module.css';
import { useDesk } from './desk.ts';
import { dayAndTime } from './timeWords.ts';

/** What happened, in order, in plain words; what can be taken back is taken back here, as long as it can. */
export function History({ row, zone, place }: { row: Pick<ObligationView, 'id' | 'history'>; zone: string; place: string }) {
  const words = useWords();
  const { undo, busy } = useDesk();
  return (
    <section aria-labelledby="history">
      <h3 id="history">
        {words.detail.history} {row.history.length > 0 && <span className={css.aside}>{words.detail.timesIn(place)}</span>}
      </h3>
      {row.history.length === 0 && <p className={css.note}>{words.detail.noHistory}</p>}
      <ol className={css.history}>
        {row.history.map(({ at, text, eventId, undoable, said }) => (
          <li key={eventId}>
            <time dateTime={at}>{dayAndTime(at, zone, words.locale)}</time>
            <span className={said ? css.said : undefined}>{text}</span>
            {undoable && (
              <Button
                size="small"
                appearance="subtle"
                icon={<ArrowUndo16Regular />}
                disabledFocusable={busy.has(row.id)}
                aria-label={words.detail.undoOf(text)}
                onClick={() => undo(row.id, eventId)}
              >
                {words.detail.undo}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
