import {
  CalendarCheckmark16Regular,
  CheckmarkCircle16Regular,
  Clock16Regular,
  ClockAlarm16Filled,
  Hourglass16Regular,
  QuestionCircle16Regular,
} from '@fluentui/react-icons';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import css from './Status.module.css';

type Tone = ObligationView['tone'];

const ICONS: Readonly<Record<Tone, typeof Clock16Regular>> = {
  past: ClockAlarm16Filled,
  soon: Hourglass16Regular,
  dated: CalendarCheckmark16Regular,
  calm: Clock16Regular,
  unsure: QuestionCircle16Regular,
  done: CheckmarkCircle16Regular,
};

/** How a row stands: an icon of its own and the words, so that colour only adds to it. */
export function Status({ tone, text }: { tone: Tone; text: string }) {
  const Icon = ICONS[tone];
  return (
    <span className={`${css.status} ${css[tone]}`}>
      <Icon aria-hidden />
      <span>{text}</span>
    </span>
  );
}
