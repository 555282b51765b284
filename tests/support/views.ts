import type { z } from 'zod';
import { AgreementView, type CalendarView } from '../../bot/contract/charter.ts';
import { MattersView, MatterView } from '../../bot/contract/matter.ts';
import { ActionView, ObligationView, type TimeView } from '../../bot/contract/obligation.ts';
import { PeopleView } from '../../bot/contract/people.ts';
import { otherSide, type Side } from '../../bot/contract/sides.ts';
import { ActionResult, MeView, TodayView } from '../../bot/contract/today.ts';

/** Views as the service sends them, valid by the contract's own schemas: a case shows only what it is about. */

const PLACES = {
  client: { name: 'Contoso', place: 'Amsterdam', zone: 'Europe/Amsterdam' },
  provider: { name: 'Fabrikam', place: 'Manila', zone: 'Asia/Manila' },
} as const;
export const PARTNERSHIP = '11111111-1111-4111-8111-111111111111';
/** Tuesday 24 November 2026, 10:30 in Amsterdam, 17:30 in Manila. */
export const NOW = '2026-11-24T09:30:00Z';

export function aTime(at: string, first: Side = 'provider'): TimeView {
  const entry = (side: Side) => {
    const { place, zone } = PLACES[side];
    const write = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(new Date(at));
    const day = write({ weekday: 'short', day: 'numeric', month: 'short' }).replace(', ', ' ');
    return { side, place, zone, text: `${day}, ${write({ hour: '2-digit', minute: '2-digit' })}` };
  };
  return { at, zones: [entry(first), entry(otherSide(first))] };
}

export const anAction = (action: Partial<z.input<typeof ActionView>> & { verb: string; label: string }): ActionView =>
  ActionView.parse({ rank: 'few', inputs: [], ...action });

export const BUTTONS = {
  askAgain: anAction({ verb: 'obligation.askAgain', label: 'Ask again', hint: 'Opens the mail. Nothing is sent by itself.' }),
  notNeeded: anAction({ verb: 'obligation.notNeeded', label: 'No answer needed' }),
  promise: anAction({
    verb: 'obligation.promise',
    label: 'Answer by …',
    hint: 'The end of that working day.',
    inputs: [{ id: 'on', kind: 'date', label: 'Answer by', required: true }],
  }),
  cannot: anAction({
    verb: 'obligation.cannot',
    label: 'We cannot',
    hint: 'An honest no is an answer.',
    inputs: [{ id: 'remark', kind: 'text', label: 'Why', required: true, max: 500 }],
  }),
  answeredElsewhere: anAction({
    verb: 'obligation.answeredElsewhere',
    label: 'Answered elsewhere',
    rank: 'more',
    inputs: [
      {
        id: 'how',
        kind: 'choice',
        label: 'How',
        required: true,
        value: 'phone',
        choices: [
          { value: 'phone', title: 'By phone' },
          { value: 'teams', title: 'In Teams' },
        ],
      },
      { id: 'at', kind: 'datetime', label: 'When, if not just now', required: false },
    ],
  }),
  notExpected: anAction({ verb: 'obligation.notExpected', label: 'No answer expected', rank: 'more' }),
  neverLikeThis: anAction({
    verb: 'obligation.neverLikeThis',
    label: 'Never for mail like this',
    rank: 'more',
    hint: 'The same sender and subject will not be counted again.',
  }),
};
const ASKERS = [BUTTONS.askAgain, BUTTONS.notNeeded, BUTTONS.answeredElsewhere, BUTTONS.notExpected, BUTTONS.neverLikeThis];
const ASKED = [BUTTONS.promise, BUTTONS.cannot, BUTTONS.answeredElsewhere];

let made = 0;

