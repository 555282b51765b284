import { Info16Regular } from '@fluentui/react-icons';
import css from './Notes.module.css';

/** What else stands out about a wait, a sentence each. */
export function Notes({ notes }: { notes: readonly string[] }) {
  if (!notes.length) return null;
  return (
    <ul className={css.notes}>
      {notes.map((note) => (
        <li key={note}>
          <Info16Regular aria-hidden /> <span>{note}</span>
        </li>
      ))}
    </ul>
  );
}
