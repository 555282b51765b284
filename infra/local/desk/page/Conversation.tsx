import { Avatar, Badge, Button, Field, Link, Spinner, Tab as TabButton, TabList, Textarea, Tooltip } from '@fluentui/react-components';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { DeskConversation, DeskMessage, DeskPerson, DeskState } from '../contract.ts';
import { ActionDialog, type Called } from './ActionDialog.tsx';
import { api } from './api.ts';
import { PeopleIcon, SendIcon } from './icons.tsx';
import { Message } from './Message.tsx';
import { recall, remember } from './remember.ts';
import { Tab, type TabAt, type Theme } from './Tab.tsx';
import { dayOnly } from './times.ts';

type Shown = 'posts' | 'tab' | 'both';
const WIDE = '(min-width: 1280px)';

/** A channel or the private chat: its messages, and the tab beside them or in their place. */
export function Conversation(props: {
  person: DeskPerson;
  conversation: DeskConversation;
  host: DeskState['host'];
  commands: DeskState['commands'];
  theme: Theme;
  /** The tab is built beside the story, and opens when that is told. */
  told: boolean;
  /** Opened by a link on a card. */
  place: TabAt | undefined;
  changes: number;
  onOpenUrl: (url: string) => void;
}) {
  const { person, conversation, host, commands, theme, told, place, changes, onOpenUrl } = props;
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  const [wanted, setWanted] = useState<Shown>(() => (recall('shown') as Shown | null) ?? 'both');
  useEffect(() => {
    const media = matchMedia(WIDE);
    const onChange = () => setWide(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each link that is followed
  useEffect(() => {
    if (place) setWanted(wide ? 'both' : 'tab');
  }, [place]);
  const shown: Shown = wanted === 'both' && !wide ? 'posts' : wanted;
  const personal = conversation.kind === 'personal';
  return (
    <main className="conversation">
      <div className="conversation-head">
        <Avatar
          aria-hidden
          shape="square"
          size={32}
          name={personal ? 'Rapport' : conversation.name}
          color={personal ? 'brand' : 'colorful'}
        />
        <h2>{conversation.name}</h2>
        <TabList
          size="small"
          selectedValue={shown}
          onTabSelect={(_event, { value }) => {
            setWanted(value as Shown);
            remember('shown', value as string);
          }}
        >
          <TabButton value="posts">{personal ? 'Chat' : 'Posts'}</TabButton>
          <TabButton value="tab">Rapport</TabButton>
          {wide && <TabButton value="both">Side by side</TabButton>}
        </TabList>
        {!personal && (
          <Tooltip relationship="description" content={conversation.members.map(({ name }) => name).join(', ')}>
            <Badge className="members" appearance="ghost" size="large" icon={<PeopleIcon />} tabIndex={0}>
              {conversation.members.length}
              <span className="unseen"> members</span>
            </Badge>
          </Tooltip>
        )}
      </div>
      <div className="conversation-body" data-shown={shown}>
        {shown !== 'tab' && (
          <Messages person={person} conversation={conversation} commands={commands} changes={changes} onOpenUrl={onOpenUrl} />
        )}
        {shown !== 'posts' &&
          (told ? (
            <Tab as={person.key} host={host} conversation={conversation} theme={theme} place={place} onOpen={onOpenUrl} />
          ) : (
            <Spinner className="tab-frame" label="The tab opens when the story is told" />
          ))}
      </div>
    </main>
  );
}

function Messages(props: {
  person: DeskPerson;
  conversation: DeskConversation;
  commands: DeskState['commands'];
  changes: number;
  onOpenUrl: (url: string) => void;
}) {
  const { person, conversation, commands, changes, onOpenUrl } = props;
  const [called, setCalled] = useState<Called>();
  const [messages, setMessages] = useState<readonly DeskMessage[]>();
  const [problem, setProblem] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const entered = useRef(false);
  const atEnd = useRef(true);
  const lastTop = useRef(0);

  const reading = useRef(Promise.resolve());
  /** One after the other: an answer that was asked for before something changed must not come after the one that holds it. */
  const load = useCallback(() => {
    reading.current = reading.current.then(async () => {
      try {
        const entering = !entered.current;
        entered.current = true;
        setMessages(await api.messages(person.key, conversation.id, entering));
        setProblem(undefined);
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    });
    return reading.current;
  }, [person.key, conversation.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again with each change that the stream tells
  useEffect(() => void load(), [load, changes]);
  // The newest stands at the end, as in Teams; whoever reads further up is left there.
  useEffect(() => {
    const [outer, inner] = [list.current, content.current];
    if (!outer || !inner) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) outer.scrollTo({ top: outer.scrollHeight });
    });
    observer.observe(inner);
    return () => observer.disconnect();
  }, []);

  const threads = threadsOf(messages ?? []);
  return (
    <section className="messages" aria-label={conversation.kind === 'channel' ? 'Posts' : 'Chat'}>
      <div
        ref={list}
        className="messages-list"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          // What is added below does not count as scrolling up.
          if (scrollTop + clientHeight > scrollHeight - 40) atEnd.current = true;
          else if (scrollTop < lastTop.current - 4) atEnd.current = false;
          lastTop.current = scrollTop;
        }}
      >
        <div ref={content}>
          {problem && (
            <p className="empty" role="alert">
              {problem} <Link onClick={() => void load()}>Try again</Link>
            </p>
          )}
          {!problem && !messages && <Spinner className="empty" label="Reading" />}
          {!problem && messages?.length === 0 && <Empty conversation={conversation} as={person.key} />}
          {threads.map((thread, index) => {
            const [root, ...replies] = thread;
            const before = threads[index - 1]?.[0];
            if (!root) return null;
            const day = dayOnly(root.at, person.zone);
            return (
              <div key={root.id}>
                {(!before || dayOnly(before.at, person.zone) !== day) && (
                  <h3 className="day">
                    <span>{day}</span>
                  </h3>
                )}
                <article className="thread" data-kind={conversation.kind} data-own={root.from.key === person.key}>
                  {[root, ...replies].map((message) => (
                    <Message
                      key={message.id}
                      message={message}
                      person={person}
                      reply={message !== root}
                      commands={commands}
                      onCommand={(command) => setCalled({ conversation: conversation.id, message: message.id, command })}
                      onPressed={load}
                      onOpenUrl={onOpenUrl}
                    />
                  ))}
                </article>
              </div>
            );
          })}
        </div>
      </div>
      <Compose conversation={conversation} as={person.key} onSent={load} />
      {called && (
        <ActionDialog
          called={called}
          person={person}
          onClose={() => {
            setCalled(undefined);
            void load();
          }}
        />
      )}
    </section>
  );
}

function Empty({ conversation, as }: { conversation: DeskConversation; as: string }) {
  if (conversation.kind === 'personal')
    return (
      <div className="empty">
        <p>Nothing here yet.</p>
        <p>Rapport writes here what concerns you alone. Say hello to see what it can tell you.</p>
        {!conversation.installed && (
          <Button appearance="primary" onClick={() => void api.open(as)}>
            Open the chat
          </Button>
        )}
      </div>
    );
  return (
    <div className="empty">
      <p>{conversation.installed ? 'Nothing here yet.' : 'Rapport is not in this channel yet.'}</p>
      <p>A card appears when somebody has waited past the agreed time. Move the clock to see it happen.</p>
    </div>
  );
}

function Compose({ conversation, as, onSent }: { conversation: DeskConversation; as: string; onSent: () => void }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    const words = text.trim();
    if (!words || busy) return;
    setBusy(true);
    try {
      await api.say({ as, conversation: conversation.id, text: words });
      setText('');
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
    onSent();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      className="compose"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Field className="compose-field" {...(problem && { validationMessage: problem, validationState: 'error' as const })}>
        <Textarea
          aria-label={conversation.kind === 'channel' ? 'Write to Rapport in the channel' : 'Write to Rapport'}
          placeholder={conversation.kind === 'channel' ? '@Rapport help, brief, waiting ...' : 'help, brief, waiting ...'}
          rows={1}
          value={text}
          onChange={(_event, { value }) => setText(value)}
          onKeyDown={onKeyDown}
        />
      </Field>
      <Button
        type="submit"
        appearance="subtle"
        icon={busy ? <Spinner size="tiny" /> : <SendIcon />}
        aria-label="Send"
        disabled={!text.trim()}
      />
    </form>
  );
}

/** Messages of one channel thread together, threads by their first message; in a chat every message stands alone. */
function threadsOf(messages: readonly DeskMessage[]): DeskMessage[][] {
  const threads = new Map<string, DeskMessage[]>();
  for (const message of messages) {
    const key = message.thread ?? message.id;
    threads.set(key, [...(threads.get(key) ?? []), message]);
  }
  return [...threads.values()];
}
