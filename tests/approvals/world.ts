import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { approvals } from '../../bot/approvals/index.ts';
import { type Inputs, MatterWorld } from '../support/matters.ts';

export const REQUEST = {
  what: 'Two more agents on the evening shift',
  why: 'Calls wait longer than five minutes after 18:00',
  doneWhen: 'Both work from 1 December',
};

/** What the charter of these tests says about decisions. */
const DECISIONS = `decisions:
  - { scope: Change in production, decided by: client, who: [anna], how: one, within: end of the next working day, unless objection: 3 working days }
  - { scope: Extra cost, about: money, decided by: client, who: [anna, pieter], how: all, within: end of working day 3, up to: 5000 EUR }
  - { scope: Opening hours, decided by: client, who: [anna, pieter], how: any, within: 8 working hours, unless objection: 3 working days }
  - { scope: Move of the contact centre, about: contract, decided by: client, who: [anna, pieter, ruth], how: in sequence, within: 8 working hours }
  - { scope: Access to stores, decided by: provider, who: [joan, carlo], how: one, within: 4 working hours }
`;
export const withDecisions = (text: string): string => text.slice(0, text.indexOf('decisions:')) + DECISIONS;

/** Contoso with Fabrikam on a real database: people ask for decisions, time passes. */
export class ApprovalsWorld extends MatterWorld {
  static async open(start: string, agreed = true): Promise<ApprovalsWorld> {
    const world = new ApprovalsWorld(await MatterWorld.base({ start, agreed, change: withDecisions }), approvals, 'approval');
    for (const key of ['anna', 'pieter', 'ruth', 'joan', 'carlo']) await world.know(key);
    return world;
  }

  /** @returns the id of what was asked */
  async ask(who: string, scope: string, inputs: Inputs = {}, verb = 'ask'): Promise<string> {
    const { subject } = await this.press(who, verb, this.partnershipId, { ...REQUEST, scope, ...inputs });
    return subject.id;
  }

  /** Presses with what the card carried when it was read just now. */
  async decide(who: string, verb: 'approve' | 'decline' | 'unclear', id: string, text?: string): Promise<void> {
    await this.press(who, verb, id, { of: await this.of(id), ...(text && { text }) });
  }

  /** What a decision about it would be bound to now. */
  async of(id: string): Promise<string> {
    const buttons = (await this.view(id, 'everyone'))!.actions;
    return buttons.find(({ carries }) => carries?.of)?.carries?.of ?? '';
  }

  /** Somebody has left, or is there again. */
  async gone(key: string): Promise<void> {
    await sql`update contact set active = false where id = ${this.idOf(key)}`.execute(this.db);
  }
  async back(key: string): Promise<void> {
    await sql`update contact set active = true where id = ${this.idOf(key)}`.execute(this.db);
  }
  /** What follows from a change of people or calendars. */
  lookAgain(): Promise<void> {
    return this.ports.transaction((tx) => this.capability.on!.charter!(tx, this.partnershipId, this.now()));
  }

  /** Posts the messages of those who are told now, as if Teams had taken them: into the chats of these people. */
  async deliver(id: string, ...to: string[]): Promise<void> {
    for (const told of await this.told(id)) {
      const [who = '', asking] = told.split(' ');
      if (!to.includes(who)) continue;
      const conversationId = randomUUID();
      await sql`
        insert into conversation (id, kind, contact_id, service_url, tenant_id, conversation_id, bot_id, installed_at)
        values (${conversationId}, 'personal', ${this.idOf(who)}, 'https://x', ${randomUUID()}, ${conversationId}, 'bot', ${this.now()})
        on conflict do nothing`.execute(this.db);
      await sql`
        insert into post (id, conversation_id, subject_kind, subject_id, state, activity_id, intended_at, posted_at)
        select ${randomUUID()}, id, 'approvalCall', ${`${id}/${asking}`}, 'posted', '1', ${this.now()}, ${this.now()}
        from conversation where contact_id = ${this.idOf(who)} and kind = 'personal'`.execute(this.db);
    }
  }
}
