import { useEffect, useRef } from 'react';
import type { DeskConversation, DeskState } from '../contract.ts';
import { api } from './api.ts';

export type Theme = 'default' | 'dark' | 'contrast';

/** The place that a link opened; `count` grows with each, so that the same one opens again. */
export interface TabAt {
  readonly subPage: string;
  readonly count: number;
}

interface FromTab {
  readonly id?: number;
  readonly uuid?: unknown;
  readonly uuidAsString?: string;
  readonly func?: string;
  readonly args?: readonly unknown[];
}

/** What this host can do, as teams-js asks at `initialize`. */
const RUNTIME = {
  apiVersion: 4,
  hostVersionsInfo: {},
  isLegacyTeams: false,
  supports: { pages: { tabs: {}, config: {}, appButton: {} }, dialog: { url: { bot: {} }, card: { bot: {} } } },
};

/** The tab in a frame, and the host of teams-js around it: context, theme, and the token of the person who is looking. */
export function Tab(props: {
  as: string;
  host: DeskState['host'];
  conversation: DeskConversation | undefined;
  theme: Theme;
  place: TabAt | undefined;
  onOpen: (url: string) => void;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const current = useRef(props);
  current.current = props;

  useEffect(() => {
    const onMessage = (event: MessageEvent<FromTab>) => {
      const { data: message } = event;
      if (event.source !== frame.current?.contentWindow || typeof message?.func !== 'string') return;
      const answer = (...args: unknown[]) => {
        const { id, uuid, uuidAsString } = message;
        frame.current?.contentWindow?.postMessage({ id, uuid, uuidAsString, args }, event.origin);
      };
      void answerTab(message, current.current, answer);
    };
    addEventListener('message', onMessage);
    return () => removeEventListener('message', onMessage);
  }, []);
  useEffect(() => {
    frame.current?.contentWindow?.postMessage({ func: 'themeChange', args: [props.theme] }, location.origin);
  }, [props.theme]);

  const at = props.conversation;
  const query = new URLSearchParams({
    host: 'desk',
    ...(at?.kind === 'channel' && { channel: at.id }),
    ...(at?.partnershipId && { partnership: at.partnershipId }),
  });
  return (
    <iframe
      key={`${props.as} ${query} ${props.place?.count ?? 0}`}
      ref={frame}
      className="tab-frame"
      title="Rapport tab"
      src={`/tab/?${query}`}
    />
  );
}

async function answerTab(
  { func, args = [] }: FromTab,
  { as, host, conversation, theme, place, onOpen }: Parameters<typeof Tab>[0],
  answer: (...args: unknown[]) => void,
): Promise<void> {
  if (func === 'initialize') answer('content', 'web', JSON.stringify(RUNTIME), '2.58.0');
  else if (func === 'getContext')
    // The flat shape that hosts send; teams-js makes app.Context of it.
    answer({
      theme,
      locale: 'en-gb',
      entityId: 'today',
      ...(place && { subEntityId: place.subPage }),
      frameContext: 'content',
      hostName: 'Teams',
      hostClientType: 'web',
      userObjectId: host.objectId,
      tid: host.tenantId,
      loginHint: host.loginHint,
      userPrincipalName: host.loginHint,
      ...(conversation?.kind === 'channel' && {
        channelId: conversation.id,
        channelName: conversation.name,
        channelType: 'Regular',
        teamName: conversation.detail,
      }),
    });
  else if (func === 'authentication.getAuthToken') {
    try {
      answer(true, (await api.token(as)).token);
    } catch (error) {
      answer(false, String(error));
    }
  } else if (func === 'executeDeepLink' || func === 'openLink') {
    if (typeof args[0] === 'string') onOpen(args[0]);
    answer(true);
  }
}
