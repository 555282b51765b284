import { CalendarCancel16Regular, Info16Regular } from '@fluentui/react-icons';
import type { ExplanationView, TimeView } from '../../bot/contract/obligation.ts';
import { withoutSameDay } from '../../bot/contract/sameDay.ts';
import { useWords } from '../strings/index.ts';
import { runsOf } from './closedDays.ts';
import css from './Detail.module.css';
import { dayOf, hoursAndMinutes } from './timeWords.ts';

/** How a time came about: what was agreed, which working time counted, which days did not, by whose calendar. */
export function Explanation({ explanation }: { explanation: ExplanationView }) {
  const words = useWords();
  const { segments, closed } = explanation;
  const place = segments[0]?.from.zones[0]?.place;
  const total = segments.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <section aria-labelledby="how-came">
      <h3 id="how-came">{words.detail.howCame}</h3>
      <dl className={css.facts}>
        <div>
          <dt>{words.detail.target}</dt>
          <dd>{explanation.target}</dd>
        </div>
        <div>
          <dt>{words.detail.calendar}</dt>
          <dd>{explanation.calendar}</dd>
        </div>
      </dl>
      {segments.length > 0 && (
        <table className={css.segments}>
          <caption>
            {words.detail.counted}
            {place && <span> · {words.detail.timesIn(place)}</span>}
          </caption>
          <thead>
            <tr>
              <th scope="col">{words.detail.from}</th>
              <th scope="col">{words.detail.to}</th>
              <th scope="col">{words.detail.time}</th>
            </tr>
          </thead>
          <tbody>
            {segments.map(({ from, to, seconds }) => (
              <tr key={from.at}>
                <td>{textOf(from)}</td>
                <td>{withoutSameDay(textOf(to), textOf(from))}</td>
                <td>{words.duration(...hoursAndMinutes(seconds))}</td>
              </tr>
            ))}
          </tbody>
          {segments.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={2}>
                  {words.detail.total}
                </th>
                <td>{words.duration(...hoursAndMinutes(total))}</td>
              </tr>
            </tfoot>
          )}
        </table>
      )}
      {closed.length > 0 && (
        <>
          <h4>{words.detail.closedDays}</h4>
          <ul className={css.closed}>
            {runsOf(closed).map(({ from, to, text }) => (
              <li key={from}>
                <CalendarCancel16Regular aria-hidden />
                <span>
                  <b>{from === to ? dayOf(from, words.locale) : `${dayOf(from, words.locale)} – ${dayOf(to, words.locale)}`}</b> {text}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {explanation.pausedSeconds > 0 && (
        <p className={css.note}>{words.detail.paused(words.duration(...hoursAndMinutes(explanation.pausedSeconds)))}</p>
      )}
      {explanation.assumed && (
        <p className={css.note}>
          <Info16Regular aria-hidden /> {words.detail.assumed}
        </p>
      )}
    </section>
  );
}

/** The calendar's own zone stands first. */
const textOf = (time: TimeView): string => time.zones[0]?.text ?? time.at;
