import { readFileSync } from 'node:fs';

/** Variables of an environment file of the Toolkit, with the values they have there. */
export const environmentFile = (file: string): ReadonlyMap<string, string> =>
  new Map([...readFileSync(file, 'utf8').matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name!, value!.trim()]));
