import { Mail16Regular } from '@fluentui/react-icons';
import { useWords } from '../strings/index.ts';
import css from './MailLink.module.css';

/** Opens a mail in the reader's own Outlook, through the host where there is one; a link like any other to copy or open beside. */
export function MailLink({ url, openLink }: { url: string; openLink(url: string): void }) {
  const words = useWords().detail;
  return (
    <a
      className={css.mail}
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      onClick={(event) => {
        event.preventDefault();
        openLink(url);
      }}
    >
      <Mail16Regular aria-hidden /> {words.openMail}
    </a>
  );
}
