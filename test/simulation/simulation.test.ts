/** Short lives of whole clusters under faults; `npm run sim` runs many more, 300 of them in CI (docs/simulation.md). */
import { runSeed } from './seeds';
import { FaultCounts } from './faults';
import { MUTANTS } from './mutants';
import { Simulation, type SimulationResult } from './simulation';

/**
 * Of 1001 to 1040 those that are short for what goes wrong in them: in clusters of one, two, three and five members every kind of fault
 * happens, most of them in several. When the program changes they become others: 17 of any are enough for nearly all kinds.
 */
const SEEDS = [
  ...[1007, 1008, 1010, 1014, 1018, 1020, 1022, 1023, 1024],
  ...[1025, 1028, 1029, 1030, 1032, 1033, 1037, 1040],
] as const;
/** Of these, some of other sizes with most kinds of faults. */
const TWICE = [1007, 1010, 1025, 1033, 1037] as const;

const results = new Map<number, Promise<SimulationResult>>();

/** Each life is lived once for all tests. */
function lifeOf(seed: number): Promise<SimulationResult> {
  const known = results.get(seed) ?? runSeed(seed);
  results.set(seed, known);
  return known;
}

test.each(SEEDS)('seed %i keeps every guarantee, and all is well after the storm', async (seed) => {
  const { violation, work } = await lifeOf(seed);
  expect(violation).toBeUndefined();
  expect(work['writes']).toBeGreaterThan(0);
});

test('there was hardly a fault that did not happen', async () => {
  const total = new FaultCounts();
  for (const seed of SEEDS) total.addAll((await lifeOf(seed)).faults);
  expect(total.missing.length).toBeLessThan(4);
});

test.each(TWICE)('seed %i has one trace', async (seed) => {
  const [first, second] = [await lifeOf(seed), await runSeed(seed)];
  expect(second.hash).toBe(first.hash);
  expect(first.events).toBeGreaterThan(1000);
});

test('different seeds have different traces', async () => {
  const hashes = new Set<string>();
  for (const seed of SEEDS) hashes.add((await lifeOf(seed)).hash);
  expect(hashes.size).toBe(SEEDS.length);
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
