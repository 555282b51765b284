import { SIDES, type Side } from '../contract/sides.ts';
import type { Target } from './charter.ts';
import { checkCalendars } from './checkCalendars.ts';
import { rhythms } from './checkRhythms.ts';
import type { Path } from './place.ts';
import { type Finding, meant } from './problems.ts';
import { asData, asList, type Data } from './raw.ts';
import { quoted, readTarget } from './words.ts';

// What no part can see alone. It looks at the plain data and takes every part that is sound by itself, so that all there is to mend is
// said at once, whatever else is wrong.

interface Known {
  readonly value: PersonRead;
  readonly path: Path;
}
type People = Readonly<Record<Side, readonly Known[]>>;

/** Who held a key so far. The name is empty once it was erased. */
export interface FormerPerson {
  readonly side: Side;
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * @param raw - the file as plain data, of any shape
 * @param former - who held each key so far: a key stays with its person, and so do the identity bound to it and its history
 */
export function checkAcross(raw: unknown, former: ReadonlyMap<string, FormerPerson>): Finding[] {
  const file = asData(raw);
  const people = Object.fromEntries(SIDES.map((side) => [side, peopleOf(asData(file[side]), side)])) as unknown as People;
  return [
    ...owners(people),
    ...keys(people),
    ...reusedKeys(people, former),
    ...standIns(people),
    ...addresses(file, people),
    ...domains(file),
    ...checkCalendars(file),
    ...answerOrder(file),
    ...asked(file, people),
    ...reviews(file, people),
    ...rhythms(file),
  ];
}

/** What can be read of a person, whatever is wrong beside it. */
interface PersonRead {
  readonly key: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly owner: boolean;
  readonly left: boolean;
  readonly role: string | null;
  readonly standIn: string | null;
}

const peopleOf = (side: Data, name: Side): Known[] =>
  asList(side.people).map((raw, index) => {
    const person = asData(raw);
    const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
    const yes = (value: unknown) => value === true || value === 'yes';
    const value = {
      key: text(person.key),
      name: text(person.name),
      addresses: asList(person.address).map((address) => text(address).toLowerCase()),
      // what is neither yes nor no is said at its own place
      owner: person.owner !== undefined && person.owner !== false && person.owner !== 'no',
      left: yes(person.left),
      role: text(person.role) || null,
      standIn: text(person['stand-in']) || null,
    };
    return { value, path: [name, 'people', index] };
  });

const owners = (people: People): Finding[] =>
  SIDES.filter((side) => people[side].length > 0 && !people[side].some(({ value }) => value.owner && !value.left)).map((side) => ({
    path: [side, 'people'],
    key: true,
    message: `The ${side} has no owner. Set owner: true for the person who answers for this partnership`,
  }));

function keys(people: People): Finding[] {
  const seen = new Set<string>();
  return SIDES.flatMap((side) => people[side]).flatMap(({ value, path }) => {
    if (!value.key || !seen.has(value.key)) return seen.add(value.key) && [];
    return [
      {
        path: [...path, 'key'],
        message: `The key ${quoted(value.key)} is taken already. Give each person of both sides a key of their own`,
      },
    ];
  });
}

const reusedKeys = (people: People, former: ReadonlyMap<string, FormerPerson>): Finding[] =>
  SIDES.flatMap((side) =>
    people[side].flatMap(({ value, path }): Finding[] => {
      const before = former.get(value.key);
      if (!before) return [];
      const place = [...path, 'key'];
      if (before.side !== side) {
        return [{ path: place, message: `The key ${quoted(value.key)} was held on the ${before.side}'s side. Give this person a new key` }];
      }
      const another = before.name && before.name !== value.name && !value.addresses.some((address) => before.addresses.includes(address));
      return another ? [{ path: place, message: `The key ${quoted(value.key)} was ${before.name}'s. Give another person a new key` }] : [];
    }),
  );

const standIns = (people: People): Finding[] =>
  SIDES.flatMap((side) =>
    people[side].flatMap(({ value, path }) => {
      const key = value.standIn;
      if (key === null) return [];
      const others = people[side].filter((other) => other.value.key !== value.key);
      const found = others.find((other) => other.value.key === key);
      const place = [...path, 'stand-in'];
      if (key === value.key)
        return [{ path: place, message: `${quoted(key)} cannot stand in for themselves. Name somebody else, or remove the line` }];
      if (!found)
        return [
          {
            path: place,
            message: `The stand-in ${quoted(key)} is nobody's key on this side. ${meant(
              key,
              others.map((o) => o.value.key),
            )}`,
          },
        ];
      return found.value.left
        ? [{ path: place, message: `The stand-in ${quoted(key)} has left. Name somebody else, or remove the line` }]
        : [];
    }),
  );

function addresses(file: Data, people: People): Finding[] {
  const taken = new Map<string, { side: Side; by: string }>();
  const findings: Finding[] = [];
  const take = (address: string, side: Side, by: string, path: Path) => {
    if (!address) return;
    const first = taken.get(address);
    if (!first) taken.set(address, { side, by });
    else if (first.side !== side) findings.push({ path, message: `This address stands on both sides (${first.by}). Keep it on one` });
    else findings.push({ path, message: `This address stands here twice (${first.by}). Keep it once` });
  };
  for (const side of SIDES) {
    for (const { value, path } of people[side]) {
      value.addresses.forEach((address, index) => {
        take(address, side, value.key, [...path, 'address', index]);
      });
    }
    asList(asData(file[side])['service addresses']).forEach((written, index) => {
      const address = /<([^<>]*)>\s*$/.exec(String(written))?.[1] ?? String(written);
      take(address.trim().toLowerCase(), side, 'a service address', [side, 'service addresses', index]);
    });
  }
  return findings;
}

function domains(file: Data): Finding[] {
  const taken = new Map<string, { side: Side; part: string }>();
  return SIDES.flatMap((side) =>
    ['domains', 'acts for'].flatMap((part) =>
      asList(asData(file[side])[part]).flatMap((written, index): Finding[] => {
        const domain = String(written).trim().toLowerCase();
        const first = taken.get(domain);
        taken.set(domain, first ?? { side, part });
        if (!first) return [];
        const where = first.side === side ? `under ${first.part}` : `as a domain of the ${first.side}`;
        return [{ path: [side, part, index], message: `${domain} stands already ${where}. A domain belongs to one side, once` }];
      }),
    ),
  );
}

/** High may never be later than normal, where the two can be compared. */
const answerOrder = (file: Data): Finding[] =>
  SIDES.flatMap((side) => {
    const { normal, high } = asData(asData(file.answers)[side]);
    if (normal === undefined || high === undefined) return [];
    const usual = targetOf(normal);
    const urgent = targetOf(high);
    if (!usual || !urgent || usual.kind !== urgent.kind || amount(urgent) <= amount(usual)) return [];
    return [
      { path: ['answers', side, 'high'], message: `High (${quoted(high)}) is later than normal (${quoted(normal)}). Write a shorter time` },
    ];
  });

const amount = (target: Target): number => (target.kind === 'hours' ? target.seconds : target.days);

function targetOf(text: unknown): Target | null {
  try {
    return typeof text === 'string' ? readTarget(text) : null;
  } catch {
    return null; // said at its own place already
  }
}

function asked(file: Data, people: People): Finding[] {
  const check = (who: unknown, side: Side, path: Path): Finding[] => {
    const present = people[side].filter(({ value }) => !value.left);
    const names = present.flatMap(({ value }) => [value.key, ...(value.role ? [value.role] : [])]);
    return (Array.isArray(who) ? who : [who]).flatMap((name, index): Finding[] => {
      if (typeof name !== 'string' || names.some((known) => known.toLowerCase() === name.trim().toLowerCase())) return [];
      const place = Array.isArray(who) ? [...path, index] : path;
      return [{ path: place, message: `${quoted(name)} is neither a key nor a role of the ${side}. ${meant(name, [...new Set(names)])}` }];
    });
  };
  const levels = asList(file.escalation).flatMap((level, index) =>
    SIDES.flatMap((side) => check(asData(level)[side], side, ['escalation', index, side])),
  );
  const scopes = asList(file.decisions).flatMap((raw, index): Finding[] => {
    const scope = asData(raw);
    const side = SIDES.find((candidate) => candidate === scope['decided by']);
    const path = ['decisions', index];
    const silent = scope['unless objection'];
    const findings = side ? check(scope.who, side, [...path, 'who']) : [];
    if (silent !== undefined && ['money', 'contract', 'people', 'security'].includes(String(scope.about))) {
      findings.push({ path: [...path, 'unless objection'], message: `Silence never decides about ${scope.about}. Remove the line` });
    } else if (/^[0-2] /.test(String(silent).trim())) {
      findings.push({
        path: [...path, 'unless objection'],
        message: 'Silence needs at least 3 working days to decide. Write 3 working days',
      });
    }
    return findings;
  });
  return [...levels, ...scopes];
}

/** Who prepares a review is a person who is there, and its name is its own: dates are kept by it. */
function reviews(file: Data, people: People): Finding[] {
  const keys = SIDES.flatMap((side) => people[side].filter(({ value }) => !value.left).map(({ value }) => value.key));
  const taken = new Set<string>();
  return asList(file.reviews).flatMap((raw, index): Finding[] => {
    const review = asData(raw);
    const by = review['agenda by'];
    const name = typeof review.name === 'string' ? review.name.trim().toLowerCase() : '';
    const twice = name !== '' && taken.has(name);
    taken.add(name);
    return [
      ...(typeof by === 'string' && !keys.includes(by.trim())
        ? [
            {
              path: ['reviews', index, 'agenda by'],
              message: `${quoted(by)} is nobody's key on either side. ${meant(by, keys)}`,
            },
          ]
        : []),
      ...(twice
        ? [{ path: ['reviews', index, 'name'], message: `The name ${quoted(review.name)} is taken already. Give each review its own` }]
        : []),
    ];
  });
}
