import type { Capability } from '../capability.ts';
import type { Tx } from '../store/database.ts';

/** Says which capabilities react to which events, at start. The journal reads it as data, so that it knows no capability. */
export async function registerReactions(tx: Tx, capabilities: readonly Capability[]): Promise<void> {
  const wanted = capabilities.flatMap(({ name, reactions }) =>
    Object.keys(reactions ?? {}).map((eventKind) => ({ eventKind, capability: name })),
  );
  await tx.deleteFrom('reaction').execute();
  if (wanted.length)
    await tx
      .insertInto('reaction')
      .values(wanted)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}
