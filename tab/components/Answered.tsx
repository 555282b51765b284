import { ChevronRight16Regular } from '@fluentui/react-icons';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './Answered.module.css';
import { Row } from './Row.tsx';

/** What is over, folded away until asked for. */
export function Answered({ rows }: { rows: readonly ObligationView[] }) {
  const words = useWords();
  if (!rows.length) return null;
  return (
    <details className={css.answered}>
      <summary>
        <ChevronRight16Regular aria-hidden />
        <h2 id="answered">{words.today.answered}</h2>
        <span>{rows.length}</span>
      </summary>
      <ul className={css.rows} aria-labelledby="answered">
        {rows.map((row) => (
          <Row key={row.id} row={row} within="answered" />
        ))}
      </ul>
    </details>
  );
}
