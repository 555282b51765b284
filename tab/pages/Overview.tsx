import { ClockAlarm16Filled } from '@fluentui/react-icons';
import type { PartnershipSummary } from '../../bot/contract/today.ts';
import { useWords } from '../strings/index.ts';
import css from './Overview.module.css';
import { hashOf } from './route.ts';

/** All partnerships of a person, in the order of the service. */
export function Overview({ partnerships }: { partnerships: readonly PartnershipSummary[] }) {
  const words = useWords().overview;
  return (
    <main className={css.page}>
      <h1>{words.title}</h1>
      <ul className={css.list}>
        {partnerships.map(({ id, name, pastDue, open, owner, looksAs }) => (
          <li key={id} className={css.item}>
            <h2>
              <a href={hashOf({ page: 'partnership', id })}>{name}</a>
            </h2>
            <p className={css.counts}>
              <span>{words.open(open)}</span>
              {pastDue > 0 && (
                <span className={css.past}>
                  <ClockAlarm16Filled aria-hidden /> {words.past(pastDue)}
                </span>
              )}
            </p>
            {(owner || looksAs) && <p className={css.owner}>{owner ? words.owner : words.looksAs[looksAs!]}</p>}
          </li>
        ))}
      </ul>
    </main>
  );
}
