import type { MatterView } from '../../bot/contract/matter.ts';
import { hashOf } from '../pages/route.ts';
import { useWords } from '../strings/index.ts';
import { Fact } from './Fact.tsx';
import css from './Row.module.css';
import { Status } from './Status.tsx';
import { BothTimes } from './Times.tsx';

/** Help or a decision among what waits for a side. The whole row leads to its page, where all can be said about it. */
export function MatterRow({ matter }: { matter: MatterView }) {
  const words = useWords().matters;
  const title = `matter-${matter.id}`;
  return (
    <li className={css.row} data-matter={matter.id}>
      <article aria-labelledby={title}>
        <div className={css.top}>
          <Status tone={matter.tone} text={matter.status} />
          <span className={css.urgent}>{matter.yours ? words.yours : words.kind[matter.kind]}</span>
        </div>
        <h3 className={css.title} id={title}>
          <a href={hashOf({ page: matter.kind, id: matter.id })} dir="auto">
            {matter.title}
          </a>
        </h3>
        <p className={css.sentence}>{matter.sentence}</p>
        {matter.expectedBy && (
          <dl className={css.facts}>
            <Fact name={matter.timeLabel}>
              <BothTimes time={matter.expectedBy} />
            </Fact>
          </dl>
        )}
      </article>
    </li>
  );
}
