import { BadInput } from '../errors.ts';
import { askedBy, command, onDatabase } from './command.ts';
import type { Output } from './eraseCommand.ts';
import { inventoryTable } from './inventoryTable.ts';
import { dataView } from './self.ts';
import { isKnown, somebody } from './somebody.ts';

const USAGE = `usage: npm run holds -- <address, contact id, or tenant id/object id of an account>
Prints everything that Rapport holds about a person as JSON. --list prints what is held of anybody.`;

/** `npm run holds -- <address>`: for whoever answers a person's question. Exit code 2 for somebody who is not known. */
export const holdsCommand = (words: readonly string[], env: Readonly<Record<string, string | undefined>>, { out, err }: Output) =>
  command(async () => {
    if (words.length === 1 && words[0] === '--list') return out(inventoryTable());
    const asked = askedBy(words, USAGE);
    const view = await onDatabase(env, async ({ db, clock }) => {
      const person = await somebody(db, asked);
      if (!(await isKnown(db, person))) throw new BadInput('Nothing is held about this person.');
      return dataView(db, person, { most: 100_000, self: false }, clock.now());
    });
    out(JSON.stringify(view, null, 2));
  }, err);
