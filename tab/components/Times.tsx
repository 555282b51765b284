import type { TimeView } from '../../bot/contract/obligation.ts';
import { withoutSameDay } from '../../bot/contract/sameDay.ts';
import css from './Times.module.css';

/** One instant as both sides read it: `Wed 25 Nov, 18:00 Manila`, and under it `11:00 Amsterdam` (with its day where that differs). */
export function BothTimes({ time }: { time: TimeView }) {
  const [first, second] = time.zones;
  if (!first) return null;
  return (
    <time dateTime={time.at} className={css.both}>
      <span className={css.first}>
        {first.text} <span className={css.place}>{first.place}</span>
      </span>
      {second && (
        <span className={css.second}>
          {withoutSameDay(second.text, first.text)} <span className={css.place}>{second.place}</span>
        </span>
      )}
    </time>
  );
}
