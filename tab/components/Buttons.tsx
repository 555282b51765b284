import { Button, useRestoreFocusTarget } from '@fluentui/react-components';
import type { ActionView } from '../../bot/contract/obligation.ts';
import css from './Buttons.module.css';

interface ButtonsProps {
  actions: readonly ActionView[];
  /** What they are about, for people who hear the page. */
  about: string;
  busy: boolean;
  onPress(action: ActionView): void;
}

/** The buttons of a thing that is no row. */
export function Buttons({ actions, about, busy, onPress }: ButtonsProps) {
  // The form that a button opens gives the keyboard back to it, and the page to those who hear it.
  const restore = useRestoreFocusTarget();
  if (!actions.length) return null;
  return (
    <div className={css.buttons}>
      {actions.map((action) => (
        <Button
          key={`${action.verb} ${action.label}`}
          {...restore}
          size="small"
          disabledFocusable={busy}
          title={action.hint}
          aria-label={`${action.label} (${about})`}
          onClick={() => onPress(action)}
        >
          {action.label}
        </Button>
      ))}
    </div>
  );
}
