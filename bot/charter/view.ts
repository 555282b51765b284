import { isActor, type Viewer } from '../capability.ts';
import type { CharterView, SideTerms } from '../contract/charter.ts';
import { SIDES } from '../contract/sides.ts';
import type { Tx } from '../store/database.ts';
import { localDate } from '../worktime/index.ts';
import { mayAcknowledge } from './acknowledge.ts';
import type { AgreedCalendar, AgreedCharter, CharterSide, Contact } from './charter.ts';
import { looksThin } from './holidays.ts';
import { durationText } from './readable.ts';
import { allVersions } from './versions.ts';
import { dateText, hoursText, targetText } from './wallClock.ts';

const NEXT_CLOSED_DAYS = 3;

/** The newest version as a viewer may see it; null when there is none. It holds roles and times, never a person's name. */
export async function charterView(tx: Tx, partnershipId: string, viewer: Viewer, now: Date): Promise<CharterView | null> {
  const versions = await allVersions(tx, partnershipId);
  const charter = versions.at(-1);
  if (!charter) return null;
  const runs = versions.findLast((version) => version.acknowledgedAt !== null && version.version !== charter.version);
  const mayAgree = mayAgreeNow(charter, viewer);
  return {
    partnershipId,
    name: charter.name,
    version: charter.version,
    note: charter.note,
    state: stateText(charter, runs, now),
    bothAgreed: charter.acknowledgedAt !== null,
    sides: { client: terms(charter, 'client', now), provider: terms(charter, 'provider', now) },
    consequences: consequences(charter),
    audience: audience(charter),
    actions: mayAgree ? [agreeAction(charter, viewer)] : [],
  };
}

/** Everyone's card carries the button until both sides agreed; who may press it is decided by who he is. */
function mayAgreeNow(charter: AgreedCharter, viewer: Viewer): boolean {
  if (viewer === 'everyone') return !charter.acknowledgedAt;
  return isActor(viewer) && mayAcknowledge(charter, viewer) && !charter.acknowledged[viewer.side];
}

const agreeAction = (charter: AgreedCharter, viewer: Viewer): CharterView['actions'][number] => ({
  verb: 'charter.acknowledge',
  label: isActor(viewer) ? `We agree, for ${charter.sides[viewer.side].name}` : 'We agree',
  rank: 'few',
  inputs: [],
  carries: { version: String(charter.version) },
  hint: 'For the person of each side who answers for this partnership',
});

function stateText(charter: AgreedCharter, runs: AgreedCharter | undefined, now: Date): string {
  const zone = charter.sides.client.calendar.work.zone;
  const from = dateText(localDate(zone, charter.effectiveAt), localDate(zone, now));
  if (charter.acknowledgedAt)
    return charter.effectiveAt > now ? `Both sides agreed. Counts from ${from}.` : `Both sides agreed. Counts since ${from}.`;
  const missing = SIDES.filter((side) => !charter.acknowledged[side]).map((side) => charter.sides[side].name);
  const until = runs ? `Until then version ${runs.version} counts.` : 'Until then nothing is shown in this channel when a time passes.';
  return `Waiting for ${missing.join(' and ')} to agree. ${until}`;
}

function terms(charter: AgreedCharter, side: CharterSide['side'], now: Date): SideTerms {
  const { name, calendar, contacts, serviceAddresses } = charter.sides[side];
  const { zone } = calendar.work;
  const agreed = charter.acknowledged[side];
  const present = contacts.filter((contact) => !contact.left);
  const answer = (target: (typeof charter.targets)[typeof side]['normal']) =>
    target.kind === 'hours' ? `Within ${targetText(target)}` : `By ${targetText(target)}`;
  return {
    side,
    name,
    roles: [...new Set([...present].sort((a, b) => Number(b.owner) - Number(a.owner)).map((contact) => contact.role))],
    services: [...new Set(serviceAddresses.map((service) => service.name))],
    hours: [...worksLines(calendar), ...ownHours(present)],
    place: calendar.place,
    zone,
    closed: nextClosed(calendar, localDate(zone, now)),
    closedNote: closedNote(calendar, name, localDate(zone, now)),
    answers: answer(charter.targets[side].normal),
    urgent: answer(charter.targets[side].high),
    agreed: agreed ? `Agreed on ${dateText(localDate(zone, agreed.at), localDate(zone, now))}` : 'Not yet',
  };
}

