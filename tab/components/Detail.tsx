import { Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, OverlayDrawer } from '@fluentui/react-components';
import { Dismiss20Regular } from '@fluentui/react-icons';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { ObligationView } from '../../bot/contract/obligation.ts';
import type { Side } from '../../bot/contract/sides.ts';
import { isLink } from '../api/link.ts';
import { useWords } from '../strings/index.ts';
import { Actions } from './Actions.tsx';
import css from './Detail.module.css';
import { useDesk } from './desk.ts';
import { Explanation } from './Explanation.tsx';
import { Fact } from './Fact.tsx';
import { History } from './History.tsx';
import { MailLink } from './MailLink.tsx';
import { Notes } from './Notes.tsx';
import { nameOf } from './Row.tsx';
import { Status } from './Status.tsx';
import { BothTimes } from './Times.tsx';

interface DetailProps {
  /** `null`: not there, or not for this person; `undefined`: on its way. */
  row: ObligationView | null | undefined;
  /** Whose clock the history is told by: the reader's own. */
  side: Side;
  onClose(): void;
  /** Lives inside: what is said while the drawer is open has to be reachable from it. */
  children: ReactNode;
}

/** All about one row: what it says, what can be done, how its time came about, and what happened. */
export default function Detail({ row, side, onClose, children }: DetailProps) {
  const words = useWords();
  const surface = useRef<HTMLDivElement>(null);
  // A button that goes away with what it did gives the keyboard back to the drawer, not to nothing.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) surface.current?.focus();
  });
  return (
    <OverlayDrawer
      ref={surface}
      tabIndex={-1}
      open
      position="end"
      className={css.drawer}
      onOpenChange={(_event, { open }) => open || onClose()}
      aria-labelledby="detail-title"
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ as: 'h2', id: 'detail-title', className: css.title }}
          action={<Button appearance="subtle" aria-label={words.detail.close} icon={<Dismiss20Regular />} onClick={onClose} />}
        >
          <span dir="auto">{row ? row.subject || row.sentence : row === null ? words.detail.gone : words.detail.loading}</span>
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={css.body}>{row && <Content row={row} side={side} />}</DrawerBody>
      {children}
    </OverlayDrawer>
  );
}

function Content({ row, side }: { row: ObligationView; side: Side }) {
  const words = useWords();
  const { openLink } = useDesk();
  const own = row.since.zones.find((zone) => zone.side === side) ?? row.since.zones[0];
  const { openMailUrl, people } = row;
  return (
    <div data-detail={row.id} className={css.content}>
      <Status tone={row.tone} text={row.status} />
      {row.question && row.question !== row.sentence && <p className={css.question}>{row.question}</p>}
      {row.subject && row.sentence !== row.question && <p>{row.sentence}</p>}
      <Notes notes={row.notes} />
      <Actions row={row} what={nameOf(row)} describedBy="detail-title" size="medium" />
      <dl className={css.facts}>
        {row.settledAt && (
          <Fact name={words.row.done}>
            <BothTimes time={row.settledAt} />
          </Fact>
        )}
        <Fact name={words.row.expectedBy}>{row.expectedBy ? <BothTimes time={row.expectedBy} /> : words.row.noTime}</Fact>
        {row.agreedBy && (
          <Fact name={words.row.agreedBy}>
            <BothTimes time={row.agreedBy} />
          </Fact>
        )}
        <Fact name={words.row.since}>
          <BothTimes time={row.since} />
        </Fact>
        <Fact name={words.detail.asked}>{party(row.waitingFor, people?.asked)}</Fact>
        <Fact name={words.detail.asker}>{party(row.waitingSide, people && [people.asker])}</Fact>
        <Fact name={words.detail[WHY[row.verdict]]}>{row.why}</Fact>
        {row.turns > 0 && <Fact name={words.detail.turns}>{words.detail.times(row.turns)}</Fact>}
      </dl>
      {openMailUrl && isLink(openMailUrl) && <MailLink url={openMailUrl} openLink={openLink} />}
      {row.explanation && <Explanation explanation={row.explanation} />}
      {own && <History row={row} zone={own.zone} place={own.place} />}
    </div>
  );
}

const WHY = { expected: 'whyExpected', unsure: 'whyUnsure', notExpected: 'whyNotExpected' } as const;

/** `Carlo Reyes, Fabrikam (Service desk)`: names only where this reader may see them. */
const party = ({ name, role }: ObligationView['waitingFor'], people: readonly string[] | null = null): string =>
  [...(people ?? []), role ? `${name} (${role})` : name].join(', ');
