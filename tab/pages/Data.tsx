import { Button, Link } from '@fluentui/react-components';
import { useCallback, useEffect, useState } from 'react';
import type { HeldView, MyDataView } from '../../bot/contract/privacy.ts';
import { Problem } from '../api/problem.ts';
import type { Service } from '../api/service.ts';
import { Loading } from '../components/Loading.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { useWords } from '../strings/index.ts';
import css from './Page.module.css';
import { hashOf } from './route.ts';

/** What Rapport holds about whoever looks: each kind with why, where from and how long, all of it to take along. */
export default function Data({ service }: { service: Service }) {
  const words = useWords().data;
  const [view, setView] = useState<MyDataView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const look = useCallback(async () => {
    try {
      setView(await service.myData());
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem('unreadable', { cause: error }));
    }
  }, [service]);
  useEffect(() => void look(), [look]);
  if (problem) return <ProblemMessage problem={problem} onRetry={() => void look()} />;
  if (!view) return <Loading />;
  return (
    <main className={css.page}>
      <header className={css.head}>
        <p>
          <Link href={hashOf({ page: 'home' })}>{words.back}</Link>
        </p>
        <h1>{words.title}</h1>
        <p className={css.hint}>{words.hint}</p>
      </header>
      <dl className={`${css.facts} ${css.box}`}>
        <Line title={words.names} values={view.names} />
        <Line title={words.addresses} values={view.addresses} />
        <Line title={words.partnerships} values={view.partnerships} />
      </dl>
      <p>
        <Button onClick={() => save(view, words.file)}>{words.save}</Button>
      </p>
      {view.held.length === 0 && <p>{words.nothing}</p>}
      {view.held.map((held) => (
        <Held key={held.what} held={held} />
      ))}
      <ul className={css.lines}>
        {view.notes.map((note) => (
          <li key={note} className={css.hint}>
            {note}
          </li>
        ))}
      </ul>
    </main>
  );
}

function Line({ title, values }: { title: string; values: readonly string[] }) {
  const words = useWords().data;
  return (
    <div>
      <dt>{title}</dt>
      <dd dir="auto">{values.join(', ') || words.none}</dd>
    </div>
  );
}

/** Rows are for whoever wants to see them: the newest words first would be a guess, so they stand as they are held. */
function Held({ held }: { held: HeldView }) {
  const words = useWords().data;
  return (
    <section className={css.box}>
      <h2>
        {held.what} <span className={css.hint}>({held.count})</span>
      </h2>
      <dl className={css.facts}>
        <Line title={words.why} values={[held.why]} />
        <Line title={words.from} values={[held.from]} />
        <Line title={words.howLong} values={[held.howLong]} />
      </dl>
      <details>
        <summary>{words.rows(Math.min(held.rows.length, SHOWN))}</summary>
        <ul className={css.lines}>
          {held.rows.slice(0, SHOWN).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own, and never change here
            <li key={index} dir="auto">
              {Object.entries(row)
                .map(([name, value]) => `${name}: ${value}`)
                .join(' · ')}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
const SHOWN = 50;

/** Hands the whole answer to the browser as a file. */
function save(view: MyDataView, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(view, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
