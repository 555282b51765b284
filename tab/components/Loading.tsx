import { useWords } from '../strings/index.ts';
import css from './Loading.module.css';

/** The shape of what comes, while it comes. */
export function Loading() {
  const words = useWords();
  return (
    <main className={css.loading} aria-busy="true" aria-label={words.loading}>
      <div className={css.line} style={{ width: '40%' }} />
      <div className={css.line} style={{ width: '70%', height: 28 }} />
      <div className={css.columns}>
        {[0, 1].map((column) => (
          <div key={column}>
            {[0, 1, 2].map((row) => (
              <div key={row} className={css.block} />
            ))}
          </div>
        ))}
      </div>
    </main>
  );
}
