import { Button } from '@fluentui/react-components';
import { Video16Regular } from '@fluentui/react-icons';
import { lazy, Suspense } from 'react';
import type { ActionView } from '../../bot/contract/obligation.ts';
import type { ReviewView } from '../../bot/contract/review.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { isOver, minutesOfMeeting, minutesToStart } from '../pages/reviewTime.ts';
import { useWords } from '../strings/index.ts';
import { Agenda } from './Agenda.tsx';
import { Buttons } from './Buttons.tsx';
import { Fact } from './Fact.tsx';
import { Notes } from './Notes.tsx';
import { Outcome } from './Outcome.tsx';
import { Past } from './Past.tsx';
import css from './Review.module.css';
import { Status } from './Status.tsx';
import { BothTimes } from './Times.tsx';

const Figures = lazy(() => import('./Figures.tsx'));

/** From so many minutes before its start on a review says when it begins. */
const SOON_MINUTES = 60;

export interface ReviewProps {
  review: ReviewView;
  /** The service's time, as last heard. */
  now: string;
  /** Whose clock the history is told by. */
  side: Side;
  busy: boolean;
  openLink(url: string): void;
  /** @param about - what the press is about, in words */
  onPress(action: ActionView, about: string): void;
}

/** One date of a review: when it is, its agenda, what came out of it, the figures, and what happened. */
export function Review({ review, now, side, busy, openLink, onPress }: ReviewProps) {
  const words = useWords();
  const { startsAt, movedFrom, joinUrl, outcome, figures } = review;
  const own = startsAt?.zones.find((zone) => zone.side === side) ?? startsAt?.zones[0];
  return (
    <div className={css.review} data-review={review.id}>
      <section className={css.about} aria-label={review.name}>
        <div className={css.top}>
          <Status tone={review.tone} text={review.status} />
          <Clock review={review} now={now} />
        </div>
        <p>{review.sentence}</p>
        {(startsAt || movedFrom) && (
          <dl className={css.facts}>
            {startsAt && (
              <Fact name={words.reviews.when}>
                <BothTimes time={startsAt} />
                {words.reviews.minutes(review.minutes)}
              </Fact>
            )}
            {movedFrom && (
              <Fact name={words.reviews.moved}>
                <BothTimes time={movedFrom} />
              </Fact>
            )}
          </dl>
        )}
        <Notes notes={review.notes} />
        <div className={css.buttons}>
          {joinUrl && !isOver(review) && (
            <Button size="small" appearance="primary" icon={<Video16Regular />} onClick={() => openLink(joinUrl)}>
              {words.reviews.join}
            </Button>
          )}
          <Buttons actions={review.actions} about={review.name} busy={busy} onPress={(action) => onPress(action, review.name)} />
        </div>
      </section>
      {outcome && isOver(review) && <Outcome outcome={outcome} over />}
      <Agenda review={review} now={now} busy={busy} onPress={onPress} />
      {outcome && review.state === 'running' && <Outcome outcome={outcome} over={false} />}
      {figures && (
        <Suspense fallback={null}>
          <Figures figures={figures} />
        </Suspense>
      )}
      {own && <Past history={review.history} zone={own.zone} place={own.place} open={false} />}
    </div>
  );
}

/** How long until it begins, or how much of it is left: by the service's time. */
function Clock({ review, now }: Pick<ReviewProps, 'review' | 'now'>) {
  const words = useWords().reviews;
  if (review.state === 'running') {
    const left = minutesOfMeeting(review, now);
    return left === null ? null : <span className={css.clock}>{words.meetingLeft(left)}</span>;
  }
  const until = review.state === 'planned' || review.state === 'prepared' ? minutesToStart(review, now) : null;
  return until === null || until > SOON_MINUTES || until < 0 ? null : <span className={css.clock}>{words.begins(until)}</span>;
}
