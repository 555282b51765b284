import { sql } from 'kysely';
import type { Capability } from '../../bot/capability.ts';
import { responses } from '../../bot/responses/index.ts';
import { rhythms } from '../../bot/rhythms/index.ts';
import { MatterWorld } from '../support/matters.ts';

/** Contoso with Fabrikam on a real database: a weekly report by Thursday 12:00 in Manila, agreed on Monday, the 2nd. Mail comes, time passes. */
export class RhythmsWorld extends MatterWorld {
  static async open(start: string, change: (text: string) => string = (text) => text, agreed = true): Promise<RhythmsWorld> {
    const world = new RhythmsWorld(await MatterWorld.base({ start: AGREED, agreed, change }), rhythms, 'rhythm');
    world.base.capability = withMail;
    await world.plan();
    await world.until(start);
    return world;
  }

  /** What follows from a change of the charter, of calendars, of a pause. */
  plan(): Promise<void> {
    return this.ports.transaction((tx) => this.capability.on!.charter!(tx, this.partnershipId, this.now()));
  }

  /** All dates of a rhythm, the first in front: `12 Nov given`, `19 Nov open, past`. */
  async dates(title = 'Weekly report'): Promise<string[]> {
    const rows = await this.rows(title);
    return rows.map(({ dueAt, state, ending, pastDueAt, givenAt }) => {
      const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'Asia/Manila' }).format(dueAt);
      return `${day} ${ending ?? state}${ending !== 'notGiven' && pastDueAt ? (givenAt ? ' late' : ', past') : ''}`;
    });
  }

  rows(title = 'Weekly report') {
    return this.db.selectFrom('rhythmDate').selectAll().where('title', '=', title).orderBy('dueAt').execute();
  }

  /** The id of the last date that is there, planned ones included. */
  async last(title = 'Weekly report'): Promise<string> {
    return (await this.rows(title)).at(-1)!.id;
  }

  /** A mail of Carlo's with a report. */
  async report(
    at: string,
    said: { subject?: string; from?: string; to?: string[]; id?: string; replyTo?: string; kind?: 'automatic' } = {},
  ) {
    if (new Date(at) > this.now()) this.base.base.clock.set(at);
    const {
      subject = 'Weekly report 46',
      from = 'carlo@fabrikam.com',
      to = ['anna@contoso.com'],
      id = `report ${at} ${said.from ?? ''}`,
    } = said;
    await this.base.deliver([{ ...said, id, at, from, to, subject }]);
  }

  async pause(on: boolean): Promise<void> {
    await sql`update partnership set paused_at = ${on ? this.now() : null} where id = ${this.partnershipId}`.execute(this.db);
    if (!on) await this.plan();
  }

  /** Where a card of a date stands now, as if it had been posted whenever it was wanted. */
  async place(id: string): Promise<string[]> {
    const places = await this.ports.transaction((tx) => rhythms.cards!.rhythm!.placements(tx, id, this.now()));
    return places.map(({ where, state }) => `${where.kind} ${state}`);
  }
}

export const AGREED = '2026-11-02T07:00:00Z';
const withMail: Capability = {
  ...responses,
  on: {
    ...responses.on,
    async mail(tx, threads, now) {
      await responses.on!.mail!(tx, threads, now);
      await rhythms.on!.mail!(tx, threads, now);
    },
  },
};
