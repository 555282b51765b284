import { useCallback } from 'react';
import type { PeopleView } from '../../bot/contract/people.ts';
import { Buttons } from '../components/Buttons.tsx';
import { Loading } from '../components/Loading.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { useWords } from '../strings/index.ts';
import type { PartnershipPage } from './Agreement.tsx';
import css from './Page.module.css';
import { Page } from './Page.tsx';
import { usePage } from './usePage.ts';

/** For an owner: whose accounts are whose, and who in the channel is nobody yet. */
export default function People({ service, partnershipId, name, nav }: PartnershipPage) {
  const words = useWords().people;
  const load = useCallback(() => service.people(partnershipId), [service, partnershipId]);
  const { view, problem, busy, press, look, ...rest } = usePage<PeopleView>(service, partnershipId, load);
  if (!view) return problem ? <ProblemMessage problem={problem} onRetry={() => void look()} /> : <Loading />;
  return (
    <Page nav={nav} name={name} title={words.title} {...rest}>
      <p className={css.hint}>{words.hint}</p>
      <section aria-labelledby="unknown">
        <h2 id="unknown">{words.unknown}</h2>
        {view.unknown.length === 0 ? (
          <p>{words.nobodyUnknown}</p>
        ) : (
          <ul className={`${css.people} ${css.box}`} aria-labelledby="unknown">
            {view.unknown.map((member) => (
              <li key={member.id} data-account={member.id}>
                <span dir="auto">{member.name}</span>
                <Buttons actions={member.actions} about={member.name} busy={busy} onPress={(action) => press(action, member.name)} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <div className={css.two}>
        {view.sides.map(({ side, name: company, people }) => (
          <section key={side} aria-labelledby={`people-${side}`}>
            <h2 id={`people-${side}`}>{company}</h2>
            <ul className={`${css.people} ${css.box}`} aria-labelledby={`people-${side}`}>
              {people.map((person) => (
                <li key={person.id} data-contact={person.id}>
                  <span>
                    <strong>{person.name}</strong>
                    <span className={css.who}>{person.role}</span>
                  </span>
                  {person.accounts.length === 0 && <span className={css.hint}>{words.noAccount}</span>}
                  {person.accounts.map((account) => (
                    <span key={account.id}>
                      <span dir="auto">{account.name}</span>
                      <span className={css.who}>{account.text}</span>
                      {account.undo && (
                        <Buttons
                          actions={[account.undo]}
                          about={account.name}
                          busy={busy}
                          onPress={(action) => press(action, person.name)}
                        />
                      )}
                    </span>
                  ))}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Page>
  );
}
