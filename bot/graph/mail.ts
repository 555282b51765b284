import type { Config } from '../config.ts';
import { Unavailable } from '../errors.ts';
import { type MailPort, Uncertain } from '../posts/port.ts';
import type { Graph } from './client.ts';
import { GraphRefusal, NotServed } from './exchange.ts';

const address = (one: string) => ({ emailAddress: { address: one } });

/**
 * Sends mail from the mailbox that CRISIS_MAIL names, where `Mail.Send` is granted for it; null where none is named. A POST is repeated only where
 * Graph has not looked at it. The mail says that a machine wrote it, so that nobody is taken to wait for an answer; no copy is kept.
 */
export function mailSender(graph: Graph, { CRISIS_MAIL: mailbox }: Pick<Config, 'CRISIS_MAIL'>): MailPort | null {
  if (!mailbox) return null;
  return {
    async send({ to, cc, subject, text }) {
      const message = {
        subject,
        importance: 'high',
        body: { contentType: 'text', content: text },
        toRecipients: to.map(address),
        ccRecipients: cc.map(address),
        internetMessageHeaders: [{ name: 'X-Autoreply', value: 'yes' }],
      };
      try {
        await graph.call({
          method: 'POST',
          url: `/users/${encodeURIComponent(mailbox)}/sendMail`,
          mailbox,
          body: { message, saveToSentItems: false },
        });
        return true;
      } catch (error) {
        if (error instanceof GraphRefusal) return false;
        if (error instanceof Unavailable && !(error instanceof NotServed)) throw new Uncertain('the mail broke off', { cause: error });
        throw error;
      }
    },
  };
}
