import type { ReviewView } from '../../bot/contract/review.ts';
import { hashOf } from '../pages/route.ts';
import { useWords } from '../strings/index.ts';
import css from './Row.module.css';
import { Status } from './Status.tsx';

/** One date of a review in a list; its sentence says when. The whole row leads to its page. */
export function ReviewRow({ review }: { review: ReviewView }) {
  const words = useWords().reviews;
  const title = `review-${review.id}`;
  return (
    <li className={css.row} data-review={review.id}>
      <article aria-labelledby={title}>
        <div className={css.top}>
          <Status tone={review.tone} text={review.status} />
          <span className={css.urgent}>{words.items(review.items.length)}</span>
        </div>
        <h3 className={css.title} id={title}>
          <a href={hashOf({ page: 'review', id: review.id })} dir="auto">
            {review.name}
          </a>
        </h3>
        <p className={css.sentence}>{review.sentence}</p>
      </article>
    </li>
  );
}
