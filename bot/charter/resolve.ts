import { SIDES, type Side } from '../contract/sides.ts';
import { agreedCalendars } from './calendars.ts';
import type { AgreedCalendar, AgreedCharter, CharterSide, Contact, DecisionScope, PathwayLevel, ReviewPlan } from './charter.ts';
import type { PersonDocument } from './document.ts';
import { contactIdOf } from './ids.ts';
import type { CharterState, StoredCharter } from './store.ts';

/** One version in the form that the rules use. */
export function resolveVersion(partnershipId: string, version: number, stored: StoredCharter, state: CharterState): AgreedCharter {
  const { document } = stored;
  const calendars = agreedCalendars(stored, state.edits);
  const agreement = (side: Side) => {
    const found = state.acknowledgements.find((each) => each.version === version && each.side === side);
    return found ? { at: found.at, contactId: found.contactId } : null;
  };
  const acknowledged = { client: agreement('client'), provider: agreement('provider') };
  const both = acknowledged.client && acknowledged.provider;
  const sides = bySide((side) => resolveSide(partnershipId, side, stored, calendars, state.names));
  return {
    partnershipId,
    version,
    name: document.name ?? `${document.client.name} and ${document.provider.name}`,
    effectiveAt: state.versions.find((each) => each.version === version)!.effectiveAt,
    acknowledgedAt: both ? new Date(Math.max(acknowledged.client!.at.getTime(), acknowledged.provider!.at.getTime())) : null,
    acknowledged,
    note: document.note ?? null,
    sides,
    calendars,
    targets: document.answers,
    notExpected: document['no answer expected'].map(({ subject, from }) => ({ subject: subject ?? null, from: from ?? null })),
    alertsPerDay: document['alert cards per day'],
    channelDetail: document['channel shows'],
    updates: Object.entries(document.updates).map(([what, where]) => ({ what, where })),
    pathway: pathwayOf(stored, sides),
    helpAfter: document['help by itself after'] ?? null,
    reviews: document.reviews.map((review) => reviewOf(review, sides)),
    rhythms: document.rhythms.map(({ name, from, every, by, mail }) => ({ name, from, every, by, mail: mail ?? null })),
    decisions: document.decisions.map(
      (scope): DecisionScope => ({
        scope: scope.scope,
        about: scope.about,
        decidedBy: scope['decided by'],
        who: keysOf(sides[scope['decided by']], scope.who),
        how: scope.how === 'in sequence' ? 'sequence' : scope.how,
        within: scope.within,
        limit: scope['up to'] ?? null,
        objectionDays: scope['unless objection'] ?? null,
      }),
    ),
  };
}

const bySide = <Value>(value: (side: Side) => Value): Record<Side, Value> => ({ client: value('client'), provider: value('provider') });

function resolveSide(
  partnershipId: string,
  side: Side,
  { document, former = {} }: StoredCharter,
  calendars: Readonly<Record<string, AgreedCalendar>>,
  names: Readonly<Record<string, string>>,
): CharterSide {
  const { name, domains, calendar, people, ...rest } = document[side];
  const idOf = (key: string): string => former[key] ?? contactIdOf(partnershipId, key);
  const contact = (person: PersonDocument): Contact => {
    const id = idOf(person.key);
    return {
      id,
      key: person.key,
      side,
      name: names[id] ?? '',
      role: person.role ?? (person.owner ? 'Owner' : person.executive ? 'Executive' : 'Team'),
      addresses: person.address,
      owner: person.owner && !person.left,
      executive: person.executive,
      standIn: person['stand-in'] === undefined ? null : idOf(person['stand-in']),
      left: person.left,
      calendar: person.calendar === undefined ? null : calendars[person.calendar]!,
    };
  };
  return {
    side,
    name,
    domains,
    serviceAddresses: rest['service addresses'],
    actsFor: rest['acts for'],
    calendar: calendars[calendar]!,
    contacts: people.map(contact),
  };
}

const PREPARED_DAYS = 2;
const REVIEW_MINUTES = 60;

/** Whoever is named to prepare it, while he is there; else the owner at the client. */
function reviewOf(review: StoredCharter['document']['reviews'][number], sides: Readonly<Record<Side, CharterSide>>): ReviewPlan {
  const present = SIDES.flatMap((side) => sides[side].contacts.filter((contact) => !contact.left));
  const named = present.find((contact) => contact.key === review['agenda by']);
  const owner = named ?? present.find((contact) => contact.owner) ?? present[0];
  return {
    name: review.name,
    every: review.every,
    on: review.on ?? null,
    invitation: review.invitation ?? null,
    agendaBy: owner?.key ?? '',
    preparedDays: review.prepared ?? PREPARED_DAYS,
    covers: review.covers ?? [],
    minutes: review.lasts ?? REVIEW_MINUTES,
  };
}

/** The charter's ladder; without one: the owner, then the executives where both sides have one. */
function pathwayOf({ document }: StoredCharter, sides: Readonly<Record<Side, CharterSide>>): PathwayLevel[] {
  if (document.escalation) {
    return document.escalation.map((level) => ({
      name: level.level,
      asked: bySide((side) => keysOf(sides[side], level[side])),
      takeWithinSeconds: level['take within'].seconds,
      elapsed: level['take within'].elapsed,
    }));
  }
  const present = (side: Side) => sides[side].contacts.filter((contact) => !contact.left);
  const level = (name: string, fits: (contact: Contact) => boolean): PathwayLevel[] => {
    const asked = bySide((side) =>
      present(side)
        .filter(fits)
        .map((contact) => contact.key),
    );
    return SIDES.every((side) => asked[side].length > 0) ? [{ name, asked, takeWithinSeconds: 4 * 3600, elapsed: false }] : [];
  };
  return [...level('managerial', (contact) => contact.owner), ...level('executive', (contact) => contact.executive)];
}

/** Keys and roles, as keys in the order written; a role stands for everyone who holds it. */
function keysOf(side: CharterSide, who: readonly string[]): string[] {
  const present = side.contacts.filter((contact) => !contact.left);
  const fits = (word: string) => {
    const byKey = present.filter((contact) => contact.key === word);
    return byKey.length ? byKey : present.filter((contact) => contact.role.toLowerCase() === word.toLowerCase());
  };
  return [...new Set(who.flatMap((name) => fits(name.trim()).map((contact) => contact.key)))];
}
