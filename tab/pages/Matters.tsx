import { useCallback, useMemo } from 'react';
import type { MatterKind, MattersView, MatterView } from '../../bot/contract/matter.ts';
import type { Host } from '../api/host.ts';
import { isLink } from '../api/link.ts';
import { Buttons } from '../components/Buttons.tsx';
import { Loading } from '../components/Loading.tsx';
import { Matter } from '../components/Matter.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { useWords } from '../strings/index.ts';
import type { PartnershipPage } from './Agreement.tsx';
import css from './Page.module.css';
import { Page } from './Page.tsx';
import { usePage } from './usePage.ts';

interface MattersProps extends PartnershipPage {
  host: Host;
  kind: MatterKind;
  /** The one that a link led to. */
  openId: string | null;
}
interface Seen {
  readonly all: MattersView;
  /** The one that is meant, where it ended too long ago to stand in the list. */
  readonly alone: MatterView | null;
}
const cursorOf = ({ all }: Seen): string => all.cursor;

/** Every matter of one kind: what is open, with all that can be said about it, and what ended lately. */
export default function Matters({ host, service, partnershipId, name, nav, kind, openId }: MattersProps) {
  const words = useWords().matters;
  const load = useCallback(async (): Promise<Seen> => {
    const all = await service.matters(partnershipId, kind);
    const listed = openId === null || [...all.open, ...all.ended].some(({ id }) => id === openId);
    return { all, alone: listed ? null : await service.matter(kind, openId) };
  }, [service, partnershipId, kind, openId]);
  const options = useMemo(() => ({ cursorOf, openLink: (url: string) => void (isLink(url) && host.open(url)) }), [host]);
  const { view, problem, busy, press, look, ...rest } = usePage<Seen>(service, partnershipId, load, options);
  if (!view) return problem ? <ProblemMessage problem={problem} onRetry={() => void look()} /> : <Loading />;
  const { all, alone } = view;
  const show = (matter: MatterView) => (
    <li key={matter.id}>
      <Matter
        matter={matter}
        meant={matter.id === openId}
        side={all.yourSide}
        busy={busy}
        onPress={(action) => press(action, { about: matter.title, subjectId: matter.id, revision: matter.revision })}
      />
    </li>
  );
  return (
    <Page nav={nav} name={name} title={words.title[kind]} {...rest}>
      <Buttons actions={all.begin} about={name} busy={busy} onPress={(action) => press(action, name)} />
      {all.open.length === 0 ? (
        <p className={css.hint}>
          {words.none[kind]} {words.noneHint[kind]}
        </p>
      ) : (
        <ul className={css.cards} aria-label={words.title[kind]}>
          {all.open.map(show)}
        </ul>
      )}
      {(alone || all.ended.length > 0) && (
        <section aria-labelledby="ended">
          <h2 id="ended">{words.ended[kind]}</h2>
          <ul className={css.cards} aria-labelledby="ended">
            {[...(alone ? [alone] : []), ...all.ended].map(show)}
          </ul>
        </section>
      )}
    </Page>
  );
}
