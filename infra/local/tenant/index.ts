import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../../bot/errors.ts';
import { findingsOf, TenantDocument } from './document.ts';
import { guidOf } from './ids.ts';
import { addressOf, findSource, type MailContext, mailIn, mailsOf, meetingsIn } from './mail.ts';
import { type Anchor, fillDays, readMoment, readStart, UnreadableMoment } from './moments.ts';
import { channelsOf, mailboxesOf, peopleOf, tenantIdOf } from './people.ts';
import type { Person } from './person.ts';
import { type Located, locate, type TenantFinding } from './problems.ts';
import type { CharterFile, Meeting, Said, SentMail, Tenant } from './tenant.ts';

export type { Person, PersonKind } from './person.ts';
export type { Channel, CharterFile, Mailbox, MailMark, Meeting, Said, SentMail, Tenant } from './tenant.ts';

/** What a registration asks for to read mail and calendars: reading alone, and no bodies. */
const ROLES = ['Mail.ReadBasic.All', 'Calendars.ReadBasic', 'MailboxSettings.Read', 'User.ReadBasic.All'];

/**
 * Reads a tenant folder as of the moment of its first start.
 * @param folder - holds tenant.yaml
 * @param options - `anchor`: when it was started first; a start that is repeated must pass the same, so that its days stay where they were.
 * `root`: where paths that are not in the folder are looked for
 * @throws {BadInput} with file, line and mend for everything that is wrong
 */
export async function readTenant(folder: string, { anchor, root = process.cwd() }: { anchor: Date; root?: string }): Promise<Tenant> {
  const file = path.join(folder, 'tenant.yaml');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(`${file} cannot be read (${error.code ?? error.message}). A tenant folder holds a tenant.yaml.`);
  });
  const located = locate(text, file);
  const parsed = TenantDocument.safeParse(located.data, { reportInput: true });
  if (!parsed.success) throw located.problems(findingsOf(parsed.error));
  const document = parsed.data;
  const findings: TenantFinding[] = [];
  const attempt = <Value>(at: readonly PropertyKey[], fallback: Value, read: () => Value): Value => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableMoment)) throw error;
      findings.push({ path: at, message: error.message });
      return fallback;
    }
  };

  const clockStartAt = attempt(['clock', 'start'], anchor, () => readStart(document.clock.start, anchor));
  const counted: Anchor = { at: clockStartAt, zone: document.zone };
  const people = peopleOf(document, findings);
  const context: MailContext = { document, people, anchor: counted };
  const firstLooking = people.find(({ key }) => key === document.looking);
  if (!firstLooking)
    findings.push({ path: ['looking'], message: `There is no "${document.looking}" among the people. Write the key of one` });
  const tenant: Omit<Tenant, 'mail' | 'meetings' | 'said' | 'charters'> = {
    folder,
    name: document.name,
    id: tenantIdOf(document),
    domain: document.domain,
    app: appOf(document),
    agreedAt: attempt(['clock', 'agreed'], anchor, () => readMoment(document.clock.agreed, counted, document.zone)),
    watchedAt: attempt(['clock', 'watched'], anchor, () =>
      readMoment(document.clock.watched ?? document.clock.agreed, counted, document.zone),
    ),
    clockStartAt,
    about: attempt(['about'], '', () => fillDays(document.about, counted)),
    people,
    firstLooking: firstLooking as Person,
    mailboxes: attempt(['mailboxes'], [], () => mailboxesOf(document, people, counted, findings)),
    channels: channelsOf(document, people, findings),
  };
  const written = document.mail.flatMap((source, i) =>
    typeof source === 'object' && 'mails' in source ? mailsOf(source, ['mail', i], context, findings) : [],
  );
  const meetings = document.meetings.flatMap((meeting, i) =>
    attempt(['meetings', i, 'start'], [], () => meetingOf(meeting, context, findings, i)),
  );
  const said = document.said.flatMap((one, i) => attempt(['said', i, 'at'], [], () => saidOf(one, context, findings, i)));
  for (const [i, { at }] of said.entries())
    if (at < tenant.watchedAt || at > clockStartAt || at < (said[i - 1]?.at ?? at))
      findings.push({ path: ['said', i, 'at'], message: 'What is said stands in order of time, between clock.watched and clock.start' });
  if (findings.length > 0) throw located.problems(findings);

  const files = await sourcesOf(document, folder, root);
  return {
    ...tenant,
    charters: await chartersOf(document, folder, counted, located),
    meetings: [...meetings, ...(await Promise.all(files.map(meetingsIn))).flat()],
    said,
    async *mail(): AsyncGenerator<SentMail> {
      yield* written;
      for (const source of files) yield* mailIn(source);
    },
  };
}

