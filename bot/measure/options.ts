import { domainToASCII } from 'node:url';
import { domainProblem } from '../charter/domains.ts';
import { BadInput } from '../errors.ts';
import type { SideEntries } from './sides.ts';
import type { Addressed } from './threads.ts';

export type Options = {
  readonly mail: string;
  readonly sides: SideEntries;
  readonly addressed: Addressed;
  /** Undefined: now. */
  readonly asOf: Date | undefined;
  readonly calendar: string | undefined;
  readonly json: boolean;
};

export const HELP = `How quickly each side answers, measured from a mailbox, without any tenant.

  npm run measure -- --mail <file or folder> --client <who> --provider <who> [options]

  --mail <path>       an mbox file, an .eml file, or a folder of them (with its sub-folders)
  --client <who>      domains or addresses of the client, comma separated: contoso.com,ana@gmail.com
  --provider <who>    the same for the provider
                      A domain stands for all addresses in it and under it: fabrikam.com is also desk.fabrikam.com.
                      An address counts before a domain, a longer domain before a shorter one.
                      Public mail services (gmail.com) are nobody's domain; single addresses there are fine.
  --addressed <how>   which messages count:
                        to         the other side stands in To (this is the default)
                        to-or-cc   the other side stands in To or Cc
                        thread     every message of both sides, in threads that name both
  --as-of <instant>   measure as of then, later mail is left aside: 2026-05-01T12:00:00Z (default: now)
  --calendar <file>   JSON {"client": {...}, "provider": {...}}: working hours of each side; answers are then measured
                      in the working time of the side that answers, too
                        {"zone": "Asia/Manila", "hours": {"mon": [["09:00", "18:00"]]}, "holidays": ["2026-12-25"]}
  --json              the figures as JSON
  --help              this text

Messages in a row of one side are one question, answered by the first message of the other side after them. Waiting is
measured from the first and from the last message of the question. Automatic replies, delivery reports, meeting mail and
mail of machines (no-reply) neither ask nor answer. The same message in several mailboxes counts once.
A median is the middle of all answers; "9 of 10" is the time within which nine of ten came.

Exit code: 0 measured, 1 a file cannot be read, 2 an option is wrong.`;

const WITH_VALUE = ['mail', 'client', 'provider', 'addressed', 'as-of', 'calendar'] as const;
type Named = (typeof WITH_VALUE)[number];
const ADDRESS = /^[^\s@,<>()":;\\]+@[^\s@,<>()":;\\]+$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/i;

/**
 * @returns what was asked for, or `help`
 * @throws {BadInput} naming the option and what to write instead
 */
export function parseOptions(argv: readonly string[]): Options | 'help' {
  if (argv.includes('--help') || argv.includes('-h')) return 'help';
  const values = new Map<Named, string>();
  let json = false;
  for (let at = 0; at < argv.length; at++) {
    const [name, inline] = split(argv[at]!);
    if (name === 'json' && inline === undefined) {
      json = true;
      continue;
    }
    if (!isNamed(name)) {
      const hint =
        name === undefined ? `${argv[at]} belongs to no option. Every value has its name before it` : `There is no option ${argv[at]}`;
      throw new BadInput(`${hint}; --help lists them.`);
    }
    const value = inline ?? argv[++at];
    if (value === undefined || value === '' || (inline === undefined && value.startsWith('--'))) {
      throw new BadInput(`--${name} needs a value: ${EXAMPLES[name]}`);
    }
    if (values.has(name))
      throw new BadInput(`--${name} is there twice. Give it once${name === 'client' || name === 'provider' ? ', with commas' : ''}.`);
    values.set(name, value);
  }
  const mail = values.get('mail');
  if (mail === undefined) throw new BadInput(`--mail is missing. Name the mailbox: ${EXAMPLES.mail}`);
  return {
    mail,
    sides: sidesOf(values),
    addressed: addressedOf(values.get('addressed') ?? 'to'),
    asOf: instantOf(values.get('as-of')),
    calendar: values.get('calendar'),
    json,
  };
}

const EXAMPLES: Readonly<Record<Named, string>> = {
  mail: '--mail inbox.mbox',
  client: '--client contoso.com',
  provider: '--provider fabrikam.com',
  addressed: '--addressed to, to-or-cc or thread',
  'as-of': '--as-of 2026-05-01T12:00:00Z',
  calendar: '--calendar calendars.json',
};

function split(argument: string): [string | undefined, string | undefined] {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  return match ? [match[1], match[2]] : [undefined, undefined];
}

function isNamed(name: string | undefined): name is Named {
  return (WITH_VALUE as readonly (string | undefined)[]).includes(name);
}

function sidesOf(values: ReadonlyMap<Named, string>): SideEntries {
  const [client, provider] = (['client', 'provider'] as const).map((name) => {
    const value = values.get(name);
    if (value === undefined) throw new BadInput(`--${name} is missing. Say who the ${name} is: ${EXAMPLES[name]}`);
    const entries = value.split(/[,\s]+/).filter((entry) => entry !== '');
    if (entries.length === 0) throw new BadInput(`--${name} needs a value: ${EXAMPLES[name]}`);
    return [...new Set(entries.map((entry) => entryOf(name, entry)))];
  }) as [string[], string[]];
  const both = client.find((entry) => provider.includes(entry));
  if (both !== undefined) throw new BadInput(`${both} stands under --client and under --provider. Leave it with the side it belongs to.`);
  return { client, provider };
}

function entryOf(name: 'client' | 'provider', written: string): string {
  const entry = written.toLowerCase();
  if (ADDRESS.test(entry)) return entry;
  const domain = domainToASCII(entry.replace(/^(?:\*\.|[@.])/, '')) || entry;
  const problem = domainProblem(domain);
  if (problem === null) return domain;
  const why = problem.split('. ')[0];
  throw new BadInput(`--${name}: ${why}. Give a company's own domain (fabrikam.com) or a whole address (ana@gmail.com).`);
}

function addressedOf(value: string): Addressed {
  if (value === 'to' || value === 'to-or-cc' || value === 'thread') return value;
  throw new BadInput(`--addressed ${value} is not known. Write ${EXAMPLES.addressed}.`);
}

function instantOf(value: string | undefined): Date | undefined {
  if (value === undefined) return undefined;
  const instant = new Date(INSTANT.test(value) ? value.replace(' ', 'T').toUpperCase() : Number.NaN);
  const day = Number(value.slice(8, 10));
  if (Number.isNaN(instant.getTime()) || day > new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)).getUTCDate()) {
    throw new BadInput(
      `--as-of ${value} is no instant. Write a date (its start in UTC), or a date and time with its zone: 2026-05-01T12:00:00+02:00.`,
    );
  }
  return instant;
}
