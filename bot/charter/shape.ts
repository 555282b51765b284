import type { z } from 'zod';
import type { Path } from './place.ts';
import { type Finding, meant } from './problems.ts';
import { quoted } from './words.ts';

/** What the file's shape lacks, in words: the findings of an issue of the schema, given the file as plain data. */
export function findingsOf(issue: z.core.$ZodIssue, raw: unknown): Finding[] {
  const path = issue.path;
  const name = quoted(String(path.at(-1) ?? 'charter'));
  const found = valueAt(raw, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        key: true,
        message: `${quoted(key)} is not known here. ${meant(key, issue.message.split('|'))}`,
      }));
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, key: true, message: inner.message }));
    case 'invalid_type':
      if (found === undefined) return [{ path, message: `${name} is missing. ${MISSING[String(path.at(-1))] ?? 'Add it'}` }];
      if (found === null) return [{ path, message: `${name} is empty. Fill it in, or remove the line` }];
      return [{ path, message: `${name} should be ${KINDS[issue.expected] ?? issue.expected}, not ${kindOf(found)}` }];
    case 'invalid_value':
      if (found === undefined) return [{ path, message: `${name} is missing. Write ${issue.values.join(', ')}` }];
      return [{ path, message: `${quoted(found)} is not known for ${name}. ${meant(String(found), issue.values.map(String))}` }];
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string')
        return [{ path, message: `${name} is empty. Fill it in, or remove the line` }];
      return [{ path, message: `${name} must be at least ${issue.minimum}` }];
    case 'too_big':
      return [{ path, message: `${name} must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}` }];
    case 'custom':
      return [{ path, message: issue.message, ...(issue.params?.key === true && { key: true }) }];
    default:
      return [{ path, message: `${name} cannot be read: ${issue.message}` }];
  }
}

const MISSING: Readonly<Record<string, string>> = {
  client: 'Say who the client is: name, domains, calendar, people',
  provider: 'Say who the provider is: name, domains, calendar, people',
  calendars: 'Name at least one calendar with its zone and hours',
  calendar: 'Name one of the calendars',
  people: 'List who takes part, at least the owner',
  zone: 'Write zone: Asia/Manila',
  hours: 'Write mon-fri: 09:00-17:30',
  key: 'Give each person a short key that stays: key: joan',
  address: 'Write the mail address: address: joan@fabrikam.com',
  reason: 'Say why: people read it beside the times',
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : quoted(value);
};

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return value;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
