import { sql } from 'kysely';
import { actionItems } from '../../bot/actionItems/index.ts';
import { approvals } from '../../bot/approvals/index.ts';
import type { ActionOutcome, Actor, Capability, DeadlineHandler, Viewer } from '../../bot/capability.ts';
import { contactIdOf } from '../../bot/charter/index.ts';
import type { AgendaItemView, ReviewView } from '../../bot/contract/review.ts';
import { sweep } from '../../bot/deadlines/index.ts';
import { escalations } from '../../bot/escalations/index.ts';
import { eventsOf } from '../../bot/journal/index.ts';
import { completed, type FreeBusyPort, type Meeting, removeMeetings, saveMeetings } from '../../bot/meetings/index.ts';
import { responses } from '../../bot/responses/index.ts';
import { reviews } from '../../bot/reviews/index.ts';
import type { Review } from '../../bot/reviews/review.ts';
import { reviewsView } from '../../bot/reviews/routes.ts';
import { reviewsSince } from '../../bot/reviews/store.ts';
import { ResponsesWorld } from '../responses/world.ts';

/** What the charter of these tests says about reviews. */
const REVIEWS = `reviews:
  - name: Weekly service review
    every: week
    on: tue 10:00
    invitation: Service review*
    covers: [Staffing of the next two weeks]
`;
export const withReviews =
  (section = REVIEWS) =>
  (text: string): string =>
    text.replace(/^reviews:\n[\s\S]*?(?=^rhythms:)/m, `${section}\n`);

export const ANNA = 'anna@contoso.com';
export const PIETER = 'pieter@contoso.com';
const BOXES: readonly string[] = [ANNA, PIETER];
const boxId = (address: string): string => `00000000-0000-4000-8000-${String(BOXES.indexOf(address)).padStart(12, '0')}`;

/** A date of the weekly review as one calendar has it; `n` counts the weeks. */
export const aDate = (given: Partial<Meeting> & { n?: number; series?: string } = {}): Meeting => {
  const { n = 0, series = 'weekly', ...rest } = given;
  const startAt = rest.startAt ?? new Date(Date.parse('2026-12-01T09:00:00Z') + n * 7 * 86_400_000);
  const item = {
    id: `${series}/${n}`,
    kind: 'occurrence' as const,
    seriesMasterId: series,
    startAt,
    endAt: new Date(startAt.getTime() + 3600_000),
    ...rest,
  };
  return completed(item, aSeries({ id: series, icalUid: `${series}-uid` }));
};
export const aSeries = (given: Partial<Meeting> = {}): Meeting =>
  completed(
    {
      id: 'weekly',
      kind: 'seriesMaster',
      seriesMasterId: null,
      startAt: new Date('2026-11-03T09:00:00Z'),
      endAt: new Date('2026-11-03T10:00:00Z'),
      icalUid: 'weekly-uid',
      subject: 'Service review Contoso',
      organizer: ANNA,
      attendees: ['joan@fabrikam.com', 'carlo@fabrikam.com', PIETER].map((address) => ({ address, response: 'none' })),
      zone: 'Europe/Amsterdam',
      joinUrl: 'https://teams.microsoft.com/l/meetup-join/weekly',
      ...given,
    },
    null,
  );

/** Contoso with Fabrikam on a real database, its reviews and what they are built from: calendars change, people press, time passes. */
export class ReviewsWorld {
  readonly base: ResponsesWorld;
  readonly all: Capability[] = [];
  readonly reviews: Capability;

  private constructor(base: ResponsesWorld, freeBusy: FreeBusyPort | null) {
    this.base = base;
    this.reviews = reviews(this.all, freeBusy);
    this.all.push(responses, approvals, escalations, actionItems, this.reviews);
  }

  static async open(
    start: string,
    { change = withReviews(), agreed = true, freeBusy = null as FreeBusyPort | null } = {},
  ): Promise<ReviewsWorld> {
    const base = await ResponsesWorld.open(start, false);
    await base.agree(change, agreed);
    const world = new ReviewsWorld(base, freeBusy);
    for (const address of BOXES) {
      await sql`update mailbox set addresses = array[${address}], calendar_link = 'delta', calendar_until = ${new Date('2027-02-01T00:00:00Z')}
        where id = ${boxId(address)}`.execute(world.db);
      await sql`insert into mailbox_partnership (mailbox_id, partnership_id) values (${boxId(address)}, ${world.partnershipId})`.execute(
        world.db,
      );
    }
    return world;
  }

