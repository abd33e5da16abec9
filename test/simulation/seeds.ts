/** Seeds that are run here, or shared out among processes. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { FaultCounts } from './faults';
import type { FaultKind } from './faults';
import { Simulation } from './simulation';
import type { SimulationResult } from './simulation';

export async function runSeed(seed: number, print?: (line: string) => void): Promise<SimulationResult> {
  const simulation = new Simulation(print === undefined ? { seed } : { seed, print });
  return { ...(await simulation.run()), seed };
}

/** What is told of a life: all of it but its trace. */
export type Told = Omit<SimulationResult, 'violation'> & {
  /** In words. Undefined: no guarantee was broken. */
  readonly violation: string | undefined;
  /** Of a seed that was to be run twice. */
  readonly hasTwoTraces: boolean;
};

export async function runAndTell(seed: number, twice: boolean, print?: (line: string) => void): Promise<Told> {
  const { violation, ...result } = await runSeed(seed, print);
  const hasTwoTraces = twice && (await runSeed(seed)).hash !== result.hash;
  return { ...result, violation: violation?.message, hasTwoTraces };
}

/** A life takes less than a second. */
const LONG_MS = 60_000;

/** As it goes from one process to another. */
type Sent = Omit<Told, 'faults'> & { readonly faults: readonly (readonly [FaultKind, number])[] };

/** In a process that was made by `runInProcesses`: runs each seed that it is given. Ends with its parent. */
export function serveSeeds(twice: boolean): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (seed: number) => {
    void runAndTell(seed, twice).then((told) =>
      process.send?.({ ...told, faults: told.faults.entries } satisfies Sent),
    );
  });
}

/**
 * Each of the processes gets the next seed when it is done with one. Rejects if one of them ends before its seed did.
 * @param script what calls `serveSeeds` when it is given `argv`
 */
export async function runInProcesses(
  script: string,
  argv: readonly string[],
  processes: number,
  seeds: Iterable<number>,
  tell: (told: Told) => void,
): Promise<void> {
  const left = seeds[Symbol.iterator]();
  const children = Array.from({ length: processes }, () => fork(script, argv));
  try {
    await Promise.all(children.map((child) => feed(child, left, tell)));
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

function feed(child: ChildProcess, left: Iterator<number>, tell: (told: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let seed = 0;
    let told: NodeJS.Timeout | undefined;
    const next = (): void => {
      clearTimeout(told);
      const { done, value } = left.next();
      if (done === true) {
        resolve();
        return;
      }
      seed = value;
      child.send(seed);
      told = setTimeout(
        () => console.log(`seed ${value} has taken a minute; npm run sim -- --seed ${value} --trace`),
        LONG_MS,
      );
    };
    child.on('message', ({ faults, ...told }: Sent) => {
      tell({ ...told, faults: new FaultCounts(faults) });
      next();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`the process with seed ${seed} ended (${signal ?? code})`)));
    next();
  });
}
