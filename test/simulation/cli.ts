/** What `npm run sim` and `npm run sim:mutants` do: docs/simulation.md. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants';
import type { Mutant } from './planting';
import { runAndTell, runInProcesses, serveSeeds } from './seeds';
import { Simulation } from './simulation';
import { Tally } from './tally';

export interface Arguments {
  readonly seed: number;
  readonly seeds: number;
  readonly twice: boolean;
  readonly trace: boolean;
  readonly processes: number;
  readonly mutants: boolean;
  /** Seeds come from the process that has started this one. */
  readonly serve: boolean;
  /** Part of the name of the mutants to hunt. */
  readonly only: string;
}

export class BadArgument extends Error {
  override readonly name = 'BadArgument';
}

/** Throws BadArgument for what it does not understand: a run of no seeds would find no fault. */
export function argumentsOf(argv: readonly string[]): Arguments {
  const values = valuesOf(argv);
  const { twice, trace, mutants, only, serve } = values;
  if (!MUTANTS.some(({ name }) => name.includes(only)))
    throw new BadArgument(`--only ${only}: no planted bug has that in its name`);
  const seeds = numberOf('seeds', values.seeds, 1, 10_000_000);
  return {
    ...{ twice, trace, mutants, only, serve, seeds },
    seed: numberOf('seed', values.seed, 0, 2 ** 32),
    // Of lives that go on side by side nobody can read the traces.
    processes: trace ? 1 : Math.min(seeds, numberOf('processes', values.processes, 1, 256)),
  };
}

function valuesOf(argv: readonly string[]) {
  const options = {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    twice: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    processes: { type: 'string', default: String(availableParallelism()) },
    mutants: { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new BadArgument((error as Error).message);
  }
}

function numberOf(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new BadArgument(`--${flag} is a whole number from ${low} to ${high}, not "${text}"`);
}

const MUTANT_SEEDS = 100;

/** Plants each bug in turn and counts the seeds until it is found. Answers how many were not. */
async function huntMutants(firstSeed: number, only: string): Promise<number> {
  let missed = 0;
  console.log(' seeds  caught by                                           bug');
  for (const mutant of MUTANTS.filter(({ name }) => name.includes(only))) {
    let found: { readonly seeds: number; readonly rule: string } | undefined;
    for (let seeds = 1; seeds <= MUTANT_SEEDS && found === undefined; seeds++) {
      const rule = await ruleBroken(mutant, firstSeed + seeds - 1);
      if (rule !== undefined) found = { seeds, rule };
    }
    if (found === undefined) missed++;
    console.log(`${String(found?.seeds ?? '-').padStart(6)}  ${(found?.rule ?? 'nobody').padEnd(50)}  ${mutant.name}`);
  }
  return missed;
}

async function ruleBroken(mutant: Mutant, seed: number): Promise<string | undefined> {
  const simulation = new Simulation({ seed });
  const undo = mutant.plant(() => simulation.clockOfActor);
  try {
    return (await simulation.run()).violation?.rule;
  } finally {
    undo();
  }
}

/**
 * Answers the exit code; undefined in a process that runs seeds for another one.
 * @param script the file that was started, which is started again in further processes
 */
export async function main(argv: readonly string[], script: string): Promise<number | undefined> {
  const options = argumentsOf(argv);
  if (options.serve) {
    serveSeeds(options.twice);
    return undefined;
  }
  if (options.mutants) return (await huntMutants(options.seed, options.only)) === 0 ? 0 : 1;
  return simulate(options, argv, script);
}

async function simulate(options: Arguments, argv: readonly string[], script: string): Promise<number> {
  const { seed: first, seeds, processes, twice } = options;
  const say = (line: string): void => console.log(line);
  const tally = new Tally(seeds, say);
  const wanted = Array.from({ length: seeds }, (_, at) => first + at);
  if (processes > 1) {
    await runInProcesses(script, [...argv, '--serve'], processes, wanted, (told) => tally.add(told));
  } else {
    for (const seed of wanted) tally.add(await runAndTell(seed, twice, options.trace ? say : undefined));
  }
  tally.end(first);
  return tally.failures === 0 ? 0 : 1;
}
