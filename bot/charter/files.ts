import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BadInput } from '../errors.ts';
import type { Problem } from './problems.ts';

/** A charter file as it lies in the folder. `slug` is its name without the ending: it names the partnership for good. */
export interface CharterFile {
  readonly file: string;
  readonly slug: string;
  readonly text: string;
  readonly hash: string;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,59}$/;

/**
 * Every `*.yaml` of the folder, by name.
 * @throws {BadInput} when the folder cannot be read
 */
export async function charterFiles(folder: string): Promise<{ files: CharterFile[]; problems: Problem[] }> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(`The folder of charters (CHARTERS_DIR) cannot be read: ${error.message}`);
  });
  const files: CharterFile[] = [];
  const problems: Problem[] = [];
  for (const file of names.filter((name) => /^[^.].*\.ya?ml$/i.test(name)).sort()) {
    const slug = basename(file).replace(/\.ya?ml$/i, '');
    const place = { file, line: 1, column: 1 };
    if (!SLUG.test(slug)) {
      problems.push({
        ...place,
        message: 'The file name names the partnership. Use small letters, digits and hyphens: contoso-fabrikam.yaml',
      });
    } else if (files.some((other) => other.slug === slug)) {
      problems.push({ ...place, message: `There are two files for ${slug}. Keep one` });
    } else {
      const text = await readFile(join(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => error);
      if (text instanceof Error) problems.push({ ...place, message: `The file cannot be read: ${text.message}` });
      else files.push({ file, slug, text, hash: createHash('sha256').update(text).digest('hex') });
    }
  }
  return { files, problems };
}