/** Waits for `on` (Fabrikam unless said), seen by a person of Contoso who is not on the thread. */
export function anObligation({ on = 'provider', ...said }: Partial<z.input<typeof ObligationView>> & { on?: Side } = {}): ObligationView {
  made += 1;
  const role = on === 'provider' ? 'Service desk' : 'Finance';
  const other = otherSide(on);
  const since = aTime('2026-11-23T02:12:00Z', on);
  const due = aTime('2026-11-25T10:00:00Z', on);
  return ObligationView.parse({
    id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    partnershipId: PARTNERSHIP,
    revision: 1,
    state: 'open',
    waitingFor: { side: on, name: PLACES[on].name, role },
    waitingSide: { side: other, name: PLACES[other].name, role: null },
    lead: `Waiting for ${PLACES[on].name} (${role}) since ${since.zones[0]!.text}.`,
    sentence: `Waiting for ${PLACES[on].name} (${role}) since ${since.zones[0]!.text}. Expected by ${due.zones[0]!.text} in ${PLACES[on].place}. No answer seen in the mail that Rapport reads.`,
    status: 'Expected Wed 25 Nov',
    tone: 'calm',
    subject: null,
    people: null,
    priority: 'normal',
    since,
    expectedBy: due,
    agreedBy: null,
    settledAt: null,
    pastDue: false,
    verdict: 'expected',
    why: 'It opens a conversation with the other side.',
    turns: 1,
    explanation: {
      calendar: `Working time of ${PLACES[on].name} in ${PLACES[on].place}`,
      target: '16 h of working time',
      segments: [
        { from: since, to: aTime('2026-11-23T10:00:00Z', on), seconds: 28_080 },
        { from: aTime('2026-11-24T01:00:00Z', on), to: aTime('2026-11-24T10:00:00Z', on), seconds: 32_400 },
      ],
      closed: [{ on: '2026-11-22', text: 'No working day' }],
      pausedSeconds: 0,
      assumed: false,
    },
    actions: on === 'provider' ? ASKERS : ASKED,
    history: [{ at: '2026-11-23T02:12:00Z', text: 'The mail was written.', eventId: '7', undoable: false, said: false }],
    openMailUrl: null,
    ...said,
  });
}

export function aToday(said: Partial<z.input<typeof TodayView>> = {}): TodayView {
  return TodayView.parse({
    now: NOW,
    cursor: '100',
    partnership: { id: PARTNERSHIP, name: 'Contoso and Fabrikam', paused: false },
    you: { side: 'client', owner: true, looksAs: null, name: 'Anna de Vries' },
    sides: {
      client: { side: 'client', ...PLACES.client, now: 'Working until 17:30', localTime: 'Tue 10:30', open: true },
      provider: { side: 'provider', ...PLACES.provider, now: 'Working until 18:00', localTime: 'Tue 17:30', open: true },
    },
    charter: {
      version: 1,
      acknowledged: { client: '2026-11-02T08:00:00Z', provider: '2026-11-02T09:00:00Z' },
      text: 'Both sides agreed on Mon 2 Nov.',
    },
    headline: 'One answer is past the agreed time, with Fabrikam.',
    waitingFor: { client: [anObligation({ on: 'client' })], provider: [anObligation()] },
    matters: [],
    mine: [],
    answered: [],
    coverage: {
      text: 'Rapport reads 3 mailboxes at Contoso (3 of 12 people). Mail that reaches none of them is not seen.',
      mailboxes: 3,
      people: 3,
      lastReadAt: aTime('2026-11-24T09:28:00Z', 'client'),
    },
    ...said,
  });
}

export function aMe(said: Partial<z.input<typeof MeView>> = {}): MeView {
  return MeView.parse({
    now: NOW,
    bound: true,
    name: 'Anna de Vries',
    admin: false,
    whoCanBind: null,
    partnerships: [aPartnership()],
    ...said,
  });
}

export const aPartnership = (said: Partial<MeView['partnerships'][number]> = {}): MeView['partnerships'][number] => ({
  id: PARTNERSHIP,
  name: 'Contoso and Fabrikam',
  sides: { client: 'Contoso', provider: 'Fabrikam' },
  yourSide: 'client',
  looksAs: null,
  owner: true,
  pastDue: 1,
  open: 4,
  ...said,
});

