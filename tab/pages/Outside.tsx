import type { NoHost } from '../api/host.ts';
import { useWords } from '../strings/index.ts';
import css from './Outside.module.css';

/** Without a host nobody is looking, as far as the page can know: it says so and shows nothing. */
export function Outside({ why }: { why: NoHost }) {
  const words = useWords().outside;
  return (
    <main className={css.page}>
      <h1>{words[why]}</h1>
      <p>{words[`${why}Hint`]}</p>
    </main>
  );
}
