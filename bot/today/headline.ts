import type { Charter } from '../charter/charter.ts';
import type { MatterView } from '../contract/matter.ts';
import { otherSide, type Side } from '../contract/sides.ts';
import type { StoredObligation } from '../responses/index.ts';

/** What waits on people: by mail, and beside it. */
export interface Waiting {
  readonly open: readonly StoredObligation[];
  readonly matters: readonly MatterView[];
}

/** How many of all that waits on a side (on either, without one) are past their time. */
export function pastOf({ open, matters }: Waiting, now: Date, side?: Side): number {
  const mail = open.filter((o) => (!side || o.debtor === side) && o.alertAt !== null && o.alertAt <= now);
  return mail.length + matters.filter((matter) => matter.pastDue && (!side || matter.waitingFor?.side === side)).length;
}

/** The page in a sentence, one's own side first: what is past the agreed time, else how much waits. */
export function headlineOf(charter: Charter, waiting: Waiting, own: Side, now: Date): string {
  const late = [own, otherSide(own)].flatMap((side) => {
    const past = pastOf(waiting, now, side);
    return past ? [`${past} with ${charter.sides[side].name}`] : [];
  });
  if (late.length) return `Past the agreed time: ${late.join(', ')}.`;
  const [mail, all] = [waiting.open.length, waiting.open.length + waiting.matters.length];
  if (all && mail === all) return `Nothing is past the agreed time. ${all === 1 ? 'One answer is' : `${all} answers are`} expected.`;
  if (all) return `Nothing is past the agreed time. ${all === 1 ? 'One thing waits' : `${all} things wait`}.`;
  return `Nothing waits between ${charter.sides.client.name} and ${charter.sides.provider.name}.`;
}