export const worksLines = ({ work, place }: AgreedCalendar): string[] => hoursText(work.hours).map((line) => `${line} in ${place}`);

/** Those who work by another calendar than their side, by role. */
const ownHours = (contacts: readonly Contact[]): string[] => [
  ...new Set(contacts.flatMap(({ role, calendar }) => (calendar ? worksLines(calendar).map((line) => `${role}: ${line}`) : []))),
];

/** Holidays and closed dates from today on, those that fall on a day without hours left out. */
export function nextClosed(calendar: AgreedCalendar, todayOn: string, most = NEXT_CLOSED_DAYS): string[] {
  const { holidays, shifts = {}, exceptionNames = {} } = calendar.work;
  const named = Array.isArray(holidays)
    ? Object.fromEntries(holidays.map((on: string) => [on, 'Holiday']))
    : (holidays as Record<string, string>);
  const closed: Record<string, string> = { ...named };
  for (const [on, hours] of Object.entries(shifts)) if (hours.length === 0) closed[on] ??= exceptionNames[on] ?? 'Closed';
  return Object.keys(closed)
    .filter((on) => on >= todayOn && worksOn(calendar, on))
    .sort()
    .slice(0, most)
    .map((on) => `${dateText(on, todayOn)}: ${closed[on]}`);
}

const worksOn = ({ work }: AgreedCalendar, on: string): boolean => {
  const day = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[new Date(`${on}T00:00:00Z`).getUTCDay()]!;
  return (work.hours[day]?.length ?? 0) > 0;
};

/** What is to be said about a list of closed days. @param name - of the side whose list it is */
export function closedNote(calendar: AgreedCalendar, name: string, todayOn: string): string | null {
  if (!calendar.assumed) return null;
  const days = calendar.work.holidays as Record<string, string>;
  const thin = looksThin({ through: 0, days }, Number(todayOn.slice(0, 4)));
  const hint = thin ? ' It looks short: regional and religious days may be missing.' : '';
  return `Assumed from a public list until ${name} confirms it.${hint}`;
}

function consequences(charter: AgreedCharter): string[] {
  const { client, provider } = charter.sides;
  const cards =
    charter.alertsPerDay === 0
      ? 'It stands in the daily brief.'
      : `At most ${charter.alertsPerDay} new cards a day; the rest stands in the brief.`;
  return [
    'When three quarters of the agreed time have gone, the side asked is reminded in private.',
    `When the time has passed, a card in this channel says who waits for whom, the same for ${client.name} and ${provider.name}. ${cards}`,
    charter.helpAfter
      ? `An honest "we cannot" or a date is an answer too. ${durationText(charter.helpAfter.seconds)}${charter.helpAfter.elapsed ? '' : ' of working time'} past the agreed time, help is asked for by itself.`
      : 'An honest "we cannot" or a date is an answer too; nothing goes higher by itself.',
  ];
}

/** What everyone in the channel reads on its cards. */
export const audienceLine = ({ channelDetail }: AgreedCharter): string => SHOWN[channelDetail];

const SHOWN = {
  roles: 'Everyone in this channel sees companies, roles and times. Names and subjects are seen only by the people on the mail.',
  names: 'Everyone in this channel sees companies, roles, names and times. Subjects are seen only by the people on the mail.',
  subject: 'Everyone in this channel sees companies, roles, names, subjects and times.',
} as const;

function audience(charter: AgreedCharter): string[] {
  return [audienceLine(charter), 'The text of mails is not kept, and no figure is ever made about a person.'];
}
