import { app, authentication, pages } from '@microsoft/teams-js';
import { isLink } from './link.ts';

export type ThemeName = 'light' | 'dark' | 'contrast';

/** What surrounds the page: Microsoft Teams, or another place that speaks its protocol and vouches for who is looking. */
export interface Host {
  readonly theme: ThemeName;
  /** BCP 47, as the host says it. */
  readonly locale: string;
  /** True where the page stands to set up a channel's tab. */
  readonly configuring: boolean;
  /** True where the page stands beside a meeting that is held: narrow, and about that meeting. */
  readonly beside: boolean;
  /** What a link into the tab points at, as the link says it. */
  readonly subPageId: string | null;
  onTheme(changed: (theme: ThemeName) => void): void;
  /** A token of who is looking, for one call. The host renews it: asked each time, never kept. */
  token(): Promise<string>;
  /** Opens a link outside the page; anything but a web page or a mail is left alone. */
  open(url: string): Promise<void>;
  /** Lets the host take its loading sign away. */
  ready(): void;
  /** Lets the person save the tab's set-up; `at` is asked when he does. */
  configure(at: () => TabPlace): void;
}

export interface TabPlace {
  readonly entityId: string;
  readonly contentUrl: string;
  readonly name: string;
}

/** `alone`: no host around the page; `silent`: there is one that does not answer. */
export type NoHost = 'alone' | 'silent';

/** A host that wants to answer does so within this time, on a slow phone too. */
const ANSWER_WITHIN_MS = 8000;

/**
 * Says hello to the host around the page. Microsoft's own hosts are known to teams-js, and a parent of the page's own origin is always let
 * in, over http as well; any other parent stays unheard.
 */
export async function joinHost(): Promise<Host | NoHost> {
  if (window.parent === window && !('nativeInterface' in window)) return 'alone';
  const context = await soon(app.initialize().then(() => app.getContext())).catch(() => null);
  if (!context) return 'silent';
  return {
    theme: themeOf(context.app.theme),
    locale: context.app.locale || 'en',
    configuring: context.page.frameContext === 'settings',
    beside: context.page.frameContext === 'sidePanel',
    subPageId: context.page.subPageId || null,
    onTheme: (changed) => app.registerOnThemeChangeHandler((theme) => changed(themeOf(theme))),
    token: () => authentication.getAuthToken(),
    open: openLink,
    ready() {
      app.notifyAppLoaded();
      app.notifySuccess();
    },
    configure(at) {
      pages.config.registerOnSaveHandler((save) => {
        const { entityId, contentUrl, name } = at();
        pages.config
          .setConfig({ entityId, contentUrl, websiteUrl: contentUrl, suggestedDisplayName: name })
          .then(() => save.notifySuccess())
          .catch(() => save.notifyFailure());
      });
      pages.config.setValidityState(true);
    },
  };
}

export const themeOf = (name: string | undefined): ThemeName => (name === 'dark' || name === 'contrast' ? name : 'light');

const soon = <T>(answer: Promise<T>): Promise<T> =>
  Promise.race([answer, new Promise<never>((_resolve, reject) => setTimeout(reject, ANSWER_WITHIN_MS, new Error('the host is silent')))]);

/** Links come from the service, and still only web pages and mails are opened. The host decides how; where it will not, the browser. */
async function openLink(url: string): Promise<void> {
  if (!isLink(url)) return;
  await app.openLink(url).catch(() => window.open(url, '_blank', 'noopener'));
}
