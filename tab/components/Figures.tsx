import { ArrowDown16Regular, ArrowUp16Regular, Subtract16Regular } from '@fluentui/react-icons';
import { lazy, Suspense } from 'react';
import { type FiguresView, type FigureView, NONE } from '../../bot/contract/figures.ts';
import { useWords } from '../strings/index.ts';
import css from './Figures.module.css';
import { BothTimes } from './Times.tsx';

const FigureBars = lazy(() => import('./FigureBars.tsx'));

/** How both sides answered, decided and asked for help in a period, beside the period before: in words and numbers, some of it as bars too. */
export default function Figures({ figures }: { figures: FiguresView }) {
  const words = useWords().figures;
  const { from, to, before, sides, both, coverage } = figures;
  return (
    <section aria-labelledby="figures" className={css.figures}>
      <h2 id="figures">{words.title}</h2>
      <p className={css.period}>
        <BothTimes time={from} />
        <span aria-hidden>–</span>
        <BothTimes time={to} />
      </p>
      <p className={css.hint}>{coverage}</p>
      {!before && <p className={css.hint}>{words.nothingBefore}</p>}
      <Suspense fallback={null}>
        <FigureBars sides={sides} />
      </Suspense>
      <div className={css.tables}>
        {sides.map(({ side, name, figures: own }) => (
          <Table key={side} name={name} figures={own} before={before !== null} />
        ))}
        {both.length > 0 && <Table name={words.both} figures={both} before={before !== null} />}
      </div>
    </section>
  );
}

const ICONS = { better: ArrowUp16Regular, worse: ArrowDown16Regular, same: Subtract16Regular } as const;

/** One that says something, in one of the two periods. */
const isSaid = ({ unit, value, text, before }: FigureView): boolean =>
  [{ value, text }, ...(before ? [before] : [])].some((each) => (unit === 'count' ? each.value !== 0 : each.text !== NONE));

/** The figures of a side beside each other; those with nothing in them in a line, so that what counts can be found. */
function Table({ name, figures, before }: { name: string; figures: readonly FigureView[]; before: boolean }) {
  const words = useWords().figures;
  const said = figures.filter(isSaid);
  const rest = figures.filter((figure) => !said.includes(figure));
  return (
    <div>
      {said.length > 0 && (
        <table className={css.table}>
          <caption>{name}</caption>
          <thead>
            <tr>
              <th scope="col">{words.figure}</th>
              <th scope="col">{words.now}</th>
              {before && <th scope="col">{words.before}</th>}
            </tr>
          </thead>
          <tbody>
            {said.map((figure) => (
              <tr key={figure.key}>
                <th scope="row">{figure.label}</th>
                <td>
                  {figure.text}
                  {figure.change && <Change change={figure.change} />}
                </td>
                {before && <td>{figure.before?.text}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rest.length > 0 && (
        <p className={css.rest}>
          {said.length === 0 && `${name}. `}
          {words.nothing(before, rest.map(({ label }) => label).join('; '))}
        </p>
      )}
    </div>
  );
}

/** What became of it in words; the arrow says whether that is good, not whether the number grew. */
function Change({ change }: { change: NonNullable<FigureView['change']> }) {
  const words = useWords().figures;
  const Icon = ICONS[change];
  return (
    <span className={`${css.change} ${css[change]}`}>
      <Icon aria-hidden /> {words.change[change]}
    </span>
  );
}
