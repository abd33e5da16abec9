/** Short lives of whole clusters under faults; `npm run sim` runs many more (docs/simulation.md). */
import { runSeed } from './cli';
import { FaultCounts } from './faults';
import { MUTANTS } from './mutants';
import { Simulation } from './simulation';

const SEEDS = Array.from({ length: 40 }, (_, position) => 1001 + position);
const total = new FaultCounts();

test.each(SEEDS)('seed %i keeps every guarantee, and all is well after the storm', async (seed) => {
  const { violation, faults, work } = await runSeed(seed);
  expect(violation).toBeUndefined();
  expect(work['writes']).toBeGreaterThan(0);
  total.addAll(faults);
});

test('there was hardly a fault that did not happen', () => {
  expect(total.missing.length).toBeLessThan(4);
});

test.each([1, 2, 3, 4, 5])('seed %i has one trace', async (seed) => {
  const [first, second] = [await runSeed(seed), await runSeed(seed)];
  expect(second.hash).toBe(first.hash);
  expect(first.events).toBeGreaterThan(1000);
});

test('different seeds have different traces', async () => {
  expect((await runSeed(1)).hash).not.toBe((await runSeed(2)).hash);
});

test.each(['commit without a quorum', 'the vote is not stored', 'acknowledged before it is durable'])(
  'a planted bug is found: %s',
  async (name) => {
    const simulation = new Simulation({ seed: 1 });
    const undo = MUTANTS.find((mutant) => mutant.name === name)!.plant(() => simulation.clockOfActor);
    try {
      expect((await simulation.run()).violation).toBeDefined();
    } finally {
      undo();
    }
  },
);
