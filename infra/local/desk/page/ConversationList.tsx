import { Avatar, Badge } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { DeskConversation } from '../contract.ts';
import { recall, remember } from './remember.ts';

/** Channels and the private chat of the person who is looking. What is new since the last look is bold. */
export function ConversationList(props: {
  conversations: readonly DeskConversation[];
  openId: string | undefined;
  as: string;
  about: string;
  onOpen: (id: string) => void;
}) {
  const { conversations, openId, as, about, onOpen } = props;
  const [, setSeen] = useState(0);
  const open = conversations.find(({ id }) => id === openId);
  useEffect(() => {
    if (!open?.latestId) return;
    remember(`seen ${as} ${open.id}`, open.latestId);
    setSeen((count) => count + 1);
  }, [as, open?.id, open?.latestId]);

  const group = (kind: DeskConversation['kind'], title: string) => {
    const found = conversations.filter((one) => one.kind === kind);
    return (
      found.length > 0 && (
        <section>
          <h2>{title}</h2>
          <ul>
            {found.map((one) => {
              const unread = one.latestId !== null && one.id !== openId && recall(`seen ${as} ${one.id}`) !== one.latestId;
              return (
                <li key={one.id}>
                  <button
                    type="button"
                    className="place"
                    data-unread={unread}
                    aria-current={one.id === openId ? 'page' : undefined}
                    onClick={() => onOpen(one.id)}
                  >
                    <Avatar
                      aria-hidden
                      shape="square"
                      size={28}
                      name={one.kind === 'personal' ? 'Rapport' : one.name}
                      color={one.kind === 'personal' ? 'brand' : 'colorful'}
                    />
                    <span className="place-words">
                      <span className="place-name">{one.name}</span>
                      <span className="place-detail">{one.detail}</span>
                    </span>
                    {unread && <Badge size="extra-small" shape="circular" aria-label="new" />}
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )
    );
  };
  return (
    <nav className="places" aria-label="Conversations">
      {group('channel', 'Partner channels')}
      {group('personal', 'Chats')}
      {about && (
        <section className="about">
          <h2>Where the story begins</h2>
          <p>{about}</p>
        </section>
      )}
    </nav>
  );
}
