import type { Capability, Figure, Period } from '../capability.ts';
import type { AgreedCharter } from '../charter/charter.ts';
import { charterAt, charters } from '../charter/index.ts';
import { timeView } from '../charter/readable.ts';
import type { FiguresView } from '../contract/figures.ts';
import { SIDES } from '../contract/sides.ts';
import { Refusal } from '../errors.ts';
import type { Tx } from '../store/database.ts';
import { coverage } from '../threads/index.ts';
import { beside } from './compare.ts';

/**
 * What a period looked like for both sides, beside the period of the same length before, from all capabilities. Each of them reads a fixed
 * number of times, so that the cost follows what happened in the two periods. The same for everyone: figures are of sides.
 * @throws {Refusal} `charter.not_found`
 */
export async function figuresView(
  tx: Tx,
  capabilities: readonly Capability[],
  partnershipId: string,
  period: Period,
): Promise<FiguresView> {
  const versions = await charters(tx, partnershipId);
  const charter = charterAt(versions, period.to) ?? versions[0];
  if (!charter) throw new Refusal('charter.not_found');
  const earlier = periodBefore(period, versions);
  const now = await figuresOf(tx, capabilities, partnershipId, period);
  const then = earlier && (await figuresOf(tx, capabilities, partnershipId, earlier));
  return {
    from: timeView(charter, period.from, 'client'),
    to: timeView(charter, period.to, 'client'),
    before: earlier && timeView(charter, earlier.from, 'client'),
    sides: SIDES.map((side) => ({ side, name: charter.sides[side].name, figures: beside(now, then, side) })),
    both: beside(now, then, null),
    coverage: await coverageText(tx, charter),
  };
}

/** The period of the same length that ends where this one begins; null where nothing was agreed by its end. */
export function periodBefore({ from, to }: Period, versions: readonly Pick<AgreedCharter, 'acknowledgedAt'>[]): Period | null {
  const agreed = versions.some(({ acknowledgedAt }) => acknowledgedAt !== null && acknowledgedAt < from);
  return agreed ? { from: new Date(2 * from.getTime() - to.getTime()), to: from } : null;
}

async function figuresOf(tx: Tx, capabilities: readonly Capability[], partnershipId: string, period: Period): Promise<Figure[]> {
  const all: Figure[] = [];
  for (const { figures } of capabilities) all.push(...((await figures?.(tx, partnershipId, period)) ?? []));
  return all;
}

/** What they are taken from, and how: a figure without it says more than is known. */
async function coverageText(tx: Tx, { partnershipId, sides }: AgreedCharter): Promise<string> {
  const { people } = await coverage(tx, partnershipId);
  const all = sides.client.contacts.filter((contact) => !contact.left).length;
  return (
    `Taken from the mail of ${people} of ${all} people at ${sides.client.name}; mail only, no calls or chats. ` +
    'Times count from the first mail that was not answered; what has no answer counts as longer than any.'
  );
}
