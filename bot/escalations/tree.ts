import { createHash } from 'node:crypto';
import type { Charter, Contact } from '../charter/charter.ts';
import { inBothPlaces } from '../charter/readable.ts';
import { SIDES } from '../contract/sides.ts';
import { inPlaceOf, type World } from '../people/index.ts';
import { visible } from '../posts/plain.ts';
import type { OwnMail } from '../posts/port.ts';
import type { Escalation, Tree } from './escalation.ts';
import { levelEndsAt } from './rules.ts';

/** A crisis of the partnership: there alone a list of people is kept. */
export const isCrisis = (e: Escalation): boolean => e.updateEverySeconds !== null;

/** Everybody who can be reached, by how near he is to it: whoever is asked or holds it, owners, the levels, executives; then all others. */
function peopleOf(e: Escalation, world: World): { readonly near: Contact[]; readonly all: Contact[] } {
  const there = SIDES.flatMap((side) => world.charter.sides[side].contacts).filter((contact) => !world.isGone(contact));
  const now = [...e.calls.map((call) => call.contactId), e.holder];
  const levels = e.pathway.flatMap((rung) => rung.asked.map((id) => inPlaceOf(world, id)?.id));
  const rank = (contact: Contact): number =>
    [now.includes(contact.id), contact.owner, levels.includes(contact.id) || contact.id === e.by, contact.executive, true].indexOf(true);
  const all = there.map((contact) => ({ contact, at: rank(contact) })).sort((a, b) => a.at - b.at);
  return { near: all.filter(({ at }) => at < 4).map(({ contact }) => contact), all: all.map(({ contact }) => contact) };
}

/**
 * The list of people after a step. Its number grows when somebody else is to be called, or may be reached elsewhere: when it is declared, a level is
 * asked, somebody takes it or hands it on, a person goes, comes or has another address, nobody is left to ask, and when it ends. An update alone,
 * or asking the same people once more, changes nothing for whoever would call.
 */
export function treeAfter(e: Escalation, world: World): Tree | null {
  if (!isCrisis(e)) return e.tree;
  const { near, all } = peopleOf(e, world);
  const said = [
    e.state,
    e.ending,
    e.level,
    e.holder,
    e.spentAt !== null,
    e.calls.map((call) => call.contactId).sort(),
    near.map((contact) => contact.id).sort(),
    all.map((contact) => [contact.id, contact.role, contact.name, contact.addresses[0] ?? '']).sort(),
  ];
  const of = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12);
  return e.tree?.of === of ? e.tree : { change: (e.tree?.change ?? 0) + 1, of, mail: e.tree?.mail ?? null };
}

/** Who is to be reached, to be read without Teams and without Rapport: to the owners of both sides, and to everybody near to it. */
export function treeMail(e: Escalation, world: World<Charter>): OwnMail {
  const { charter } = world;
  const { near, all } = peopleOf(e, world);
  const addresses = (list: readonly Contact[]) => [...new Set(list.flatMap((contact) => contact.addresses.slice(0, 1)))];
  const to = addresses(near.filter((contact) => contact.owner));
  const line = (contact: Contact): string =>
    visible([`${charter.sides[contact.side].name}, ${contact.role}: ${contact.name}`, ...contact.addresses.slice(0, 1)].join(', '), 200);
  return {
    to,
    cc: addresses(near).filter((address) => !to.includes(address)),
    subject: visible(`Who to reach: ${charter.name}: ${e.request.what}`, 150),
    text: [
      ...stands(e, world, line),
      '',
      ...requestLines(e),
      '',
      'Levels:',
      ...e.pathway.map((rung, index) => visible(`${index + 1}. ${rung.name}: ${rolesOf(rung.asked, world)}`, 200)),
      '',
      'Everybody:',
      ...all.map(line),
    ].join('\n'),
  };
}

const rolesOf = (ids: readonly string[], world: World): string =>
  [...new Set(ids.flatMap((id) => inPlaceOf(world, id)?.role ?? []))].join(', ') || 'nobody is there';

/** Who is to be called now, and when more is said. */
function stands(e: Escalation, world: World, line: (contact: Contact) => string): string[] {
  const named = (id: string | null): string[] => {
    const contact = id === null ? null : inPlaceOf(world, id);
    return [contact ? line(contact) : 'nobody who is there'];
  };
  const hours = e.updateEverySeconds! / 3600;
  const rhythm = `An update comes at least every ${hours === 1 ? 'hour' : `${hours} hours`}.`;
  const at = (instant: Date): string => inBothPlaces(world.charter, instant, e.askedSide);
  switch (e.state) {
    case 'taken':
      return ['Taken by:', ...named(e.holder), ...(e.nextUpdateAt ? [`Next update by ${at(e.nextUpdateAt)}.`] : []), rhythm];
    case 'resolved':
      return ['Resolved, to be confirmed. It was held by:', ...named(e.holder)];
    case 'closed':
      return ['The crisis has ended.'];
    default: {
      const ends = levelEndsAt(e);
      if (!ends) return ['Everyone who was agreed on has been asked, and nobody has taken it: please speak to one another.'];
      return [`Asked until ${at(ends)}:`, ...e.calls.flatMap((call) => named(call.contactId)), rhythm];
    }
  }
}

/** What was asked for, in the words of whoever asked. */
export const requestLines = ({ request }: Escalation): string[] => [
  `What happened: ${visible(request.what, 500)}`,
  `Why it matters: ${visible(request.why, 500)}`,
  `What is needed: ${visible(request.wanted, 500)}`,
  `Done when: ${visible(request.doneWhen, 500)}`,
];
