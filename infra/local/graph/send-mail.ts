import { z } from 'zod';
import { badRequest } from './errors.ts';
import type { MailboxStore } from './model.ts';
import type { PostOffice } from './post-office.ts';

const Recipients = z
  .array(z.strictObject({ emailAddress: z.strictObject({ address: z.string(), name: z.string().optional() }) }))
  .default([]);
const Sent = z.strictObject({
  message: z.strictObject({
    subject: z.string(),
    importance: z.enum(['low', 'normal', 'high']).default('normal'),
    body: z.strictObject({ contentType: z.enum(['text', 'html']), content: z.string() }),
    toRecipients: Recipients,
    ccRecipients: Recipients,
    internetMessageHeaders: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  }),
  saveToSentItems: z.boolean().default(true),
});

/** POST .../sendMail: 202 once it is taken. Custom headers begin with x-, and there are five at most. */
export function sendMail(mail: PostOffice, store: MailboxStore, body: unknown, at: Date): void {
  const sent = Sent.safeParse(body);
  if (!sent.success) throw badRequest('RequestBodyRead', 'The message cannot be read.');
  const { message, saveToSentItems } = sent.data;
  const addresses = (list: z.infer<typeof Recipients>) => list.map(({ emailAddress }) => emailAddress.address);
  const [to, cc] = [addresses(message.toRecipients), addresses(message.ccRecipients)];
  if (to.length + cc.length === 0) throw badRequest('ErrorInvalidRecipients', 'At least one recipient is not valid.');
  const headers = message.internetMessageHeaders;
  if (headers.length > 5 || headers.some(({ name }) => !/^x-/i.test(name)))
    throw badRequest('InvalidInternetMessageHeader', "The internet message header name should start with 'x-' or 'X-'.");
  const { subject, importance } = message;
  mail.send({
    from: store.settings.address,
    to,
    cc,
    subject,
    importance,
    text: message.body.content,
    headers,
    saved: saveToSentItems,
    at,
  });
}
