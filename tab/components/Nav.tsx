import { hashOf, LISTS, matterKindOf, type Route } from '../pages/route.ts';
import { useWords } from '../strings/index.ts';
import css from './Nav.module.css';

/** The pages of one partnership. Who is who is for owners. */
export function Nav({ partnershipId, page, owner }: { partnershipId: string; page: Route['page']; owner: boolean }) {
  const words = useWords().nav;
  const kind = matterKindOf(page);
  const at = kind ? LISTS[kind] : page === 'review' ? 'reviews' : isOwnPage(page) ? page : 'partnership';
  const link = (to: typeof at, text: string) => {
    const here = to === at;
    return (
      <li>
        <a href={hashOf({ page: to, id: partnershipId })} aria-current={here ? 'page' : undefined}>
          {text}
        </a>
      </li>
    );
  };
  return (
    <nav aria-label={words.label} className={css.nav}>
      <ul>
        {link('partnership', words.today)}
        {link('escalations', words.escalation)}
        {link('approvals', words.approval)}
        {link('rhythms', words.rhythm)}
        {link('actionItems', words.actionItem)}
        {link('reviews', words.reviews)}
        {link('agreement', words.agreement)}
        {owner && link('people', words.people)}
      </ul>
    </nav>
  );
}

const isOwnPage = (page: Route['page']): page is 'agreement' | 'people' | 'reviews' =>
  page === 'agreement' || page === 'people' || page === 'reviews';
