import type { HistoryLine } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './Past.module.css';
import { dayAndTime } from './timeWords.ts';

interface PastProps {
  history: readonly HistoryLine[];
  zone: string;
  place: string;
  open: boolean;
}

/** What happened, in order, in plain words: folded away until asked for. */
export function Past({ history, zone, place, open }: PastProps) {
  const words = useWords();
  if (!history.length) return null;
  return (
    <details className={css.history} open={open}>
      <summary>
        {words.detail.history} · {words.detail.timesIn(place)}
      </summary>
      <ol>
        {history.map(({ at, text, eventId, said }) => (
          <li key={eventId}>
            <time dateTime={at}>{dayAndTime(at, zone, words.locale)}</time>
            <span className={said ? css.said : undefined} dir="auto">
              {text}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