export const aResult = (said: Partial<z.input<typeof ActionResult>> = {}): ActionResult =>
  ActionResult.parse({ now: NOW, message: 'Noted.', obligation: null, matter: null, undo: null, ...said });

/** A calendar of Fabrikam's, seen by somebody who cannot correct it. */
export const aCalendarView = (said: Partial<CalendarView> = {}): CalendarView => ({
  key: 'manila',
  side: 'provider',
  place: 'Manila',
  roles: [],
  hours: ['Mon to Fri 09:00-18:00 in Manila'],
  closed: ['Mon 30 Nov: Bonifacio Day'],
  note: 'Assumed from a public list until Fabrikam confirms it.',
  said: [],
  actions: [],
  ...said,
});

export function anAgreement(said: Partial<z.input<typeof AgreementView>> = {}): AgreementView {
  const terms = (side: Side) => ({
    side,
    name: PLACES[side].name,
    roles: ['Service owner'],
    services: [],
    hours: ['Mon to Fri 09:00-18:00'],
    place: PLACES[side].place,
    zone: PLACES[side].zone,
    closed: [],
    closedNote: null,
    answers: 'Within 8 working hours',
    urgent: 'Within 30 working minutes',
    agreed: 'Agreed on Mon 2 Nov',
  });
  return AgreementView.parse({
    now: NOW,
    you: { side: 'client', owner: true, looksAs: null },
    charter: {
      partnershipId: PARTNERSHIP,
      name: 'Contoso and Fabrikam',
      version: 1,
      note: null,
      state: 'Both sides agreed. Counts since Mon 2 Nov.',
      bothAgreed: true,
      sides: { client: terms('client'), provider: terms('provider') },
      consequences: ['When three quarters of the agreed time have gone, the side asked is reminded in private.'],
      audience: ['Everyone in this channel sees companies, roles and times.'],
      actions: [],
    },
    calendars: [aCalendarView({ key: 'amsterdam', side: 'client', place: 'Amsterdam', note: null }), aCalendarView()],
    ...said,
  });
}

export const peopleSeen = (said: Partial<z.input<typeof PeopleView>> = {}): PeopleView =>
  PeopleView.parse({ now: NOW, partnershipId: PARTNERSHIP, sides: [], unknown: [], ...said });

let matters = 0;
/** Help that Contoso asks Fabrikam for, at its first level. */
export function aMatter(seen: Partial<z.input<typeof MatterView>> = {}): MatterView {
  matters += 1;
  return MatterView.parse({
    kind: 'escalation',
    id: `33333333-3333-4333-8333-${String(matters).padStart(12, '0')}`,
    partnershipId: PARTNERSHIP,
    revision: 3,
    open: true,
    waitingFor: { side: 'provider', name: 'Fabrikam', role: 'Service desk' },
    title: 'The nightly import has stopped twice',
    sentence: 'Contoso (Service owner) asks Fabrikam for help.',
    status: 'Help is asked for: level 1 of 2',
    tone: 'soon',
    said: [{ label: 'Why it matters', text: 'Invoices go out a day late' }],
    since: aTime('2026-11-24T07:00:00Z'),
    expectedBy: aTime('2026-11-24T09:00:00Z'),
    timeLabel: 'Asked until',
    endedAt: null,
    pastDue: false,
    steps: [
      { text: 'Operational: Fabrikam (Service desk)', state: 'now' },
      { text: 'Managerial: Fabrikam (Delivery lead)', state: 'next' },
    ],
    notes: [],
    actions: [anAction({ verb: 'escalation.take', label: 'Take it' })],
    history: [{ at: '2026-11-24T07:00:00Z', text: 'Contoso (Service owner) asked for help.', eventId: '1', undoable: false, said: true }],
    ...seen,
  });
}
export const someMatters = (seen: Partial<z.input<typeof MattersView>> = {}): MattersView =>
  MattersView.parse({
    now: NOW,
    cursor: '100',
    partnershipId: PARTNERSHIP,
    kind: 'escalation',
    yourSide: 'provider',
    looksAs: null,
    open: [],
    ended: [],
    begin: [],
    ...seen,
  });
