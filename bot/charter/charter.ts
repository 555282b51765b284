import type { Priority, Side } from '../contract/sides.ts';
import type { Weekday, WorkCalendar } from '../worktime/index.ts';

/** An answer target in the calendar of the side asked: n working seconds, or the end of the nth working day (design.md, clocks, 1). */
export type Target = { readonly kind: 'hours'; readonly seconds: number } | { readonly kind: 'days'; readonly days: number };

/** A calendar as agreed: working time plus what people read about it. */
export interface AgreedCalendar {
  readonly key: string;
  /** The city people read: `Manila`. */
  readonly place: string;
  readonly work: WorkCalendar;
  /** The imported holiday list has not been confirmed by the side. */
  readonly assumed: boolean;
}

/** A person of a side in one partnership. `id` is stable over charter versions (it follows `key`). */
export interface Contact {
  readonly id: string;
  readonly key: string;
  readonly side: Side;
  readonly name: string;
  /** What people read in place of a name: `Service desk`. */
  readonly role: string;
  /** Lower case; the first is the one mail is written to. */
  readonly addresses: readonly string[];
  readonly owner: boolean;
  readonly executive: boolean;
  readonly standIn: string | null;
  readonly left: boolean;
  readonly calendar: AgreedCalendar | null;
}

export interface CharterSide {
  readonly side: Side;
  /** The company people read: `Fabrikam`. */
  readonly name: string;
  readonly domains: readonly string[];
  readonly serviceAddresses: readonly { readonly address: string; readonly name: string }[];
  /** Domains of others that answer for this side (a subcontractor), acknowledged by it. */
  readonly actsFor: readonly string[];
  readonly calendar: AgreedCalendar;
  readonly contacts: readonly Contact[];
}

/** Mail that expects no answer: both given parts must fit. `subject` is a bare subject with `*` as wildcard, `from` an address or domain. */
export interface NotExpectedPattern {
  readonly subject: string | null;
  readonly from: string | null;
}

/** One version of what both sides agreed. `effectiveAt` is UTC; amendments touch only what opens at or after it. */
export interface Charter {
  readonly partnershipId: string;
  readonly version: number;
  readonly name: string;
  readonly effectiveAt: Date;
  /** When both sides had acknowledged it; null until then: nothing opened before is ever alerted. */
  readonly acknowledgedAt: Date | null;
  readonly sides: Readonly<Record<Side, CharterSide>>;
  /** By debtor side and priority. */
  readonly targets: Readonly<Record<Side, Readonly<Record<Priority, Target>>>>;
  readonly notExpected: readonly NotExpectedPattern[];
  readonly alertsPerDay: number;
  readonly channelDetail: 'roles' | 'names' | 'subject';
}

/** What people read of a rung: who of each side is asked, and how long they have to take it. */
export interface PathwayLevel {
  readonly name: string;
  /** Contact keys by side, in the order of the charter file; a role stands for everyone who holds it. */
  readonly asked: Readonly<Record<Side, readonly string[]>>;
  /** Working seconds of the person asked, unless `elapsed`. */
  readonly takeWithinSeconds: number;
  readonly elapsed: boolean;
}

/** How often something recurs: `{ unit: 'week', each: 2 }` is every second week. */
export interface Cadence {
  readonly unit: 'day' | 'week' | 'month' | 'quarter';
  readonly each: number;
}

/** A moment of a cadence by the wall clock: a weekday, or the nth working day of the month; null where it is left open. */
export interface Moment {
  readonly weekday: Weekday | null;
  readonly workingDay: number | null;
  /** `HH:MM` in the zone of the side concerned. */
  readonly time: string | null;
}

export interface ReviewPlan {
  readonly name: string;
  readonly every: Cadence;
  readonly on: Moment | null;
  /** Subject pattern of its invitation, `*` as wildcard. */
  readonly invitation: string | null;
  /** Contact key of whoever prepares it. */
  readonly agendaBy: string;
  /** Working days of that person before it, at the start of which its agenda is there. */
  readonly preparedDays: number;
  /** What each date of it has to cover, a line each. */
  readonly covers: readonly string[];
  /** Minutes, where the calendar does not say, and for times that are proposed. */
  readonly minutes: number;
}

/** An update that a side gives by itself. `mail` is the subject pattern of a mail that counts as given. */
export interface Rhythm {
  readonly name: string;
  readonly from: Side;
  readonly every: Cadence;
  readonly by: Moment;
  readonly mail: string | null;
}

export interface DecisionScope {
  readonly scope: string;
  readonly about: 'work' | 'money' | 'contract' | 'people' | 'security';
  readonly decidedBy: Side;
  /** Contact keys, in sequence where `how` says so. */
  readonly who: readonly string[];
  readonly how: 'one' | 'any' | 'all' | 'sequence';
  readonly within: Target;
  /** The most that may be asked for in it: `{ amount: 5000, unit: 'EUR' }`; null where there is no limit. */
  readonly limit: { readonly amount: number; readonly unit: string } | null;
  /** Working days of the objector after which silence lets it proceed; null where a decision is needed. */
  readonly objectionDays: number | null;
}

/** A charter with everything both sides wrote down, and who agreed when: what `charters` answers. */
export interface AgreedCharter extends Charter {
  readonly note: string | null;
  readonly acknowledged: Readonly<Record<Side, { readonly at: Date; readonly contactId: string } | null>>;
  /** By key, those of people included. */
  readonly calendars: Readonly<Record<string, AgreedCalendar>>;
  readonly updates: readonly { readonly what: string; readonly where: string }[];
  readonly pathway: readonly PathwayLevel[];
  /** So long past the agreed time help is asked for by itself; null: never. Working seconds of the side asked, unless `elapsed`. */
  readonly helpAfter: { readonly seconds: number; readonly elapsed: boolean } | null;
  readonly reviews: readonly ReviewPlan[];
  readonly rhythms: readonly Rhythm[];
  readonly decisions: readonly DecisionScope[];
}
