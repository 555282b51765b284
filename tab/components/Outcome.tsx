import { CheckmarkCircle16Regular, CircleHint16Regular } from '@fluentui/react-icons';
import type { ReviewView } from '../../bot/contract/review.ts';
import { useWords } from '../strings/index.ts';
import { MatterRow } from './MatterRow.tsx';
import css from './Outcome.module.css';
import { BothTimes } from './Times.tsx';

/** What came out of a review so far; once it is over, what still has to be said before it is complete, and the minutes. */
export function Outcome({ outcome, over }: { outcome: NonNullable<ReviewView['outcome']>; over: boolean }) {
  const words = useWords().reviews;
  const { missing, decisions, actionItems, minutesAt, acknowledged } = outcome;
  return (
    <section aria-labelledby="outcome" className={css.outcome}>
      <h2 id="outcome">{words.outcome}</h2>
      {over && <Missing lines={missing} />}
      <div>
        <h3>{words.decisions}</h3>
        {decisions.length === 0 && <p className={css.hint}>{words.noDecisions}</p>}
        <ul className={css.lines}>
          {decisions.map(({ text, about }) => (
            <li key={`${about} ${text}`}>
              <span dir="auto">{text}</span>
              {about && (
                <span className={css.about} dir="auto">
                  {about}
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h3>{words.actions}</h3>
        {actionItems.length === 0 && <p className={css.hint}>{words.noActions}</p>}
        <ul className={css.rows}>
          {actionItems.map((matter) => (
            <MatterRow key={matter.id} matter={matter} />
          ))}
        </ul>
      </div>
      {over && (
        <p className={css.sent}>
          {minutesAt ? (
            <>
              {words.sent} <BothTimes time={minutesAt} />
            </>
          ) : (
            words.notSent
          )}
        </p>
      )}
      {acknowledged && <p>{acknowledged}</p>}
    </section>
  );
}

function Missing({ lines }: { lines: readonly string[] }) {
  const words = useWords().reviews;
  if (!lines.length)
    return (
      <p className={css.line}>
        <CheckmarkCircle16Regular aria-hidden /> <span>{words.complete}</span>
      </p>
    );
  return (
    <div>
      <h3>{words.missing}</h3>
      <ul className={css.lines}>
        {lines.map((line) => (
          <li key={line} className={css.line}>
            <CircleHint16Regular aria-hidden /> <span>{line}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
