import { Button, FluentProvider, Select, teamsDarkTheme, teamsHighContrastTheme, teamsLightTheme } from '@fluentui/react-components';
import { PeopleTeamRegular, PersonQuestionMarkRegular } from '@fluentui/react-icons';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { MeView } from '../../bot/contract/today.ts';
import type { Host, ThemeName } from '../api/host.ts';
import type { Service } from '../api/service.ts';
import { DataLink } from '../components/DataLink.tsx';
import { Loading } from '../components/Loading.tsx';
import { Message } from '../components/Message.tsx';
import { Nav } from '../components/Nav.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { stringsFor, useWords, WordsProvider } from '../strings/index.ts';
import css from './App.module.css';
import { Overview } from './Overview.tsx';
import { matterKindOf, type Route } from './route.ts';
import { Today } from './Today.tsx';
import { useMe } from './useMe.ts';
import { usePartnershipOf } from './usePartnershipOf.ts';
import { goTo, useRoute } from './useRoute.ts';

const Config = lazy(() => import('./Config.tsx'));
const Agreement = lazy(() => import('./Agreement.tsx'));
const Data = lazy(() => import('./Data.tsx'));
const MattersPage = lazy(() => import('./Matters.tsx'));
const People = lazy(() => import('./People.tsx'));
const Reviews = lazy(() => import('./Reviews.tsx'));

const THEMES = { light: teamsLightTheme, dark: teamsDarkTheme, contrast: teamsHighContrastTheme };

interface AppProps {
  host: Host;
  service: Service;
  /** The partnership that this channel's tab was set up for. */
  channelPartnershipId: string | null;
}

export function App(props: AppProps) {
  const [theme, setTheme] = useState<ThemeName>(props.host.theme);
  useEffect(() => props.host.onTheme(setTheme), [props.host]);
  // The browser's own parts (calendars of date fields, scroll bars) follow.
  useEffect(() => {
    document.documentElement.style.colorScheme = theme === 'light' ? 'light' : 'dark';
    document.documentElement.style.backgroundColor = THEMES[theme].colorNeutralBackground3;
  }, [theme]);
  return (
    <FluentProvider theme={THEMES[theme]}>
      <WordsProvider value={stringsFor(props.host.locale)}>
        {/* Inside the provider: what the provider itself wears, menus and dialogs wear as well. */}
        <div className={css.app} data-theme={theme}>
          <Pages {...props} />
        </div>
      </WordsProvider>
    </FluentProvider>
  );
}

/** Nothing is shown before it is known who looks. */
function Pages({ host, service, channelPartnershipId }: AppProps) {
  const route = useRoute();
  const { me, problem, look } = useMe(service);
  if (problem) return <ProblemMessage problem={problem} onRetry={look} />;
  if (!me) return <Loading />;
  if (route.page === 'data') {
    return (
      <Suspense fallback={<Loading />}>
        <Data service={service} />
      </Suspense>
    );
  }
  if (me.partnerships.length === 0) return me.bound ? <NoPartnership /> : <Unbound whoCanBind={me.whoCanBind} look={look} />;
  if (host.configuring || route.page === 'config') {
    return (
      <Suspense fallback={<Loading />}>
        <Config host={host} partnerships={me.partnerships} />
      </Suspense>
    );
  }
  return <Places host={host} service={service} me={me} route={route} channelPartnershipId={channelPartnershipId} />;
}

/** Which partnership is meant: the one in the address, the channel's, the only one; else the person chooses. */
function Places({ host, service, me, route, channelPartnershipId }: AppProps & { me: MeView; route: Route }) {
  const only = me.partnerships.length === 1 ? me.partnerships[0]!.id : null;
  const standing = channelPartnershipId ?? only;
  const { partnershipId, problem } = usePartnershipOf(service, route, standing);
  if (problem) return <ProblemMessage problem={problem} onRetry={() => goTo({ page: 'home' })} />;
  if (route.page === 'home' && !standing) return <Overview partnerships={me.partnerships} />;
  if (!partnershipId) return <Loading />;
  const mine = me.partnerships.find(({ id }) => id === partnershipId);
  const nav = <Nav partnershipId={partnershipId} page={route.page} owner={mine?.owner ?? false} />;
  const kind = matterKindOf(route.page);
  if (kind) {
    const about = { service, partnershipId, name: mine?.name ?? '', nav, kind };
    return (
      <Suspense fallback={<Loading />}>
        <MattersPage key={`${partnershipId} ${kind}`} host={host} openId={route.page === kind ? route.id : null} {...about} />
      </Suspense>
    );
  }
  // Beside a meeting the page is about the meeting, until somebody goes elsewhere.
  if (route.page === 'reviews' || route.page === 'review' || (host.beside && route.page === 'home')) {
    const about = { service, partnershipId, name: mine?.name ?? '', nav };
    return (
      <Suspense fallback={<Loading />}>
        <Reviews
          key={partnershipId}
          host={host}
          openId={route.page === 'review' ? route.id : null}
          held={route.page === 'home'}
          {...about}
        />
      </Suspense>
    );
  }
  if (route.page === 'agreement' || route.page === 'people') {
    const Page = route.page === 'people' ? People : Agreement;
    return (
      <Suspense fallback={<Loading />}>
        <Page key={partnershipId} service={service} partnershipId={partnershipId} name={mine?.name ?? ''} nav={nav} />
      </Suspense>
    );
  }
  return (
    <Today
      key={partnershipId}
      host={host}
      service={service}
      partnershipId={partnershipId}
      openId={route.page === 'obligation' ? route.id : null}
      home={partnershipId === standing ? { page: 'home' } : { page: 'partnership', id: partnershipId }}
      picker={standing ? null : <Picker me={me} partnershipId={partnershipId} />}
      nav={nav}
    />
  );
}

function Picker({ me, partnershipId }: { me: MeView; partnershipId: string }) {
  const words = useWords().today;
  const go = (id: string) => goTo(id ? { page: 'partnership', id } : { page: 'home' });
  return (
    <div className={css.picker}>
      <Select aria-label={words.partnership} value={partnershipId} onChange={(_event, data) => go(data.value)}>
        <option value="">{words.all}</option>
        {me.partnerships.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}

function Unbound({ whoCanBind, look }: { whoCanBind: string | null; look(): void }) {
  const words = useWords().unbound;
  return (
    <Message icon={<PersonQuestionMarkRegular fontSize={48} />} title={words.title}>
      <p>{whoCanBind ?? words.whoever}</p>
      <p>{words.hint}</p>
      <Button onClick={look}>{words.look}</Button>
      <DataLink />
    </Message>
  );
}

function NoPartnership() {
  const words = useWords().none;
  return (
    <Message icon={<PeopleTeamRegular fontSize={48} />} title={words.title}>
      <p>{words.hint}</p>
      <DataLink />
    </Message>
  );
}
