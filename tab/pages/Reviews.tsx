import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useCallback, useMemo } from 'react';
import type { ReviewsView, ReviewView } from '../../bot/contract/review.ts';
import type { Host } from '../api/host.ts';
import { isLink } from '../api/link.ts';
import { Loading } from '../components/Loading.tsx';
import { ProblemMessage } from '../components/ProblemMessage.tsx';
import { Review } from '../components/Review.tsx';
import { ReviewRow } from '../components/ReviewRow.tsx';
import { useWords } from '../strings/index.ts';
import type { PartnershipPage } from './Agreement.tsx';
import css from './Page.module.css';
import { Page } from './Page.tsx';
import { usePage } from './usePage.ts';

interface ReviewsProps extends PartnershipPage {
  host: Host;
  /** The one that a link led to. */
  openId: string | null;
  /** Beside a meeting: the one that is held now, or comes next, is opened by itself. */
  held: boolean;
}
interface Seen {
  readonly all: ReviewsView;
  /** The one that is meant, wherever it stands. */
  readonly open: ReviewView | null;
}
const cursorOf = ({ all }: Seen): string => all.cursor;
const nowOf = ({ all }: Seen): string => all.now;

/** The reviews of a partnership: the next date of each, those held lately; or one of them with all that belongs to it. */
export default function Reviews({ host, service, partnershipId, name, nav, openId, held }: ReviewsProps) {
  const words = useWords();
  const load = useCallback(async (): Promise<Seen> => {
    const listed = service.reviews(partnershipId);
    const id = openId ?? (held ? heldOf(await listed)?.id : undefined);
    // of one by itself there is more to see than in the list: its figures
    const [all, open] = await Promise.all([listed, id === undefined ? null : service.review(id)]);
    return { all, open };
  }, [service, partnershipId, openId, held]);
  const openLink = useCallback((url: string) => void (isLink(url) && host.open(url)), [host]);
  const options = useMemo(() => ({ cursorOf, nowOf, openLink }), [openLink]);
  const { view, problem, busy, press, look, now, live, ...rest } = usePage<Seen>(service, partnershipId, load, options);
  // What somebody may not see (any more) does not stay on his screen.
  if (!view || problem?.kind === 'refused') return problem ? <ProblemMessage problem={problem} onRetry={() => void look()} /> : <Loading />;
  const { all } = view;
  // what was looked at before is not what is meant now
  const open = openId === null && !held ? null : view.open;
  if (openId !== null && open?.id !== openId)
    return problem ? <ProblemMessage problem={problem} onRetry={() => void look()} /> : <Loading />;
  const stale = (problem || !live) && (
    <MessageBar intent="warning">
      <MessageBarBody>{problem?.sentence ?? words.today.offline}</MessageBarBody>
    </MessageBar>
  );
  if (open)
    return (
      <Page nav={nav} name={name} title={open.name} meant={openId} {...rest}>
        {stale}
        <Review
          review={open}
          now={now ?? all.now}
          side={all.yourSide}
          busy={busy}
          openLink={openLink}
          onPress={(action, about) => press(action, { about, subjectId: open.id, revision: open.revision })}
        />
      </Page>
    );
  return (
    <Page nav={nav} name={name} title={words.reviews.title} {...rest}>
      {stale}
      {all.next.length + all.held.length === 0 && (
        <p className={css.hint}>
          {words.reviews.none} {words.reviews.noneHint}
        </p>
      )}
      <Rows id="next" title={words.reviews.next} reviews={all.next} />
      <Rows id="held" title={words.reviews.held} reviews={all.held} />
    </Page>
  );
}

/** The one that is held now, else the one that comes next. */
const heldOf = ({ next, held }: ReviewsView): ReviewView | undefined =>
  [...next, ...held].find(({ state }) => state === 'running') ??
  [...next].filter(({ startsAt }) => startsAt).sort((a, b) => (a.startsAt!.at < b.startsAt!.at ? -1 : 1))[0];

function Rows({ id, title, reviews }: { id: string; title: string; reviews: readonly ReviewView[] }) {
  if (!reviews.length) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul className={css.rows} aria-labelledby={id}>
        {reviews.map((review) => (
          <ReviewRow key={review.id} review={review} />
        ))}
      </ul>
    </section>
  );
}