function appOf(document: TenantDocument): Tenant['app'] {
  const id = guidOf(`app/${document.domain}`);
  return { id, secret: randomBytes(24).toString('base64url'), idUri: `api://localhost/${id}`, roles: document.app?.roles ?? ROLES };
}

function saidOf(one: TenantDocument['said'][number], context: MailContext, findings: TenantFinding[], i: number): Said[] {
  const by = context.people.find(({ key }) => key === one.by);
  const before = context.document.said.slice(0, i).map(({ as }) => as);
  if (!by) findings.push({ path: ['said', i, 'by'], message: `There is no "${one.by}" among the people. Write the key of one` });
  if (!(one.about in context.document.charters) && !before.includes(one.about))
    findings.push({
      path: ['said', i, 'about'],
      message: 'Write the key of a partnership, or a name that an earlier press was given with "as"',
    });
  if (!by) return [];
  const inputs = Object.fromEntries(Object.entries(one.with).map(([id, value]) => [id, fillDays(value, context.anchor)]));
  return [{ at: readMoment(one.at, context.anchor, by.zone), by, verb: one.verb, about: one.about, name: one.as ?? null, inputs }];
}

function meetingOf(meeting: TenantDocument['meetings'][number], context: MailContext, findings: TenantFinding[], i: number): Meeting[] {
  const all = [meeting.organizer, ...meeting.attendees].map((one) => addressOf(one, context));
  const [organizer, ...attendees] = all.flatMap((one) => one ?? []);
  if (!organizer || all.includes(null)) {
    findings.push({ path: ['meetings', i], message: 'Organizer and attendees are keys of people or mail addresses' });
    return [];
  }
  const zone = context.people.find(({ address }) => address === organizer.address)?.zone ?? context.document.zone;
  return [
    {
      id: `${guidOf(`meeting/${context.document.domain}/${meeting.subject}`)}@${context.document.domain}`,
      subject: meeting.subject,
      organizer,
      attendees,
      startAt: readMoment(meeting.start, context.anchor, zone),
      minutes: meeting.minutes,
      zone,
      recurrence: meeting['every weeks'] === undefined ? null : `FREQ=WEEKLY;INTERVAL=${meeting['every weeks']}`,
      cancelledAt: [],
      moved: [],
      cancelled: false,
    },
  ];
}

const sourcesOf = (document: TenantDocument, folder: string, root: string): Promise<string[]> =>
  Promise.all(
    document.mail.flatMap((source) => {
      if (typeof source === 'string') return [findSource(source, folder, root, undefined)];
      return 'file' in source ? [findSource(source.file, folder, root, source['when it is missing'])] : [];
    }),
  );

/** The charters with their days filled in. */
async function chartersOf(document: TenantDocument, folder: string, anchor: Anchor, located: Located): Promise<CharterFile[]> {
  const charters: CharterFile[] = [];
  for (const [slug, written] of Object.entries(document.charters)) {
    const template = await readFile(path.resolve(folder, written), 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw located.problems([
        { path: ['charters', slug], message: `${written} cannot be read (${error.code ?? error.message}). Put the charter there` },
      ]);
    });
    try {
      charters.push({ slug, fileName: `${slug}.yaml`, text: fillDays(template, anchor) });
    } catch (error) {
      if (!(error instanceof UnreadableMoment)) throw error;
      throw new BadInput(`${path.resolve(folder, written)}: ${error.message}.`);
    }
  }
  return charters;
}

/** Writes the charters where the service reads them (`CHARTERS_DIR`). One that is there and says the same is left alone. */
export async function writeCharters(tenant: Pick<Tenant, 'charters'>, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { fileName, text } of tenant.charters) {
    const target = path.join(folder, fileName);
    const there = await readFile(target, 'utf8').catch(() => null);
    if (there !== text) await writeFile(target, text);
  }
}
