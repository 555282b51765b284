import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { problemText } from '../../bot/charter/problems.ts';
import { readCharter } from '../../bot/charter/read.ts';

const EXAMPLES = join(import.meta.dirname, '../support/charters');

describe('the examples', () => {
  it.each(['fabrikam', 'northwind', 'litware'])('%s can be used', async (name) => {
    const read = await readCharter(await readFile(join(EXAMPLES, `${name}.yaml`), 'utf8'), `${name}.yaml`);
    expect('problems' in read ? read.problems.map(problemText) : []).toEqual([]);
  });
});