  get db() {
    return this.base.base.db;
  }
  get ports() {
    return this.base.base.ports;
  }
  get clock() {
    return this.base.base.clock;
  }
  get partnershipId() {
    return this.base.partnershipId;
  }
  now = (): Date => this.clock.now();
  idOf = (key: string): string => contactIdOf(this.partnershipId, key);
  actor(key: string): Actor {
    const side = ['anna', 'pieter', 'ruth'].includes(key) ? 'client' : 'provider';
    return this.base.actor(side, key, key === 'anna' || key === 'joan');
  }

  /** What calendars have now of these meetings: in one of them, or in both. */
  async calendar(meetings: readonly Meeting[], boxes: readonly string[] = BOXES): Promise<void> {
    for (const address of boxes) await this.ports.transaction((tx) => saveMeetings(tx, boxId(address), meetings));
  }
  async remove(ids: readonly string[], boxes: readonly string[] = BOXES): Promise<void> {
    for (const address of boxes) await this.ports.transaction((tx) => removeMeetings(tx, boxId(address), ids));
  }
  /** The calendars changed, and the job that was called for ran. */
  async find(): Promise<void> {
    await this.ports.transaction((tx) => this.reviews.on!.meeting!(tx, [this.partnershipId], this.now()));
    const job = this.reviews.jobs!['reviews.find']!;
    await job.run(job.schema.parse({ partnershipId: this.partnershipId }), { ports: this.ports, lastAttempt: false });
  }

  handlers(): Record<string, DeadlineHandler> {
    return Object.assign({}, ...this.all.map(({ deadlines }) => deadlines ?? {}));
  }

  /** Time passes until an instant, through the deadlines of all capabilities. */
  async until(at: string): Promise<void> {
    for (;;) {
      const { rows } = await sql<{ at: Date }>`
        select at from deadline where parked_at is null and at <= ${new Date(at)} order by at limit 1`.execute(this.db);
      if (!rows[0]) break;
      if (rows[0].at > this.now()) this.clock.set(rows[0].at);
      const { failed } = await sweep(this.ports, this.handlers());
      if (failed) throw new Error('a deadline did not run');
    }
    this.clock.set(at);
  }

  /** All dates that are known, in the order of time. */
  dates = (): Promise<Review[]> => reviewsSince(this.db, this.partnershipId, new Date(0));
  async next(name = 'Weekly service review'): Promise<Review> {
    const found = (await this.dates()).find((review) => review.name === name && !['closed', 'cancelled', 'ended'].includes(review.state));
    if (!found) throw new Error(`no date of ${name}`);
    return found;
  }

  async press(who: string, verb: string, id: string, inputs: Record<string, string> = {}, revision?: number): Promise<ActionOutcome> {
    const action = this.all.flatMap(({ actions }) => Object.entries(actions ?? {})).find(([name]) => name === verb)![1];
    const input = action.schema.parse(inputs);
    return this.ports.transaction((tx) => action.run({ tx, now: this.now(), actor: this.actor(who), subjectId: id, input, revision }));
  }

  async view(id: string, who: string | 'everyone' = 'everyone'): Promise<ReviewView> {
    const viewer: Viewer = who === 'everyone' ? who : this.actor(who);
    return (await this.ports.transaction((tx) => this.reviews.cards!.review!.view(tx, id, viewer, this.now()))) as ReviewView;
  }
  list(who = 'anna') {
    return this.ports.transaction((tx) => reviewsView(tx, this.all, this.actor(who), this.now()));
  }
  /** An item of an agenda by what it says. */
  async item(id: string, text: string, who: string | 'everyone' = 'everyone'): Promise<AgendaItemView> {
    const view = await this.view(id, who);
    const found = [...view.items, ...view.dropped].find((item) => item.text.includes(text));
    if (!found) throw new Error(`no item “${text}” among ${view.items.map((item) => item.text).join('; ')}`);
    return found;
  }
  /** Says something about an item of the agenda. */
  async say(who: string, verb: string, id: string, text: string, inputs: Record<string, string> = {}, revision?: number): Promise<void> {
    await this.press(who, `review.${verb}`, id, { item: (await this.item(id, text)).id, ...inputs }, revision);
  }

  /** Where cards of a kind are wanted: `2026-12-01T09:00 channel`. */
  async wanted(kind: 'review' | 'reviewOutcome' | 'reviewMissing' = 'review'): Promise<string[]> {
    const found: string[] = [];
    for (const { id, startAt, name } of await this.dates()) {
      const places = await this.ports.transaction((tx) => this.reviews.cards![kind]!.placements(tx, id, this.now()));
      for (const { where, state } of places)
        if (state === 'wanted') found.push(`${startAt?.toISOString().slice(0, 16) ?? name} ${where.kind}`);
    }
    return found;
  }

  async history(id: string): Promise<string[]> {
    return (await eventsOf(this.db, { kind: 'review', id })).map(({ kind }) => kind.replace('review.', ''));
  }

  close(): Promise<void> {
    return this.base.close();
  }
}
