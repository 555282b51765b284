import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { problemText } from '../../bot/charter/problems.ts';
import { readCharter } from '../../bot/charter/read.ts';

const VALID = readFileSync(join(import.meta.dirname, '../support/charters/litware.yaml'), 'utf8');

/** What is said of the small example after one change in it. */
async function said(change: (text: string) => string): Promise<string[]> {
  const changed = change(VALID);
  expect(changed).not.toBe(VALID);
  const read = await readCharter(changed, 'litware.yaml');
  return 'problems' in read ? read.problems.map(problemText) : [];
}
const swap = (from: string, to: string) => (text: string) => text.replace(from, to);

describe('what a charter file lacks, where, and how to mend it', () => {
  it.each<[string, (text: string) => string, string[]]>([
    ['a key misspelt', swap('whose: yours', 'whos: yours'), ['litware.yaml:25:17: "whos" is not known here. Did you mean "whose"?']],
    [
      'a key of another style',
      swap('provider:', 'provider:\n  serviceAddresses: [ops@litware.com]'),
      ['litware.yaml:10:3: "serviceAddresses" is not known here. Did you mean "service addresses"?'],
    ],
    [
      'a public mail domain',
      swap('domains: contoso.com', 'domains: gmail.com'),
      [
        "litware.yaml:4:12: gmail.com is a public mail service, where anyone can have an address. Leave it out; a person's address there may stand under people.",
      ],
    ],
    [
      'domains that are none',
      swap('domains: litware.com', 'domains: [litware.com, "@litware.pl", co.uk, contoso.com, hotmail.fr]'),
      [
        'litware.yaml:11:26: @litware.pl is an address. Write the part after the @ alone.',
        "litware.yaml:11:41: co.uk is an ending under which many companies register. Write the company's own domain.",
        'litware.yaml:11:48: contoso.com stands already as a domain of the client. A domain belongs to one side, once.',
        "litware.yaml:11:61: hotmail.fr is a public mail service, where anyone can have an address. Leave it out; a person's address there may stand under people.",
      ],
    ],
    [
      'a calendar misspelt',
      swap('calendar: warsaw', 'calendar: warsow'),
      ['litware.yaml:12:13: The calendar "warsow" is not among the calendars. Did you mean "warsaw"?'],
    ],
    [
      'one calendar for both sides',
      swap('calendar: warsaw', 'calendar: london'),
      [
        'litware.yaml:12:13: The calendar "london" is the client\'s. Give each side its own, even where they are alike: each confirms its holidays.',
        'litware.yaml:21:3: Nobody uses the calendar "warsaw". Name it for a side or a person, or remove it.',
      ],
    ],
    [
      'a city for a zone',
      swap('Europe/Warsaw', 'Warsaw'),
      ['litware.yaml:22:11: "Warsaw" is not a time zone. Did you mean Europe/Warsaw?'],
    ],
    [
      'a distance for a zone',
      swap('Europe/Warsaw', '+01:00'),
      ['litware.yaml:22:11: "+01:00" is not a time zone. Write an IANA name such as Asia/Manila.'],
    ],
    [
      'a calendar without working time',
      swap('mon-fri: 08:00-16:00', 'mon-fri: closed'),
      ['litware.yaml:23:12: This calendar has no working time. Write mon-fri: 09:00-17:30.'],
    ],
    [
      'hours that are none',
      swap('mon-fri: 08:00-16:00', 'mon-fri: 8-16'),
      ['litware.yaml:23:23: "8-16" are not hours. Write 09:00-12:30, 13:30-18:00, a night as 21:00-06:00, or closed.'],
    ],
    [
      'hours that overlap',
      swap('mon-fri: 08:00-16:00', '{ mon-fri: "08:00-16:00, 12:00-18:00" }'.slice(2, -2)),
      ['litware.yaml:23:23: "08:00-16:00, 12:00-18:00" holds hours that overlap. Write each hour once.'],
    ],
    [
      'days that are none',
      swap('mon-fri: 08:00-16:00', 'mon-fry: 08:00-16:00'),
      ['litware.yaml:23:14: "mon-fry" are not days of the week. Write mon-fri, or mon, wed, or sat.'],
    ],
    [
      'a day twice',
      swap('mon-fri: 08:00-16:00', 'mon-fri: 08:00-16:00, fri: 09:00-10:00'),
      ['litware.yaml:23:12: fri has hours twice. Write each day once.'],
    ],
    [
      'no owner, and an address on both sides',
      swap('ewa@litware.com, owner: true', 'sam@contoso.com'),
      [
        'litware.yaml:13:3: The provider has no owner. Set owner: true for the person who answers for this partnership.',
        'litware.yaml:14:45: This address stands on both sides (sam). Keep it on one.',
      ],
    ],
    [
      'an owner who left',
      swap('ewa@litware.com, owner: true', 'ewa@litware.com, owner: true, left: true'),
      ['litware.yaml:13:3: The provider has no owner. Set owner: true for the person who answers for this partnership.'],
    ],
    [
      'an address that is none',
      swap('ewa@litware.com', 'ewa at litware'),
      ['litware.yaml:14:45: "ewa at litware" is not a mail address. Write joan@fabrikam.com.'],
    ],
    [
      'an address that is a service and a person',
      swap('calendar: warsaw\n', 'calendar: warsaw\n  service addresses: Desk <ewa@litware.com>\n'),
      ['litware.yaml:13:22: This address stands here twice (ewa). Keep it once.'],
    ],
    [
      'a stand-in that nobody knows',
      swap('owner: true }\n\nprovider', 'owner: maybe, stand-in: jo }\n\nprovider'),
      [
        'litware.yaml:7:68: "owner" should be true or false, not "maybe".',
        'litware.yaml:7:85: The stand-in "jo" is nobody\'s key on this side. There is none.',
      ],
    ],
    [
      'a key taken twice',
      swap('key: ewa', 'key: sam'),
      ['litware.yaml:14:14: The key "sam" is taken already. Give each person of both sides a key of their own.'],
    ],
    [
      'hours and an address left out',
      (text) => text.replace('    hours: { mon-fri: 08:00-16:00 }\n', '').replace(', address: ewa@litware.com', ''),
      [
        'litware.yaml:14:7: "address" is missing. Write the mail address: address: joan@fabrikam.com.',
        'litware.yaml:22:5: "hours" is missing. Write mon-fri: 09:00-17:30.',
      ],
    ],
    ['a name left out', swap('  name: Litware\n', ''), ['litware.yaml:10:3: "name" is missing. Add it.']],
    [
      'a section misspelt',
      swap('calendars:', 'calendrs:'),
      [
        'litware.yaml:2:1: "calendars" is missing. Name at least one calendar with its zone and hours.',
        'litware.yaml:16:1: "calendrs" is not known here. Did you mean "calendars"?',
      ],
    ],
    [
      'a country misspelt',
      swap('holidays: { whose: yours }', 'holidays: { country: Polnad }'),
      ['litware.yaml:25:26: There is no list of holidays for the country "Polnad". Did you mean "Poland"?'],
    ],
    [
      'a region that there is none of',
      swap('region: ENG', 'region: Wessex'),
      [
        'litware.yaml:20:38: There is no list of holidays for the region "Wessex" of United Kingdom. Known here: Alderney, England, Northern Ireland, Scotland, Wales.',
      ],
    ],
    [
      'holidays of nobody',
      swap('holidays: { country: GB, region: ENG }', 'holidays: { whose: yours }'),
      ["litware.yaml:25:24: Both sides rest on the other side's holidays. Write whose: ours for one of them."],
    ],
    [
      'holidays without a country',
      swap('holidays: { country: GB, region: ENG }', 'holidays: { confirmed: yes }'),
      ['litware.yaml:20:5: These holidays name no country. Write country: PH, list days under add, or remove the line.'],
    ],
    [
      'an exception without a reason, and on no date',
      swap('    # Warsaw works', '    exceptions: { 2026-02-30: { hours: closed } }\n    # Warsaw works'),
      [
        'litware.yaml:24:19: "2026-02-30" is not a date. Write 2026-12-24, or 2026-12-28 to 2026-12-31.',
        'litware.yaml:24:31: "reason" is missing. Say why: people read it beside the times.',
      ],
    ],
    [
      'the same key twice',
      swap('    zone: Europe/London\n', '    zone: Europe/London\n    zone: Europe/London\n'),
      ['litware.yaml:19:5: This key stands here twice. Keep one of them.'],
    ],
    ['a tab', swap('client:', '\tclient:'), ['litware.yaml:2:1: This line starts with a tab. Indent with spaces.']],
    [
      'a colon too many',
      swap('name: Litware', 'name: Litware: the company'),
      ['litware.yaml:10:9: A colon too many in this line. Put text that holds a colon in quotes.'],
    ],
    [
      'an alias that holds itself',
      swap('calendars:', 'updates: &x { a: *x }\ncalendars:'),
      ['litware.yaml:1:1: The aliases of this file lead too far. Write the parts out.'],
    ],
    [
      'an effective date that is none',
      (text) => `effective: next week\n${text}`,
      ['litware.yaml:1:12: "next week" is not a date. Write 2026-12-01, or 2026-12-01T09:00+01:00.'],
    ],
    [
      'answer times',
      (text) =>
        `${text}\nanswers:\n  client: { normal: soon, high: 9 working hours }\n  provider: { normal: 2 working hours, high: 1 day, urgent: now }\n`,
      [
        'litware.yaml:28:21: "soon" is not a time to answer. Write 8 working hours, 30 minutes, end of the next working day or end of working day 2.',
        'litware.yaml:29:46: "1 day" is not a time to answer. Write 8 working hours, 30 minutes, end of the next working day or end of working day 2.',
        'litware.yaml:29:53: "urgent" is not known here. Known here: normal, high.',
      ],
    ],
    [
      'high later than normal',
      (text) => `${text}\nanswers:\n  client: { normal: 2 working hours, high: 9 working hours }\n`,
      ['litware.yaml:28:44: High ("9 working hours") is later than normal ("2 working hours"). Write a shorter time.'],
    ],
    ['an empty section', (text) => `${text}\nanswers:\n`, ['litware.yaml:27:9: "answers" is empty. Fill it in, or remove the line.']],
    [
      'wrong kinds of value',
      (text) => `${text}\nalert cards per day: many\nchannel shows: everything\nno answer expected:\n  - {}\n`,
      [
        'litware.yaml:27:22: "alert cards per day" should be a number, not "many".',
        'litware.yaml:28:16: "everything" is not known for "channel shows". Known here: roles, names, subject.',
        'litware.yaml:30:5: This pattern fits every mail. Give a subject, a from, or both.',
      ],
    ],
    [
      'a ladder that cannot be climbed',
      (text) => `${text}\nescalation:\n  - { level: one, client: sam, provider: the boss, take within: a while }\n`,
      [
        'litware.yaml:28:42: "the boss" is neither a key nor a role of the provider. Known here: ewa.',
        'litware.yaml:28:65: "a while" is not a duration. Write 2 working hours, 30 minutes or 12 hours elapsed.',
      ],
    ],
    [
      'silence that may not decide',
      (text) =>
        `${text}\ndecisions:\n  - { scope: Budget, about: money, decided by: client, who: sam, unless objection: 3 working days }\n  - { scope: Deploy, decided by: client, who: sam, unless objection: 2 working days }\n`,
      [
        'litware.yaml:28:84: Silence never decides about money. Remove the line.',
        'litware.yaml:29:70: Silence needs at least 3 working days to decide. Write 3 working days.',
      ],
    ],
    [
      'reviews',
      (text) =>
        `${text}\nreviews:\n  - { name: Weekly, every: week, agenda by: evo, prepared: 3 days, lasts: long }\n  - { name: weekly, every: month, prepared: 0 working days, lasts: 5 minutes, cover: x }\n`,
      [
        'litware.yaml:28:45: "evo" is nobody\'s key on either side. Known here: sam, ewa.',
        'litware.yaml:28:60: "3 days" is not a number of working days. Write 3 working days.',
        'litware.yaml:28:75: "long" is not how long it lasts. Write 45 minutes, or 1 hour.',
        'litware.yaml:29:13: The name "weekly" is taken already. Give each review its own.',
        'litware.yaml:29:45: "prepared" must be at least 1.',
        'litware.yaml:29:68: "5 minutes" is not between 10 minutes and 8 hours.',
        'litware.yaml:29:79: "cover" is not known here. Did you mean "covers"?',
      ],
    ],
    [
      'rhythms',
      (text) => `${text}\nrhythms:\n  - { name: Report, from: vendor, every: fortnight, by: noon }\n`,
      [
        'litware.yaml:28:27: "vendor" is not known for "from". Known here: client, provider.',
        'litware.yaml:28:42: "fortnight" is not how often. Write day, week, 2 weeks, month or quarter.',
        'litware.yaml:28:57: "noon" is not a moment. Write thu 12:00, 12:00 or working day 3 12:00.',
      ],
    ],
    [
      'rhythms that nobody could keep apart, or keep',
      (text) =>
        `${text}\nrhythms:\n  - { name: Report, from: provider, every: day, by: thu 12:00 }\n  - { name: report, from: provider, every: week, by: thu }\n  - { name: Report, from: client, every: day, by: 10:00 }\n`,
      [
        'litware.yaml:28:53: "thu 12:00" names a day of something that is given every day. Write 10:00 alone.',
        'litware.yaml:29:13: The name "report" is taken already. Give each update of a side its own.',
      ],
    ],
  ])('%s', async (_what, change, expected) => {
    expect(await said(change)).toEqual(expected);
  });

  it('says everything at once, in the order of the file', async () => {
    const messages = await said((text) =>
      text.replace('gmail', 'x').replace('contoso.com\n', 'gmail.com\n').replace('Warsaw', 'Warsw').replace('owner: true', 'owner: no'),
    );
    expect(messages.map((message) => message.split(': ')[0])).toEqual(['litware.yaml:4:12', 'litware.yaml:6:3', 'litware.yaml:22:11']);
  });

  it.each([
    ['nothing', ''],
    ['a list', '- a\n- b'],
    ['a word', 'hello'],
  ])('%s is no charter', async (_what, text) => {
    const read = await readCharter(text, 'x.yaml');
    expect('problems' in read && read.problems.map(problemText)).toEqual([
      'x.yaml:1:1: This file says nothing that a charter says. Start with a client and a provider.',
    ]);
  });

  it('keeps a key with its person', async () => {
    const former = new Map([
      ['sam', { side: 'provider', name: 'Sam Hill', addresses: ['sam@contoso.com'] }],
      ['ewa', { side: 'provider', name: 'Jan Kowalski', addresses: ['jan@litware.com'] }],
    ] as const);
    const read = await readCharter(VALID, 'litware.yaml', former);
    expect('problems' in read && read.problems.map(problemText)).toEqual([
      'litware.yaml:7:14: The key "sam" was held on the provider\'s side. Give this person a new key.',
      'litware.yaml:14:14: The key "ewa" was Jan Kowalski\'s. Give another person a new key.',
    ]);
  });
});
