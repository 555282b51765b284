import { escalations } from '../../bot/escalations/index.ts';
import { type Inputs, MatterWorld } from '../support/matters.ts';

export const REQUEST = {
  what: 'The nightly import has stopped twice this week',
  why: 'Invoices go out a day late',
  wanted: 'Somebody who knows the import',
  doneWhen: 'Two nights without a stop',
};

/** Contoso with Fabrikam on a real database: people ask for help, time passes. */
export class EscalationsWorld extends MatterWorld {
  static async open(start: string, known = ['anna', 'ruth', 'joan', 'carlo', 'luis'], agreed = true): Promise<EscalationsWorld> {
    const world = new EscalationsWorld(await MatterWorld.base({ start, agreed }), escalations, 'escalation');
    for (const key of known) await world.know(key);
    return world;
  }

  /** @returns the id of what was begun */
  async ask(who: string, inputs: Inputs = {}, verb = 'open'): Promise<string> {
    const { subject } = await this.press(who, verb, this.partnershipId, { ...REQUEST, ...inputs });
    return subject.id;
  }
}
