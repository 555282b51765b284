import { Button } from '@fluentui/react-components';
import { CheckmarkCircle20Regular, WeatherMoon16Regular, WeatherSunny16Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { MatterView } from '../../bot/contract/matter.ts';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import type { SideView } from '../../bot/contract/today.ts';
import { useWords } from '../strings/index.ts';
import { MatterRow } from './MatterRow.tsx';
import { Row } from './Row.tsx';
import css from './SideColumn.module.css';
import { dayAndTime } from './timeWords.ts';

/** So many rows are shown before *Show more*: the most urgent come first. */
const SHOWN = 12;

/** What waits for one side, under that side's clock. Both sides' columns are built alike. */
export function SideColumn({
  side,
  rows,
  matters,
  yours,
  now,
}: {
  side: SideView;
  rows: readonly ObligationView[];
  /** What waits for this side beside mail. */
  matters: readonly MatterView[];
  yours: boolean;
  now: string | null;
}) {
  const words = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, SHOWN);
  const heading = `waiting-for-${side.side}`;
  return (
    <section className={css.column} aria-labelledby={heading}>
      <header className={css.header}>
        <div className={css.heading}>
          <div>
            <h2 id={heading} tabIndex={-1}>
              {words.today.waitingFor(side.name)}
            </h2>
            {yours && <span className={css.yours}>{words.today.yourSide}</span>}
          </div>
          <span className={css.count}>
            <span aria-hidden>{rows.length + matters.length}</span>
            <span className={css.unseen}>{words.today.count(rows.length + matters.length)}</span>
          </span>
        </div>
        <SideClock side={side} now={now} />
      </header>
      {rows.length + matters.length === 0 ? (
        <p className={css.nothing}>
          <CheckmarkCircle20Regular aria-hidden /> {words.today.nothing(side.name)}
        </p>
      ) : (
        <ul className={css.rows} aria-labelledby={heading}>
          {matters.map((matter) => (
            <MatterRow key={matter.id} matter={matter} />
          ))}
          {shown.map((row) => (
            <Row key={row.id} row={row} within={side.side} />
          ))}
        </ul>
      )}
      {rows.length > SHOWN && (
        <Button appearance="subtle" className={css.more} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.today.fewer : words.today.more(rows.length - SHOWN)}
        </Button>
      )}
    </section>
  );
}

/** Where that side is, what its clock says by the service's time, and whether it works now. */
function SideClock({ side, now }: { side: SideView; now: string | null }) {
  const words = useWords();
  const Icon = side.open ? WeatherSunny16Regular : WeatherMoon16Regular;
  return (
    <p className={css.clock}>
      <Icon aria-label={side.open ? words.today.open : words.today.closed} role="img" />
      <span>
        {side.place} <strong>{now ? dayAndTime(now, side.zone, words.locale, 'weekday') : side.localTime}</strong>
        <span aria-hidden> · </span>
        {side.now}
      </span>
    </p>
  );
}
