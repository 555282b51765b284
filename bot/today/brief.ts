import type { BriefSection, Capability, CardJson, Viewer } from '../capability.ts';
import type { Charter } from '../charter/charter.ts';
import { compiled, currentCharter } from '../charter/index.ts';
import { dayText } from '../charter/readable.ts';
import type { Side } from '../contract/sides.ts';
import { card, group, plain, textBlock } from '../posts/parts.ts';
import type { Tx } from '../store/database.ts';
import { localDate, type WorkingDay, workingDay } from '../worktime/index.ts';

export interface BriefView {
  readonly title: string;
  readonly on: string;
  readonly sections: readonly BriefSection[];
}

/** The brief of a partnership now, from all capabilities. No section: all is quiet. */
export async function briefView(
  tx: Tx,
  capabilities: readonly Capability[],
  partnershipId: string,
  viewer: Viewer,
  now: Date,
): Promise<BriefView> {
  const charter = await currentCharter(tx, partnershipId, now);
  const sections = await sectionsOf(tx, capabilities, partnershipId, viewer, now);
  const zone = charter.sides.provider.calendar.work.zone;
  return {
    title: `${charter.sides.client.name} and ${charter.sides.provider.name}: ${dayText(zone, now)}`,
    on: localDate(zone, now),
    sections,
  };
}

/** What all capabilities have to say; of one side alone, where that is given. */
export async function sectionsOf(
  tx: Tx,
  capabilities: readonly Capability[],
  partnershipId: string,
  viewer: Viewer,
  now: Date,
  side?: Side,
): Promise<BriefSection[]> {
  const sections: BriefSection[] = [];
  for (const { brief } of capabilities) sections.push(...((await brief?.(tx, partnershipId, viewer, now, side)) ?? []));
  return sections;
}

export function briefCard({ title, sections }: BriefView): CardJson {
  const parts = sections.map((section) =>
    group([
      textBlock(plain(section.heading, 120), { weight: 'Bolder' }),
      ...section.lines.map((line) => textBlock(`• ${plain(line.text, 200)}`, { spacing: 'None' })),
    ]),
  );
  return card([
    textBlock(plain(title, 120), { heading: true }),
    ...(parts.length ? parts : [textBlock('All quiet: nothing waits on either side.')]),
  ]);
}

const DAY_MS = 24 * 3600_000;
const PATIENCE_DAYS = 30;

/**
 * When the next brief is due after an instant: on each day (by the provider's date) on which a side works, at the start of the time in which
 * both do, else at the start of the provider's day (of the client's, where the provider is closed).
 */
export function nextBriefAt(charter: Charter, after: Date): Date | null {
  const { client, provider } = charter.sides;
  for (let n = 0; n <= PATIENCE_DAYS; n += 1) {
    const noon = new Date(`${localDate(provider.calendar.work.zone, new Date(after.getTime() + n * DAY_MS))}T12:00:00Z`);
    const [before, on, next] = [-1, 0, 1].map((days) => localDate('UTC', new Date(noon.getTime() + days * DAY_MS)));
    const theirs = workingDay(compiled(provider.calendar), on!);
    // Far apart, the client's day that meets it may bear the date before or after.
    const ours = [before, on, next].map((date) => workingDay(compiled(client.calendar), date!));
    const both = theirs && ours.flatMap((day) => meeting(day, theirs) ?? [])[0];
    const at = both ?? theirs?.startAt ?? ours[1]?.startAt;
    if (at && at > after) return at;
  }
  return null;
}

/** When two working days have both begun, unless one is over by then. */
function meeting(ours: WorkingDay | undefined, theirs: WorkingDay): Date | null {
  if (!ours) return null;
  const at = new Date(Math.max(ours.startAt.getTime(), theirs.startAt.getTime()));
  return at < ours.endAt && at < theirs.endAt ? at : null;
}
