import {
  Avatar,
  Badge,
  Button,
  Menu,
  MenuGroup,
  MenuGroupHeader,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components';
import type { DeskClock, DeskMove, DeskPerson, DeskState } from '../contract.ts';
import { Clock } from './Clock.tsx';
import { ChevronIcon, LogoIcon, MailIcon, ThemeIcon } from './icons.tsx';
import type { Theme } from './Tab.tsx';

const KINDS = { member: '', guest: 'guest', external: 'external' };

export function TopBar(props: {
  state: DeskState;
  clock: DeskClock;
  person: DeskPerson | undefined;
  theme: Theme;
  onTheme: (theme: Theme) => void;
  onPerson: (key: string) => void;
  onMove: (move: DeskMove) => void;
  onWrite: () => void;
}) {
  const { state, clock, person, theme } = props;
  const companies = [...new Set(state.people.map(({ company }) => company))];
  return (
    <header className="top">
      <div className="brand">
        <LogoIcon />
        <div>
          <h1>Rapport desk</h1>
          <p>{state.tenant}</p>
        </div>
      </div>
      {person && <Clock clock={clock} places={state.places} person={person} onMove={props.onMove} />}
      <div className="top-tools">
        <Button appearance="subtle" icon={<MailIcon />} aria-label="Write a mail" onClick={props.onWrite}>
          <span className="roomy">Write a mail</span>
        </Button>
        <Menu
          checkedValues={{ theme: [theme] }}
          onCheckedValueChange={(_event, { checkedItems }) => props.onTheme(checkedItems[0] as Theme)}
        >
          <MenuTrigger disableButtonEnhancement>
            <Button appearance="subtle" icon={<ThemeIcon />} aria-label="Theme" title="Theme" />
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItemRadio name="theme" value="default">
                Light
              </MenuItemRadio>
              <MenuItemRadio name="theme" value="dark">
                Dark
              </MenuItemRadio>
              <MenuItemRadio name="theme" value="contrast">
                High contrast
              </MenuItemRadio>
            </MenuList>
          </MenuPopover>
        </Menu>
        <Menu
          checkedValues={{ as: [person?.key ?? ''] }}
          onCheckedValueChange={(_event, { checkedItems }) => checkedItems[0] && props.onPerson(checkedItems[0])}
        >
          <MenuTrigger disableButtonEnhancement>
            <Button appearance="subtle" className="who" aria-label={`Looking as ${person?.name ?? 'nobody'}. Change who is looking`}>
              <Avatar aria-hidden size={28} name={person?.name ?? '?'} color="colorful" />
              <span className="who-words">
                <span className="who-name">{person?.name ?? 'Who is looking?'}</span>
                <span className="who-detail">
                  {person ? `${person.company}${KINDS[person.kind] ? ` (${KINDS[person.kind]})` : ''}` : ''}
                </span>
              </span>
              <ChevronIcon />
            </Button>
          </MenuTrigger>
          <MenuPopover className="who-menu">
            <MenuList>
              {companies.map((company) => (
                <MenuGroup key={company}>
                  <MenuGroupHeader>{company}</MenuGroupHeader>
                  {state.people
                    .filter((one) => one.company === company)
                    .map((one) => (
                      <MenuItemRadio
                        key={one.key}
                        name="as"
                        value={one.key}
                        secondaryContent={KINDS[one.kind] ? <Badge appearance="tint">{KINDS[one.kind]}</Badge> : undefined}
                      >
                        <span className="who-name">{one.name}</span>
                        <span className="who-detail">{one.note || one.title}</span>
                      </MenuItemRadio>
                    ))}
                </MenuGroup>
              ))}
            </MenuList>
          </MenuPopover>
        </Menu>
      </div>
    </header>
  );
}
