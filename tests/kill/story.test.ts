import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EdgeFault } from './faultyEdges.ts';
import { SEED } from './seed.ts';
import { CALM, openStory, STEPS, type Trouble } from './story.ts';

/** Hundreds with `KILL_RUNS=300`; a run is repeated with the `KILL_SEED` that it printed. */
const RUNS = Number(process.env.KILL_RUNS ?? 20);

const edge = (name: EdgeFault['edge'], most: number) =>
  fc.record({
    edge: fc.constant(name),
    nth: fc.integer({ min: 0, max: most }),
    when: fc.constantFrom('before' as const, 'after' as const),
    how: fc.constantFrom('kill' as const, 'cut' as const),
  });
const pages = fc.record({ twice: fc.boolean(), backwards: fc.boolean(), pageSize: fc.integer({ min: 1, max: 3 }) });
const trouble: fc.Arbitrary<Trouble> = fc.record({
  fault: fc.oneof(edge('transaction', 9), edge('transaction', 9), edge('graph', 5), edge('send', 1), edge('change', 0), fc.constant(null)),
  pages,
  sweepers: fc.constantFrom(1 as const, 2 as const),
});
const troubles = fc.array(trouble, { minLength: STEPS.length, maxLength: STEPS.length });

let story: Awaited<ReturnType<typeof openStory>>;
beforeAll(async () => {
  story = await openStory();
});
afterAll(() => story?.close());

it(
  `whatever dies while mail is read, deadlines are swept and cards are posted, the story ends as without it (seed ${SEED})`,
  async () => {
    await story.play(STEPS.map(() => CALM));
    const expected = await story.outcome();
    expect(expected).toMatchObject({
      waits: [
        { subject: 'About badges', state: 'open', cards: [expect.anything()] },
        { subject: 'About invoice', state: 'open', cards: [expect.anything()] },
        { subject: 'About rosters', state: 'settled', cards: [] },
        { subject: 'About stock', state: 'settled', cards: [expect.anything()] },
        { subject: 'Re: About rosters', debtor: 'client', state: 'open', cards: [] },
        { subject: 'Re: About stock', debtor: 'client', state: 'open', cards: [] },
      ],
    });
    let met = 0;
    for (const [run, each] of fc.sample(troubles, { numRuns: RUNS, seed: SEED }).entries())
      try {
        met += await story.play(each);
        await story.healDoubles();
        expect(await story.outcome()).toEqual(expected);
      } catch (error) {
        console.error(`seed ${SEED}, schedule ${run}: ${JSON.stringify(each)}`);
        throw error;
      }
    expect(met).toBeGreaterThan(RUNS); // the faults were met, not passed by
  },
  60_000 + RUNS * 5_000,
);
