/** Many short, random and repeatable lives of small clusters, with everything that can go wrong going wrong. */
import { Simulation } from './simulation';

const SEEDS = Number(process.env['RAFT_SEEDS'] ?? 25);
const FIRST_SEED = Number(process.env['RAFT_FIRST_SEED'] ?? 1);

describe.each([3, 5])('%i members', (size) => {
  const seeds = Array.from({ length: SEEDS }, (_, position) => FIRST_SEED + position);

  test.each(seeds)('seed %i keeps the guarantees under faults and heals after them', (seed) => {
    const simulation = new Simulation(size, seed);
    simulation.run(4000);
    simulation.heal();
  });
});

test('the same seed gives the same history', () => {
  const histories = [1, 2].map(() => {
    const simulation = new Simulation(3, 7);
    simulation.run(600);
    return simulation.trace();
  });
  expect(histories[0]).toBe(histories[1]);
});

test('the simulation does commit, elect, compact, stream, crash, read and change the configuration', () => {
  const totals: Record<string, number> = {};
  for (let seed = 1; seed <= 12; seed += 1) {
    const simulation = new Simulation(seed % 2 === 0 ? 3 : 5, seed);
    simulation.run(4000);
    simulation.heal();
    for (const [name, count] of Object.entries(simulation.counts)) totals[name] = (totals[name] ?? 0) + count;
  }
  expect(Object.values(totals).every((count) => count > 0)).toBe(true);
  expect(totals['committed']).toBeGreaterThan(500);
});
