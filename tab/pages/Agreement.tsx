import { CalendarInfo16Regular } from '@fluentui/react-icons';
import { type ReactNode, useCallback } from 'react';
import type { AgreementView, CalendarView, SideTerms } from '../../bot/contract/charter.ts';
import type { ActionView } from '../../bot/contract/obligation.ts';
import type { Service } from '../api/service.ts';
import { Buttons } from '../components/Buttons.tsx';
import { Fact } from '../components/Fact.tsx';
import { Loading } from '../components/Loading.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { useWords } from '../strings/index.ts';
import css from './Page.module.css';
import { Page } from './Page.tsx';
import { usePage } from './usePage.ts';

export interface PartnershipPage {
  service: Service;
  partnershipId: string;
  name: string;
  nav: ReactNode;
}

/** What both sides agreed, and the calendars all times are counted by; its owner corrects his side's own here. */
export default function Agreement({ service, partnershipId, name, nav }: PartnershipPage) {
  const words = useWords().agreement;
  const load = useCallback(() => service.agreement(partnershipId), [service, partnershipId]);
  const { view, problem, busy, press, look, ...rest } = usePage<AgreementView>(service, partnershipId, load);
  if (!view) return problem ? <ProblemMessage problem={problem} onRetry={() => void look()} /> : <Loading />;
  const { charter, calendars, you } = view;
  const nameOf = (calendar: CalendarView) => words.calendar(charter.sides[calendar.side].name, calendar.place);
  return (
    <Page nav={nav} name={name} title={words.title} {...rest}>
      <section className={css.lines}>
        <p>
          {words.version(charter.version)}. {charter.state}
        </p>
        {charter.note && <p className={css.hint}>{charter.note}</p>}
        <Buttons actions={charter.actions} about={words.title} busy={busy} onPress={(action) => press(action, words.title)} />
      </section>
      <div className={css.two}>
        <Terms side={charter.sides.client} />
        <Terms side={charter.sides.provider} />
      </div>
      <section>
        <h2>{words.calendars}</h2>
        {!you.owner && <p className={css.hint}>{words.theirs}</p>}
        <div className={css.two}>
          {calendars.map((calendar) => (
            <Calendar
              key={calendar.key}
              calendar={calendar}
              title={nameOf(calendar)}
              busy={busy}
              onPress={(action) => press(action, nameOf(calendar))}
            />
          ))}
        </div>
      </section>
      <Lines title={words.consequences} lines={charter.consequences} />
      <Lines title={words.audience} lines={charter.audience} />
    </Page>
  );
}

function Terms({ side }: { side: SideTerms }) {
  const words = useWords().agreement;
  return (
    <section className={css.box} aria-label={side.name}>
      <h3>{side.name}</h3>
      <dl className={css.facts}>
        <Fact name={words.answers}>{side.answers}</Fact>
        <Fact name={words.urgent}>{side.urgent}</Fact>
        <Fact name={words.who}>{[...new Set([...side.roles, ...side.services])].join(', ')}</Fact>
        <Fact name={words.agreed}>{side.agreed}</Fact>
      </dl>
    </section>
  );
}

interface CalendarProps {
  calendar: CalendarView;
  title: string;
  busy: boolean;
  onPress(action: ActionView): void;
}

function Calendar({ calendar, title, busy, onPress }: CalendarProps) {
  const words = useWords().agreement;
  const { roles, hours, closed, note, said, actions } = calendar;
  return (
    <section className={css.box} aria-label={title} data-calendar={calendar.key}>
      <h3>{title}</h3>
      <dl className={css.facts}>
        {roles.length > 0 && <Fact name={words.roles}>{roles.join(', ')}</Fact>}
        <Fact name={words.hours}>
          <Items lines={hours} />
        </Fact>
        <Fact name={words.closed}>{closed.length ? <Items lines={closed} /> : words.nothingClosed}</Fact>
      </dl>
      {note && (
        <p className={css.note}>
          <CalendarInfo16Regular aria-hidden /> <span>{note}</span>
        </p>
      )}
      {said.length > 0 && (
        <ul className={css.said} aria-label={words.said}>
          {said.map(({ id, text, who, undo }) => (
            <li key={id}>
              <span>
                {text}
                <span className={css.who}>{who}</span>
              </span>
              {undo && <Buttons actions={[undo]} about={text} busy={busy} onPress={onPress} />}
            </li>
          ))}
        </ul>
      )}
      <Buttons actions={actions} about={title} busy={busy} onPress={onPress} />
    </section>
  );
}

const Items = ({ lines }: { lines: readonly string[] }) => (
  <ul>
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <ul className={css.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
