import { ArrowRight16Filled, CheckmarkCircle16Regular, Circle16Regular, SubtractCircle16Regular } from '@fluentui/react-icons';
import { useEffect, useRef } from 'react';
import type { MatterView, StepView } from '../../bot/contract/matter.ts';
import type { ActionView } from '../../bot/contract/obligation.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { useWords } from '../strings/index.ts';
import { Buttons } from './Buttons.tsx';
import { Fact } from './Fact.tsx';
import css from './Matter.module.css';
import { Notes } from './Notes.tsx';
import { Past } from './Past.tsx';
import { Status } from './Status.tsx';
import { BothTimes } from './Times.tsx';

const ICONS: Readonly<Record<StepView['state'], typeof Circle16Regular>> = {
  done: CheckmarkCircle16Regular,
  now: ArrowRight16Filled,
  next: Circle16Regular,
  skipped: SubtractCircle16Regular,
};

interface MatterProps {
  matter: MatterView;
  /** A link led to it: it is brought into sight. */
  meant: boolean;
  /** Whose clock the history is told by. */
  side: Side;
  busy: boolean;
  onPress(action: ActionView): void;
}

/** All about one matter: where it stands, what was asked, the steps on its way, what can be said, and what happened. */
export function Matter({ matter, meant, side, busy, onPress }: MatterProps) {
  const words = useWords();
  const title = `matter-${matter.id}`;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (meant) heading.current?.focus();
  }, [meant]);
  const own = matter.since.zones.find((zone) => zone.side === side) ?? matter.since.zones[0];
  return (
    <article className={`${css.matter} ${meant ? css.open : ''}`} aria-labelledby={title} data-matter={matter.id}>
      <div>
        <Status tone={matter.tone} text={matter.status} />
      </div>
      <div>
        <h3 id={title} ref={heading} tabIndex={-1} dir="auto">
          {matter.title}
        </h3>
        <p className={css.sentence}>{matter.sentence}</p>
      </div>
      <Buttons actions={matter.actions} about={matter.title} busy={busy} onPress={onPress} />
      <dl className={css.facts}>
        {matter.said.map(({ label, text }) => (
          <Fact key={label} name={label}>
            <span dir="auto">{text}</span>
          </Fact>
        ))}
        {matter.waitingFor && (
          <Fact name={words.matters.turn}>
            {matter.waitingFor.name}
            {matter.waitingFor.role && ` (${matter.waitingFor.role})`}
          </Fact>
        )}
        {matter.expectedBy && (
          <Fact name={matter.timeLabel}>
            <BothTimes time={matter.expectedBy} />
          </Fact>
        )}
        <Fact name={words.row.since}>
          <BothTimes time={matter.since} />
        </Fact>
        {matter.endedAt && (
          <Fact name={words.matters.endedAt[matter.kind]}>
            <BothTimes time={matter.endedAt} />
          </Fact>
        )}
      </dl>
      {matter.steps.length > 0 && (
        <ol className={css.steps} aria-label={words.matters.onTheWay}>
          {matter.steps.map(({ text, state }) => {
            const Icon = ICONS[state];
            return (
              <li key={text} className={state === 'now' ? css.now : undefined} aria-current={state === 'now' ? 'step' : undefined}>
                <Icon aria-hidden />
                <span>
                  <span className={css.unseen}>{words.matters.step[state]}: </span>
                  {text}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      <Notes notes={matter.notes} />
      {own && <Past history={matter.history} zone={own.zone} place={own.place} open={meant} />}
    </article>
  );
}
