import {
  FluentProvider,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  ProgressBar,
  Spinner,
  teamsDarkTheme,
  teamsHighContrastTheme,
  teamsLightTheme,
} from '@fluentui/react-components';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { DeskClock, DeskMove, DeskState } from '../contract.ts';
import { api } from './api.ts';
import { share } from './Clock.tsx';
import { Conversation } from './Conversation.tsx';
import { ConversationList } from './ConversationList.tsx';
import { MailDialog, type MailDraft } from './MailDialog.tsx';
import { OutsideDialog } from './OutsideDialog.tsx';
import { recall, remember, useLook } from './remember.ts';
import type { TabAt, Theme } from './Tab.tsx';
import { TopBar } from './TopBar.tsx';
import { teamsPlace } from './teamsPlace.ts';

const THEMES = { default: teamsLightTheme, dark: teamsDarkTheme, contrast: teamsHighContrastTheme };

/** What is said of the service, as long as it is not simply there. */
const CONDITION: Readonly<Record<DeskClock['service'], { title: string; text: string; calm: boolean }>> = {
  starting: { title: 'Starting', text: 'The service is starting. Cards appear in a moment.', calm: true },
  telling: {
    title: 'The story so far',
    text: 'The last days are passing in quick motion: people agree, write and answer, and cards appear. The buttons are yours in a moment.',
    calm: true,
  },
  up: { title: '', text: '', calm: true },
  down: { title: 'Stopped', text: 'The service has stopped. The terminal says why.', calm: false },
};

/** The whole desk: who is looking, the clock, conversations, and the one that is open. */
export function Desk() {
  const [look, setLook] = useLook();
  const [theme, setTheme] = useState<Theme>(
    () => (recall('theme') as Theme | null) ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default'),
  );
  const [state, setState] = useState<DeskState>();
  const [clock, setClock] = useState<DeskClock>();
  const [problem, setProblem] = useState<string>();
  const [lost, setLost] = useState(false);
  const [changes, setChanges] = useState(0);
  const [draft, setDraft] = useState<MailDraft>();
  const [outside, setOutside] = useState<string>();
  const [place, setPlace] = useState<TabAt>();

  const load = useCallback(async () => {
    try {
      const found = await api.state(look.as);
      setState(found);
      setClock(found.clock);
      setLost(false);
      if (!look.as) setLook({ as: found.firstLooking, conversation: '' });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, [look.as, setLook]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again with each change that the stream tells
  useEffect(() => void load(), [load, changes]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return api.listen(
      (event) => {
        if (event.kind === 'clock') setClock(event.clock);
        setLost(false);
        // Several changes in a row are read once.
        if (event.kind === 'conversation') {
          clearTimeout(timer);
          timer = setTimeout(() => setChanges((count) => count + 1), 120);
        }
      },
      () => setLost(true),
    );
  }, []);
  useEffect(() => {
    remember('theme', theme);
    document.documentElement.style.colorScheme = theme === 'default' ? 'light' : 'dark';
  }, [theme]);

  const move = useCallback(async (wanted: DeskMove) => {
    setProblem(undefined);
    try {
      setClock((await api.move(wanted)).clock);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, []);
  const openUrl = useCallback(
    (url: string) => {
      const target = new URL(url, location.href);
      if (target.protocol === 'mailto:') {
        const field = (name: string) => target.searchParams.get(name) ?? '';
        setDraft({ to: decodeURIComponent(target.pathname), subject: field('subject'), text: field('body'), replyTo: null });
      } else if (/^https?:$/.test(target.protocol)) {
        const mail = target.hostname.endsWith('outlook.office365.com') ? target.searchParams.get('ItemID') : null;
        const inTeams = teamsPlace(target);
        if (inTeams?.conversation) setLook({ as: look.as, conversation: inTeams.conversation });
        else if (inTeams?.subPage) setPlace((before) => ({ subPage: inTeams.subPage, count: (before?.count ?? 0) + 1 }));
        else if (mail) window.open(`/desk/mail/${encodeURIComponent(mail)}`, '_blank', 'noopener');
        else if (target.origin === location.origin) window.open(target, '_blank', 'noopener');
        else setOutside(target.href);
      }
    },
    [look.as, setLook],
  );

  const person = state?.people.find(({ key }) => key === look.as);
  const conversation = useMemo(
    () => state?.conversations.find(({ id }) => id === look.conversation) ?? state?.conversations[0],
    [state, look.conversation],
  );
  return (
    <FluentProvider theme={THEMES[theme]}>
      <div className="desk" data-theme={theme}>
        {!state || !clock ? (
          <div className="blank">{problem ? <p role="alert">{problem}</p> : <Spinner label="The desk is being laid" />}</div>
        ) : (
          <>
            <TopBar
              state={state}
              clock={clock}
              person={person}
              theme={theme}
              onTheme={setTheme}
              onPerson={(as) => setLook({ as, conversation: look.conversation })}
              onMove={move}
              onWrite={() => setDraft({ to: '', subject: '', text: '', replyTo: null })}
            />
            <div className="notes" aria-live="polite">
              {(problem || lost || clock.service !== 'up') && (
                <MessageBar intent={CONDITION[clock.service].calm && !problem && !lost ? 'info' : 'warning'} layout="multiline">
                  <MessageBarBody>
                    <MessageBarTitle>
                      {lost ? 'Not connected' : problem ? 'That did not work' : CONDITION[clock.service].title}
                    </MessageBarTitle>
                    {lost
                      ? 'The desk does not answer. Is npm start still running? This page connects again by itself.'
                      : (problem ?? CONDITION[clock.service].text)}
                    {clock.service === 'telling' && clock.moving && (
                      <ProgressBar className="told-so-far" thickness="medium" value={share(clock.moving)} />
                    )}
                  </MessageBarBody>
                </MessageBar>
              )}
            </div>
            <div className="room">
              <ConversationList
                conversations={state.conversations}
                openId={conversation?.id}
                as={look.as}
                about={state.about}
                onOpen={(id) => setLook({ as: look.as, conversation: id })}
              />
              {person && conversation && (
                <Conversation
                  key={`${look.as} ${conversation.id}`}
                  person={person}
                  conversation={conversation}
                  host={state.host}
                  commands={state.commands}
                  theme={theme}
                  told={clock.service === 'up' || clock.service === 'down'}
                  place={place}
                  changes={changes}
                  onOpenUrl={openUrl}
                />
              )}
            </div>
            {outside && <OutsideDialog url={outside} onClose={() => setOutside(undefined)} />}
            {draft && person && <MailDialog draft={draft} people={state.people} as={person} onClose={() => setDraft(undefined)} />}
          </>
        )}
      </div>
    </FluentProvider>
  );
}
