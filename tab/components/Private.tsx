import { Button } from '@fluentui/react-components';
import { LockClosed16Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './Private.module.css';
import { Row } from './Row.tsx';

/** The rest waits behind a button: what waits on both sides stays in sight. */
const SHOWN = 2;

/** Questions to the person who looks, that nobody else sees. */
export function Private({ rows }: { rows: readonly ObligationView[] }) {
  const words = useWords();
  const [all, setAll] = useState(false);
  if (!rows.length) return null;
  return (
    <section className={css.private} aria-labelledby="mine">
      <header className={css.header}>
        <h2 id="mine" tabIndex={-1}>
          {words.mine.title}
        </h2>
        <p>
          <LockClosed16Regular aria-hidden /> {words.mine.hint}
        </p>
      </header>
      <ul className={css.rows} aria-labelledby="mine">
        {(all ? rows : rows.slice(0, SHOWN)).map((row) => (
          <Row key={row.id} row={row} within="mine" />
        ))}
      </ul>
      {rows.length > SHOWN && (
        <Button appearance="subtle" className={css.more} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.today.fewer : words.today.more(rows.length - SHOWN)}
        </Button>
      )}
    </section>
  );
}
