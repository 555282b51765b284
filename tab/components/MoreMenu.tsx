import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { ChevronDown16Regular } from '@fluentui/react-icons';
import type { ActionView } from '../../bot/contract/obligation.ts';
import { useWords } from '../strings/index.ts';
import css from './Actions.module.css';

interface MoreProps {
  actions: readonly ActionView[];
  what: string;
  size: 'small' | 'medium';
  waiting: boolean;
  onPress(action: ActionView): void;
}

/** What stands behind More. Comes after the first sight of the page: placing a menu takes more code than all rows. */
export default function MoreMenu({ actions, what, size, waiting, onPress }: MoreProps) {
  const words = useWords().row;
  return (
    <Menu positioning="below-start">
      <MenuTrigger disableButtonEnhancement>
        <Button
          size={size}
          appearance="subtle"
          disabledFocusable={waiting}
          icon={<ChevronDown16Regular />}
          iconPosition="after"
          aria-label={words.moreOf(what)}
        >
          {words.more}
        </Button>
      </MenuTrigger>
      <MenuPopover className={css.menu}>
        <MenuList>
          {actions.map((action) => (
            <MenuItem key={`${action.verb} ${action.label}`} subText={action.hint} onClick={() => onPress(action)}>
              {action.label}
              {action.inputs.length > 0 && '…'}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
