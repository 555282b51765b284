import { describe, expect, it } from '@jest/globals';
import { nameOfError, Refusal, Unavailable } from '../../bot/errors.ts';

const WRITTEN = 'Call me back, Joan';

describe('an error in logs', () => {
  it.each([
    ['a bug', Object.assign(new Error(WRITTEN), { code: '22P02' }), /^Error 22P02( at \S+)?$/],
    ['a refusal', new Refusal('obligation.settled', { id: 'x' }), /^Refusal obligation\.settled( at \S+)?$/],
    ['no error at all', WRITTEN, /^string$/],
    [
      'the outside, in our own words, and what it came from',
      new Unavailable('no token for Graph', { cause: new Error(`AADSTS700213: No matching federated identity record. ${WRITTEN}`) }),
      /^Unavailable: no token for Graph( at \S+)? \(Error AADSTS700213( at \S+)?\)$/,
    ],
    ['the outside without a cause', new Unavailable('Graph answered 503'), /^Unavailable: Graph answered 503( at \S+)?$/],
  ])('%s says no more than it may', (_what, error, line) => {
    expect(nameOfError(error)).toMatch(line);
    expect(nameOfError(error)).not.toContain('Joan');
  });
});
