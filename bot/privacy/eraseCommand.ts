import { askedBy, command, onDatabase } from './command.ts';
import { type Erased, erase } from './erase.ts';

const USAGE = `usage: npm run erase -- <address, contact id, or tenant id/object id of an account>
Erases a person: what he wrote, names, addresses, accounts and chats. Order, times and figures stay. It cannot be taken back.`;

export interface Output {
  out(line: string): void;
  err(line: string): void;
}

/** `npm run erase -- <address>`: exit code 0 when it is done, 2 for somebody who is not known. */
export const eraseCommand = (words: readonly string[], env: Readonly<Record<string, string | undefined>>, { out, err }: Output) =>
  command(async () => {
    const asked = askedBy(words, USAGE);
    for (const line of linesOf(await onDatabase(env, (ports) => erase(ports, asked)))) out(line);
  }, err);

/** What was done, in counts: the person is not named again. */
export function linesOf(done: Erased): string[] {
  const counted = (n: number, one: string, many = `${one}s`): string => `  ${n} ${n === 1 ? one : many}`;
  return [
    'Erased:',
    counted(done.people, 'entry in charters', 'entries in charters'),
    counted(done.addresses, 'address', 'addresses'),
    counted(done.accounts, 'account'),
    counted(
      done.chats,
      'chat with the bot, which empties as soon as the service runs',
      'chats with the bot, which empty as soon as the service runs',
    ),
    counted(done.mails, 'place in mail', 'places in mail'),
    counted(done.conversations, 'conversation whose subject was the person’s', 'conversations whose subjects were the person’s'),
    counted(done.texts, 'text'),
    counted(done.mentions, 'mention'),
    'Cards in Teams are written anew as soon as the service runs.',
    ...(done.owned ? ['The person answered for a side: name somebody else in the charter, or nobody can agree and set up for it.'] : []),
    ...(done.people ? ['Take the person out of the charter file too. While it lists the same key, nothing is taken up again.'] : []),
    ...(done.left ? [`  ${done.left} mails keep an id of their own that holds the address; they go with their conversations.`] : []),
  ];
}
