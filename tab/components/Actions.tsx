import { Button, useRestoreFocusTarget } from '@fluentui/react-components';
import { ChevronDown16Regular } from '@fluentui/react-icons';
import { lazy, Suspense } from 'react';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './Actions.module.css';
import { useDesk } from './desk.ts';

const MoreMenu = lazy(() => import('./MoreMenu.tsx'));

interface ActionsProps {
  row: ObligationView;
  /** The row in words, and the element that says them: what a button is about, for people who hear the page. */
  what: string;
  describedBy: string;
  size?: 'small' | 'medium';
  /** How many buttons stand beside More at most. */
  most?: number;
}

/** The buttons of a row: the few first, the rest behind More. A button that needs more than a click opens its form. */
export function Actions({ row, what, describedBy, size = 'small', most = 4 }: ActionsProps) {
  const words = useWords().row;
  const { press, busy } = useDesk();
  const waiting = busy.has(row.id);
  const few = row.actions.filter(({ rank }) => rank === 'few').slice(0, most);
  const more = row.actions.filter((action) => !few.includes(action));
  // The form that a button opens gives the keyboard back to it, and the page to those who hear it.
  const restore = useRestoreFocusTarget();
  if (!row.actions.length) return null;
  const placeholder = (
    <Button size={size} appearance="subtle" disabledFocusable icon={<ChevronDown16Regular />} iconPosition="after">
      {words.more}
    </Button>
  );
  return (
    <div className={css.actions}>
      {few.map((action, index) => (
        <Button
          key={`${action.verb} ${action.label}`}
          {...restore}
          size={size}
          appearance={index === 0 ? 'outline' : 'subtle'}
          // Stays focusable while an action is under way: a button that goes away under the finger loses the keyboard's place.
          disabledFocusable={waiting}
          title={action.hint}
          aria-describedby={describedBy}
          onClick={() => press(row, action)}
        >
          {action.label}
        </Button>
      ))}
      {more.length > 0 && (
        <Suspense fallback={placeholder}>
          <MoreMenu actions={more} what={what} size={size} waiting={waiting} onPress={(action) => press(row, action)} />
        </Suspense>
      )}
    </div>
  );
}
