import { FAULT_KINDS, FaultCounts } from './faults';
import { MUTANTS } from './mutants';
import type { Mutant } from './planting';
import { Simulation, type SimulationResult } from './simulation';

const PROGRESS_EVERY = 25;

interface Arguments {
  readonly seed: number;
  readonly seeds: number;
  readonly twice: boolean;
  readonly trace: boolean;
  readonly mutants: boolean;
  /** Part of the name of the mutants to hunt. */
  readonly only: string | undefined;
}

function argumentsOf(argv: readonly string[]): Arguments {
  const numberAfter = (flag: string, otherwise: number): number => {
    const at = argv.indexOf(flag);
    return at === -1 ? otherwise : Number(argv[at + 1]);
  };
  return {
    seed: numberAfter('--seed', 1),
    seeds: numberAfter('--seeds', 1),
    twice: argv.includes('--twice'),
    trace: argv.includes('--trace'),
    mutants: argv.includes('--mutants'),
    only: argv.includes('--only') ? argv[argv.indexOf('--only') + 1] : undefined,
  };
}

export async function runSeed(seed: number, print?: (line: string) => void): Promise<SimulationResult> {
  const simulation = new Simulation(print === undefined ? { seed } : { seed, print });
  return { ...(await simulation.run()), seed };
}

const MUTANT_SEEDS = 100;

/** Plants each bug in turn and counts the seeds until it is found. Answers how many were not. */
async function huntMutants(firstSeed: number, only: string | undefined): Promise<number> {
  let missed = 0;
  console.log(' seeds  caught by                                           bug');
  for (const mutant of MUTANTS.filter(({ name }) => only === undefined || name.includes(only))) {
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

/** Answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = argumentsOf(argv);
  if (options.mutants) return (await huntMutants(options.seed, options.only)) === 0 ? 0 : 1;
  return simulate(options);
}

/** From so many seeds on, a kind of fault that never happened is a failure of the simulation itself. */
const SEEDS_FOR_ALL_FAULTS = 300;

async function simulate(options: Arguments): Promise<number> {
  const tally = new Tally(options.seeds);
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
    const result = await runSeed(seed, options.trace ? (line) => console.log(line) : undefined);
    tally.add(result);
    if (options.twice && (await runSeed(seed)).hash !== result.hash) {
      tally.failed(`seed ${seed} has two traces`, `--seed ${seed} --twice`);
    }
  }
  const { missing } = tally.faults;
  if (options.seeds >= SEEDS_FOR_ALL_FAULTS && missing.length > 0) {
    tally.failed(`never happened: ${missing.join(', ')}`, `--seed ${options.seed} --seeds ${options.seeds}`);
  }
  tally.print();
  return tally.failures === 0 ? 0 : 1;
}

/** What came of all seeds together. */
class Tally {
  readonly faults = new FaultCounts();
  failures = 0;
  private readonly work = new Map<string, number>();
  private readonly startedMs = Date.now();
  private simulatedMs = 0;
  private events = 0;
  private done = 0;

  constructor(private readonly seeds: number) {}

  add(result: SimulationResult): void {
    this.simulatedMs += result.simulatedMs;
    this.events += result.events;
    this.faults.addAll(result.faults);
    for (const [name, count] of Object.entries(result.work)) this.work.set(name, (this.work.get(name) ?? 0) + count);
    const { violation, seed } = result;
    if (violation !== undefined) this.failed(`seed ${seed} breaks "${violation.message}"`, `--seed ${seed} --trace`);
    if (this.seeds === 1) console.log(`seed ${seed}: trace ${result.hash}`);
    if (++this.done % PROGRESS_EVERY === 0) console.log(this.progress());
  }

  failed(what: string, replay: string): void {
    this.failures++;
    console.log(`${what}\n  npm run sim -- ${replay}`);
  }

  print(): void {
    for (const kind of FAULT_KINDS) console.log(`${String(this.faults.of(kind)).padStart(9)}  ${kind}`);
    for (const [name, count] of this.work) console.log(`${String(count).padStart(9)}  ${name}`);
    console.log(`${this.progress()}, ${this.failures} failures`);
  }

  private progress(): string {
    const seconds = (Date.now() - this.startedMs) / 1000;
    const hours = (this.simulatedMs / 3_600_000).toFixed(2);
    return `${this.done} seeds in ${seconds.toFixed(1)} s (${(this.done / seconds).toFixed(1)} a second), ${hours} hours simulated, ${this.events} events`;
  }
}
