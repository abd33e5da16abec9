import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { argumentsOf, BadArgument } from './cli';
import { FAULT_KINDS, FaultCounts } from './faults';
import type { Told } from './seeds';
import { Tally } from './tally';

const SCRIPT = join(resolve(__dirname, '../..'), 'scripts/sim.js');

test.each([
  [['--seeds', 'x']],
  [['--seeds', '0']],
  [['--seeds', '']],
  [['--seed', '-1']],
  [['--seed', '1.5']],
  [['--seed']],
  [['--processes', '0']],
  [['--mutants', '--only', 'no such bug']],
  [['--sedes', '3']],
  [['three']],
])('%j is refused: no seed would be run, or another one than was meant', (argv) => {
  expect(() => argumentsOf(argv)).toThrow(BadArgument);
});

test('a life that is to be read goes on in one process, and there are no more processes than seeds', () => {
  expect(argumentsOf(['--seeds', '3', '--processes', '8', '--trace']).processes).toBe(1);
  expect(argumentsOf(['--seeds', '3', '--processes', '8']).processes).toBe(3);
});

function told(seed: number, more: Partial<Told> = {}): Told {
  const faults = new FaultCounts(FAULT_KINDS.map((kind) => [kind, 1]));
  return {
    seed,
    hash: 'h',
    events: 1,
    simulatedMs: 1,
    faults,
    work: {},
    violation: undefined,
    hasTwoTraces: false,
    ...more,
  };
}

describe('what comes of all seeds together', () => {
  const count = (seeds: number, lives: readonly Told[]): { failures: number; said: string } => {
    const said: string[] = [];
    const tally = new Tally(seeds, (line) => said.push(line));
    for (const life of lives) tally.add(life);
    tally.end(1);
    return { failures: tally.failures, said: said.join('\n') };
  };

  it('is well where all is', () => {
    expect(count(2, [told(1), told(2)]).failures).toBe(0);
  });

  it('is a failure for each guarantee that was broken and each second trace, with the command that shows it', () => {
    const { failures, said } = count(2, [told(1, { violation: 'lost: a write' }), told(2, { hasTwoTraces: true })]);
    expect(failures).toBe(2);
    expect(said).toContain('seed 1 breaks "lost: a write"\n  npm run sim -- --seed 1 --trace');
    expect(said).toContain('npm run sim -- --seed 2 --twice');
  });

  it('is one for seeds that were not run', () => {
    expect(count(2, [told(1)])).toMatchObject({ failures: 1, said: expect.stringContaining('1 of 2 seeds') as string });
  });

  it('is one for a kind of fault that never happened in 300 seeds, whoever ran them', () => {
    const faults = new FaultCounts(FAULT_KINDS.filter((kind) => kind !== 'crash').map((kind) => [kind, 1]));
    const lives = Array.from({ length: 300 }, (_, at) => told(at + 1, { faults }));
    expect(count(300, lives)).toMatchObject({
      failures: 1,
      said: expect.stringContaining('never happened: crash\n  npm run sim -- --seed 1 --seeds 300') as string,
    });
    expect(count(299, lives.slice(1)).failures).toBe(0);
  });
});

test('seeds that several processes share out come to the same as in one', () => {
  const run = (processes: number): readonly string[] => {
    const argv = [SCRIPT, '--seed', '1007', '--seeds', '4', '--processes', String(processes)];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter((line) => !line.includes(' seeds in '));
  };
  expect(run(3)).toEqual(run(1));
});
