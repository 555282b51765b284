import { sql } from 'kysely';
import { actionItems } from '../../bot/actionItems/index.ts';
import { type Inputs, MatterWorld } from '../support/matters.ts';

export const ITEM = { what: 'Send the new opening hours to all stores', doneWhen: 'Every store has confirmed them' };

/** Contoso with Fabrikam on a real database: people note what is to be done, time passes. */
export class ActionItemsWorld extends MatterWorld {
  static async open(start: string, agreed = true): Promise<ActionItemsWorld> {
    const world = new ActionItemsWorld(await MatterWorld.base({ start, agreed }), actionItems, 'actionItem');
    for (const key of ['anna', 'pieter', 'joan', 'carlo', 'night-desk']) await world.know(key);
    return world;
  }

  /** @returns the id of what was noted */
  async note(who: string, holder: string, on: string, inputs: Inputs = {}): Promise<string> {
    const { subject } = await this.press(who, 'note', this.partnershipId, { ...ITEM, contactId: this.idOf(holder), on, ...inputs });
    return subject.id;
  }

  /** Somebody has left. */
  async gone(key: string): Promise<void> {
    await sql`update contact set active = false where id = ${this.idOf(key)}`.execute(this.db);
  }
  /** What follows from a change of people or calendars. */
  lookAgain(): Promise<void> {
    return this.ports.transaction((tx) => this.capability.on!.charter!(tx, this.partnershipId, this.now()));
  }
}
