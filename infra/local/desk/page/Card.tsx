import * as AC from 'adaptivecards';
import { useEffect, useRef } from 'react';
import { hostConfig } from './hostConfig.ts';
import { markdown } from './markdown.ts';
import { withMacros } from './times.ts';

export interface CardPress {
  readonly type: 'Action.Execute' | 'Action.Submit';
  readonly id?: string;
  readonly title?: string;
  readonly verb?: string;
  readonly data: unknown;
}

AC.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown(text);
  result.didProcess = true;
};
const config = new AC.HostConfig(hostConfig);
// The Teams client shows a row of six buttons and then a menu; more than that is a mistake of the card.
AC.GlobalSettings.setTabIndexAtCardRoot = false;

/** One adaptive card, drawn by Microsoft's own renderer, with what is pressed on it handed up. */
export function Card(props: {
  card: unknown;
  zone: string;
  busy: boolean;
  onPress: (press: CardPress) => void;
  onOpen: (url: string) => void;
}) {
  const { card, zone, busy } = props;
  const place = useRef<HTMLDivElement>(null);
  const handlers = useRef(props);
  handlers.current = props;
  const text = JSON.stringify(card);

  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const drawn = new AC.AdaptiveCard();
    drawn.hostConfig = config;
    drawn.onExecuteAction = (action) => {
      const { onPress, onOpen } = handlers.current;
      if (action instanceof AC.OpenUrlAction && action.url) onOpen(action.url);
      else if (action instanceof AC.SubmitAction || action instanceof AC.ExecuteAction)
        onPress({
          type: action instanceof AC.ExecuteAction ? 'Action.Execute' : 'Action.Submit',
          ...(action.id && { id: action.id }),
          ...(action.title && { title: action.title }),
          ...(action instanceof AC.ExecuteAction && action.verb && { verb: action.verb }),
          data: action.data,
        });
    };
    drawn.onAnchorClicked = (_element, anchor) => {
      handlers.current.onOpen(anchor.href);
      return true;
    };
    const focused = host.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    drawn.parse(withMacros(JSON.parse(text), zone));
    const made = drawn.render();
    host.replaceChildren(...(made ? [made] : []));
    if (focused !== null) {
      const again = [...host.querySelectorAll<HTMLElement>('button, input, textarea, select')].find((one) => nameOf(one) === focused);
      (again ?? host).focus();
    }
  }, [text, zone]);

  return <div ref={place} className="card" tabIndex={-1} aria-busy={busy} inert={busy} />;
}

const nameOf = (element: Element | null) =>
  element?.getAttribute('aria-label') || element?.getAttribute('name') || element?.textContent || '';
