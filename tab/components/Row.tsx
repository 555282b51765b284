import { Important16Filled } from '@fluentui/react-icons';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import { hashOf } from '../pages/route.ts';
import { useWords } from '../strings/index.ts';
import { Actions } from './Actions.tsx';
import { useDesk } from './desk.ts';
import { Fact } from './Fact.tsx';
import { Notes } from './Notes.tsx';
import css from './Row.module.css';
import { Status } from './Status.tsx';
import { BothTimes } from './Times.tsx';

/** What a row is called: the subject for people on the thread, else what it says. */
export const nameOf = (row: ObligationView): string => row.subject || row.lead;

/** One thing that waits. The whole row opens the details; its buttons stand above that. */
export function Row({ row, within }: { row: ObligationView; within: string }) {
  const words = useWords();
  const { fresh, busy } = useDesk();
  const changed = fresh.has(row.id);
  const id = `${within}-${row.id}`;
  // Where there is no subject the row is called by its sentence, which may be the question already.
  const question = row.question === nameOf(row) ? null : row.question;
  return (
    <li className={`${css.row} ${changed ? css.changed : ''}`} data-row={row.id} aria-busy={busy.has(row.id)}>
      <article aria-labelledby={`${id}-title`}>
        <div className={css.top}>
          <Status tone={row.tone} text={row.status} />
          {row.priority === 'high' && (
            <span className={css.urgent}>
              <Important16Filled aria-hidden /> {words.row.urgent}
            </span>
          )}
          {changed && <span className={css.mark}>{words.row.changed}</span>}
        </div>
        <h3 className={row.subject ? css.title : css.plainTitle} id={`${id}-title`}>
          <a href={hashOf({ page: 'obligation', id: row.id })} dir="auto">
            {nameOf(row)}
          </a>
        </h3>
        {question && <p className={css.question}>{question}</p>}
        {row.subject && !row.question && <p className={css.sentence}>{row.lead}</p>}
        <Notes notes={row.notes} />
        {row.expectedBy && row.state === 'open' && (
          <dl className={css.facts}>
            <Fact name={words.row.expectedBy}>
              <BothTimes time={row.expectedBy} />
            </Fact>
            {row.agreedBy && (
              <Fact name={words.row.agreedBy}>
                <BothTimes time={row.agreedBy} />
              </Fact>
            )}
          </dl>
        )}
        <div className={css.actions}>
          <Actions row={row} what={nameOf(row)} describedBy={`${id}-title`} most={3} />
        </div>
      </article>
    </li>
  );
}
