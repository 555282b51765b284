import { z } from 'zod';
import type { TenantFinding } from './problems.ts';

// tenant.yaml as it is written. `infra/local/tenants/README.md` is its reference.

const text = z.string().trim().min(1);
const KEY = /^[a-z0-9][a-z0-9-]*$/;
const key = z.string().regex(KEY, 'A key is made of small letters, digits and hyphens');
const address = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s@<>]+@[^\s@<>]+$/, 'This is not a mail address');
const oneOrMore = z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(text));
const yes = z.boolean().default(false);

const PersonSection = z.strictObject({
  name: text,
  address,
  aliases: z.array(address).default([]),
  title: z.string().default(''),
  company: key.optional(),
  kind: z.enum(['member', 'guest', 'external', 'mail only']).optional(),
  'object id': z.guid().optional(),
  desk: text.optional(),
  admin: yes,
});

const MailboxSection = z.strictObject({
  of: key.optional(),
  address: address.optional(),
  name: text.optional(),
  aliases: z.array(address).default([]),
  shared: yes,
  state: z.enum(['on', 'out of scope', 'none']).default('on'),
  folders: z.array(text).default([]),
  rules: z.array(z.strictObject({ from: text.optional(), subject: text.optional(), folder: text })).default([]),
  'out of office': z.strictObject({ from: text, to: text, text }).optional(),
});

const MailSection = z.strictObject({
  at: text,
  from: text,
  to: oneOrMore.optional(),
  cc: oneOrMore.default([]),
  subject: text.optional(),
  text: z.string().default(''),
  high: yes,
  /** No reply headers, although it stands behind another mail. */
  fresh: yes,
  /** The author's flag on his Sent copy: a day, or complete. */
  flag: z.union([z.literal('complete'), z.literal(true), z.strictObject({ due: text })]).optional(),
  categories: z.array(text).default([]),
  automatic: yes,
  list: text.optional(),
  meeting: z.enum(['request', 'cancelled', 'accepted', 'tentative', 'declined']).optional(),
});

const ThreadSection = z.strictObject({ subject: text, mails: z.array(MailSection).min(1) });
const FileSection = z.strictObject({ file: text, 'when it is missing': text.optional() });

/** A press that somebody makes on the way: `about` a partnership, or what an earlier press began and called by a name (`as`). */
const SaidSection = z.strictObject({
  at: text,
  by: key,
  verb: text,
  about: key,
  as: key.optional(),
  with: z.record(z.string(), text).default({}),
});

export const TenantDocument = z.strictObject({
  name: text,
  domain: z.string().trim().toLowerCase(),
  id: z.guid().optional(),
  zone: text,
  about: z.string().trim().default(''),
  clock: z.strictObject({ start: text, agreed: text, watched: text.optional() }),
  looking: key,
  app: z.strictObject({ roles: z.array(text) }).optional(),
  companies: z.record(key, z.strictObject({ name: text, zone: text })).default({}),
  people: z.record(key, PersonSection),
  mailboxes: z.array(z.union([key, MailboxSection])).default([]),
  channels: z
    .array(
      z.strictObject({
        partnership: key,
        team: text,
        name: text,
        kind: z.enum(['standard', 'shared']).default('standard'),
        members: z.array(key),
      }),
    )
    .default([]),
  charters: z.record(key, text),
  mail: z.array(z.union([text, FileSection, ThreadSection])).default([]),
  said: z.array(SaidSection).default([]),
  meetings: z
    .array(
      z.strictObject({
        subject: text,
        organizer: text,
        attendees: z.array(text),
        start: text,
        minutes: z.int().min(5),
        'every weeks': z.int().min(1).optional(),
      }),
    )
    .default([]),
});
export type TenantDocument = z.output<typeof TenantDocument>;
export type ThreadDocument = z.output<typeof ThreadSection>;

/** What the schema found, in words. */
export function findingsOf(error: z.ZodError): TenantFinding[] {
  return error.issues.flatMap((issue): TenantFinding[] => {
    const name = `"${String(issue.path.at(-1) ?? 'tenant.yaml')}"`;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((unknown) => ({
        path: [...issue.path, unknown],
        message: `"${unknown}" is not known here. Remove it, or look at the README of the tenant folders`,
      }));
    if (issue.code === 'invalid_union')
      return findingsOf({
        issues: nearest(issue.errors).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      } as z.ZodError);
    if (issue.code === 'invalid_type' && issue.input === undefined) return [{ path: issue.path, message: `${name} is missing` }];
    return [{ path: issue.path, message: `${name}: ${issue.message}` }];
  });
}

/** Of the forms that a value may have, the one that it comes closest to: what is wrong lies deepest inside. */
const nearest = (errors: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] =>
  [...errors].sort(
    (a, b) => Math.max(...b.map(({ path }) => path.length)) - Math.max(...a.map(({ path }) => path.length)) || a.length - b.length,
  )[0] ?? [];
