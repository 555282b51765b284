import { Button } from '@fluentui/react-components';
import { CheckmarkCircle20Filled, Dismiss16Regular, Info20Filled } from '@fluentui/react-icons';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../strings/index.ts';
import { MailLink } from './MailLink.tsx';
import css from './Notice.module.css';

export interface NoticeView {
  /** Changes with each notice: the same words twice are said twice. */
  readonly turn: number;
  readonly tone: 'done' | 'note';
  readonly text: string;
  readonly undo?: () => void;
  readonly link?: string;
}

/** How long it stays, while nobody points at it or has the keyboard in it. */
const STAYS_MS = 12_000;

/** What came of a press, with a way back. The words are announced; the buttons are reached by keyboard as the page's last ones. */
export function Notice({ notice, onDone, openLink }: { notice: NoticeView | null; onDone(): void; openLink(url: string): void }) {
  const words = useWords().said;
  const [held, setHeld] = useState(false);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    if (!notice || held) return;
    const timer = setTimeout(() => done.current(), STAYS_MS);
    return () => clearTimeout(timer);
  }, [notice, held]);
  const Icon = notice?.tone === 'done' ? CheckmarkCircle20Filled : Info20Filled;
  return (
    <div className={css.place}>
      {/* Always there, so that what is put into it is announced. */}
      <div role="status" aria-live="polite" aria-atomic="true" className={css.said}>
        {notice?.text}
      </div>
      {notice && (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only stays while it is pointed at; nothing is operated by this
        <div
          key={notice.turn}
          className={`${css.notice} ${css[notice.tone]}`}
          data-notice={notice.tone}
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <Icon aria-hidden className={css.icon} />
          <p aria-hidden>{notice.text}</p>
          <div className={css.buttons}>
            {notice.link && <MailLink url={notice.link} openLink={openLink} />}
            {notice.undo && (
              <Button size="small" onClick={notice.undo}>
                {words.undo}
              </Button>
            )}
            <Button size="small" appearance="subtle" icon={<Dismiss16Regular />} aria-label={words.dismiss} onClick={onDone} />
          </div>
        </div>
      )}
    </div>
  );
}
