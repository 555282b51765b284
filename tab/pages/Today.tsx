import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import { lazy, type ReactNode, Suspense } from 'react';
import type { TodayView } from '../../bot/contract/today.ts';
import type { Host } from '../api/host.ts';
import type { Service } from '../api/service.ts';
import { Answered } from '../components/Answered.tsx';
import { DataLink } from '../components/DataLink.tsx';
import { DeskProvider } from '../components/desk.ts';
import { Loading } from '../components/Loading.tsx';
import { Notice } from '../components/Notice.tsx';
import { Private } from '../components/Private.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { nameOf } from '../components/Row.tsx';
import { SideColumn } from '../components/SideColumn.tsx';
import { BothTimes } from '../components/Times.tsx';
import { useWords } from '../strings/index.ts';
import type { Route } from './route.ts';
import css from './Today.module.css';
import { sidesFor } from './todayState.ts';
import { rowLink, useKeptFocus } from './useKeptFocus.ts';
import { useObligation } from './useObligation.ts';
import { usePresses } from './usePresses.ts';
import { goTo } from './useRoute.ts';
import { useToday } from './useToday.ts';

const Detail = lazy(() => import('../components/Detail.tsx'));
const ActionForm = lazy(() => import('../components/ActionForm.tsx'));

interface TodayProps {
  host: Host;
  service: Service;
  partnershipId: string;
  /** The row whose details are open, and where their closing leads. */
  openId: string | null;
  home: Route;
  /** Lets the person change to another partnership, where there is one. */
  picker: ReactNode | null;
  /** The way to the other pages of the partnership. */
  nav: ReactNode;
}

/** What waits on each side of a partnership, side by side, and all that can be said about it. */
export function Today({ host, service, partnershipId, openId, home, picker, nav }: TodayProps) {
  const words = useWords();
  const today = useToday(service, partnershipId);
  const { view, problem, live, now, told } = today.state;
  const { desk, form, notice, quiet } = usePresses(host, today);
  const keepFocus = useKeptFocus(view, notice);
  const open = useObligation(service, openId, view);

  const said = <Notice notice={notice} onDone={quiet} openLink={desk.openLink} />;
  const close = () => {
    goTo(home);
    // The drawer gives the keyboard back to nothing in particular: it goes to the row that was open.
    if (openId) requestAnimationFrame(() => rowLink(openId)?.focus());
  };
  if (!view) return problem ? <ProblemMessage problem={problem} onRetry={() => void today.refresh()} /> : <Loading />;
  return (
    <DeskProvider value={desk}>
      <main className={css.page} onFocus={keepFocus}>
        <p className={css.unseen} role="status" aria-live="polite">
          {told.rows > 0 && <span key={told.turn}>{words.today.changed(told.rows)}</span>}
        </p>
        <Head view={view} picker={picker} nav={nav} />
        {(problem || !live) && (
          <MessageBar intent="warning" className={css.bar}>
            <MessageBarBody>{problem?.sentence ?? words.today.offline}</MessageBarBody>
          </MessageBar>
        )}
        {view.partnership.paused && (
          <MessageBar intent="info" className={css.bar}>
            <MessageBarBody>{words.today.paused}</MessageBarBody>
          </MessageBar>
        )}
        <Private rows={view.mine} />
        <div className={css.columns}>
          {sidesFor(view.you.side).map((side) => (
            <SideColumn
              key={side}
              side={view.sides[side]}
              rows={view.waitingFor[side]}
              matters={view.matters.filter(({ waitingFor }) => waitingFor?.side === side)}
              yours={side === view.you.side}
              now={now}
            />
          ))}
        </div>
        {view.waitingFor.client.length + view.waitingFor.provider.length === 0 && <p className={css.hint}>{words.today.nothingHint}</p>}
        <Answered rows={view.answered} />
        <Foot view={view} />
      </main>
      <Suspense fallback={null}>
        {openId && (
          <Detail row={open} side={view.you.side} onClose={close}>
            {said}
          </Detail>
        )}
        {form && <ActionForm action={form.action} what={nameOf(form.row)} onSend={form.send} onCancel={form.cancel} />}
      </Suspense>
      {!openId && said}
    </DeskProvider>
  );
}

function Head({ view, picker, nav }: { view: TodayView; picker: ReactNode | null; nav: ReactNode }) {
  const words = useWords().today;
  const { looksAs } = view.you;
  return (
    <header className={css.head}>
      {nav}
      {picker ?? <p className={css.partnership}>{view.partnership.name}</p>}
      <h1>{view.headline}</h1>
      <p className={css.charter}>{view.charter.text}</p>
      {looksAs && <p className={css.charter}>{words.looksAs[looksAs]}</p>}
    </header>
  );
}

function Foot({ view }: { view: TodayView }) {
  const words = useWords();
  const { text, lastReadAt } = view.coverage;
  return (
    <footer className={css.foot}>
      <h2>{words.today.coverage}</h2>
      <p>{text}</p>
      {lastReadAt && (
        <p className={css.read}>
          {words.today.lastRead} <BothTimes time={lastReadAt} />
        </p>
      )}
      <DataLink />
    </footer>
  );
}
