import { type ChartProps, HorizontalBarChart } from '@fluentui/react-charts';
import { tokens } from '@fluentui/react-components';
import type { FiguresView, FigureView } from '../../bot/contract/figures.ts';
import { useWords } from '../strings/index.ts';
import css from './Figures.module.css';

/** What is drawn: figures that both sides have, by which they are compared. */
const DRAWN = ['responses.inTime', 'responses.halfWorking', 'approvals.inTime'] as const;

/**
 * Both sides as bars, each period with its own: what the tables say, for the eye. Every bar says in words whose it is and what it shows, so that
 * colour only adds to it. People who hear the page have the tables, which say the same.
 */
export default function FigureBars({ sides }: Pick<FiguresView, 'sides'>) {
  const words = useWords().figures;
  const charts = DRAWN.flatMap((key) => {
    const rows = sides.flatMap(({ side, name, figures }) => {
      const figure = figures.find((each) => each.key === key);
      return figure ? [{ side, name, figure }] : [];
    });
    const drawn = rows.some(({ figure }) => figure.value !== null || (figure.before && figure.before.value !== null));
    return drawn ? [{ key, label: rows[0]!.figure.label, bars: barsOf(rows, words) }] : [];
  });
  if (!charts.length) return null;
  return (
    <div className={css.charts} inert>
      {charts.map(({ key, label, bars }) => (
        <figure key={key} className={css.chart} data-chart={key}>
          <figcaption>{label}</figcaption>
          <HorizontalBarChart data={bars} hideTooltip chartDataMode="hidden" barHeight={10} />
        </figure>
      ))}
    </div>
  );
}

interface Row {
  readonly name: string;
  readonly figure: FigureView;
}

function barsOf(rows: readonly Row[], words: { now: string; before: string }): ChartProps[] {
  const values = rows.flatMap(({ figure }) => [figure.value, figure.before?.value ?? null]).filter((value) => value !== null);
  const whole = rows[0]?.figure.unit === 'share' ? 1 : Math.max(...values, 0);
  const bar = (title: string, value: number | null, color: string): ChartProps => ({
    chartTitle: title,
    // a bar of nothing is still a bar: the rest of it shows how long it could be
    chartData: [{ legend: title, horizontalBarChartdata: { x: value ?? 0, total: whole || 1 }, color }],
  });
  return rows.flatMap(({ name, figure }) => [
    bar(`${name}: ${figure.text}`, figure.value, tokens.colorBrandBackground),
    ...(figure.before ? [bar(`${words.before}: ${figure.before.text}`, figure.before.value, tokens.colorNeutralStrokeAccessible)] : []),
  ]);
}
