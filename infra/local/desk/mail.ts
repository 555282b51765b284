import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Mover } from '../mover.ts';
import type { Person } from '../tenant/person.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { DeskMail } from './contract.ts';

/** A mail as the desk reads it. */
export interface DeskMailWhole extends DeskMail {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string | null;
}

/** The mail of the Graph stand-in as the desk uses it. */
export interface Post {
  /** Newest first: what this address sent or got. */
  mailsOf(address: string): DeskMail[];
  mail(id: string): DeskMailWhole | undefined;
  /** Sends at `at`; an answer goes into the thread of `replyTo`. */
  send(mail: {
    from: { address: string; name: string };
    to: readonly string[];
    subject: string;
    text: string;
    replyTo: string | null;
    at: Date;
  }): void | Promise<void>;
}

const ON_THE_WAY_MS = 8_000;
const Send = z.object({
  as: z.string(),
  replyTo: z.string().nullable(),
  to: z.array(z.string().trim().toLowerCase().includes('@')).min(1).max(20),
  subject: z.string().trim().max(250),
  text: z.string().max(10_000),
});

/** Reading and writing mail: a stand-in for Outlook that shows headers and text as they are. */
export function mailRoutes(
  app: FastifyInstance,
  parts: { tenant: Tenant; post: Post; who: (key: string) => Person; mover: () => Mover | null },
): void {
  const { post, tenant, who } = parts;

  app.get('/desk/api/mails', async (request) =>
    post
      .mailsOf(who(z.object({ as: z.string() }).parse(request.query).as).address)
      .slice(0, 40)
      .map(({ id, at, from, to, subject }): DeskMail => ({ id, at, from, to, subject })),
  );
  app.get('/desk/api/addresses', async () =>
    [...tenant.people, ...tenant.mailboxes]
      .map(({ name, address }) => ({ name, address }))
      .filter((one, index, all) => all.findIndex((other) => other.address === one.address) === index),
  );
  app.post('/desk/api/mail', async (request) => {
    const mail = Send.parse(request.body);
    const { name, address } = who(mail.as);
    const mover = parts.mover();
    if (!mover) throw Object.assign(new Error('The service is not there yet.'), { statusCode: 503 });
    await post.send({
      from: { name, address },
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      replyTo: mail.replyTo,
      at: mover.now(),
    });
    // A mail is some seconds on its way: whoever wrote it wants to see what it does.
    await mover.moveTo(new Date(mover.now().getTime() + ON_THE_WAY_MS));
    return {};
  });
  app.get<{ Params: { id: string } }>('/desk/mail/:id', async (request, reply) => {
    const mail = post.mail(request.params.id);
    return reply
      .code(mail ? 200 : 404)
      .type('text/html; charset=utf-8')
      .send(mailPage(mail));
  });
}

function mailPage(mail: DeskMailWhole | undefined): string {
  const title = mail ? mail.subject || '(no subject)' : 'No such mail';
  const rows =
    mail?.headers.map(([name, value]) => `<tr><th scope="row">${inHtml(name)}</th><td>${inHtml(value)}</td></tr>`).join('') ?? '';
  const body = mail
    ? `<table>${rows}</table><pre>${inHtml(mail.text ?? 'The text of this mail is not at hand. Rapport does not read it either.')}</pre>`
    : '<p>This mail is not in a mailbox here.</p>';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${inHtml(title)}</title><link rel="stylesheet" href="/desk/mail.css"></head><body><main><p class="where">Mail on the desk</p><h1>${inHtml(title)}</h1>${body}</main></body></html>`;
}

const inHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
