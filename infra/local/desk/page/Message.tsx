import { Avatar, Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useState } from 'react';
import type { DeskMessage, DeskPerson, DeskState } from '../contract.ts';
import { api } from './api.ts';
import { Card, type CardPress } from './Card.tsx';
import { MoreIcon } from './icons.tsx';
import { markdown } from './markdown.ts';
import { dayAndTime, timeOnly } from './times.ts';

/** One message with its cards. What is pressed is done as the person who is looking. */
export function Message(props: {
  message: DeskMessage;
  person: DeskPerson;
  reply?: boolean;
  commands: DeskState['commands'];
  onCommand: (command: DeskState['commands'][number]) => void;
  onPressed: () => void;
  onOpenUrl: (url: string) => void;
}) {
  const { message, person, reply, commands, onCommand, onPressed, onOpenUrl } = props;
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ text: string; wrong: boolean }>();
  const press = async (action: CardPress) => {
    setBusy(true);
    setSaid(undefined);
    try {
      const pressed = await api.press({ as: person.key, message: message.id, action });
      if (pressed.kind === 'message') setSaid({ text: pressed.text, wrong: false });
      if (pressed.kind === 'error') setSaid({ text: pressed.message, wrong: true });
    } catch (error) {
      setSaid({ text: error instanceof Error ? error.message : String(error), wrong: true });
    }
    setBusy(false);
    onPressed();
  };
  return (
    <div className="message" data-bot={message.from.bot} data-reply={reply ?? false}>
      <Avatar
        aria-hidden
        className="message-who"
        size={reply ? 24 : 32}
        shape={message.from.bot ? 'square' : 'circular'}
        name={message.from.name}
        color={message.from.bot ? 'brand' : 'colorful'}
      />
      <div className="message-main">
        <p className="message-head">
          <strong>{message.from.name}</strong>
          {message.from.bot && <span className="app">App</span>}
          <time dateTime={message.at} title={dayAndTime(message.at, person.zone)}>
            {timeOnly(message.at, person.zone)}
          </time>
          {message.editedAt && (
            <span className="edited" title={dayAndTime(message.editedAt, person.zone)}>
              changed {timeOnly(message.editedAt, person.zone)}
            </span>
          )}
          {commands.length > 0 && (
            <Menu positioning="below-end">
              <MenuTrigger disableButtonEnhancement>
                <Button className="message-more" appearance="transparent" size="small" aria-label="More options" icon={<MoreIcon />} />
              </MenuTrigger>
              <MenuPopover>
                <MenuList>
                  {commands.map((command) => (
                    <MenuItem key={command.id} onClick={() => onCommand(command)}>
                      {command.title}
                    </MenuItem>
                  ))}
                </MenuList>
              </MenuPopover>
            </Menu>
          )}
        </p>
        {message.text && message.from.bot && (
          <div
            className="message-text"
            // biome-ignore lint/security/noDangerouslySetInnerHtml: the converter escapes all but the marks it makes itself
            dangerouslySetInnerHTML={{ __html: markdown(message.text.replace(/<at>(.*?)<\/at>/g, '**$1**')) }}
          />
        )}
        {message.text && !message.from.bot && <p className="message-text">{message.text}</p>}
        {message.cards.map((card, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: cards of a message have no other name
          <Card key={index} card={card} zone={person.zone} busy={busy} onPress={(action) => void press(action)} onOpen={onOpenUrl} />
        ))}
        {said && (
          <MessageBar className="said" intent={said.wrong ? 'warning' : 'success'}>
            <MessageBarBody>{said.text}</MessageBarBody>
          </MessageBar>
        )}
      </div>
    </div>
  );
}
