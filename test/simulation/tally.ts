import { FAULT_KINDS, FaultCounts } from './faults';
import type { Told } from './seeds';

const PROGRESS_EVERY = 25;
/** From so many seeds on, a kind of fault that never happened is a failure of the simulation itself. */
const SEEDS_FOR_ALL_FAULTS = 300;

/** What came of all seeds together. */
export class Tally {
  failures = 0;
  private readonly faults = new FaultCounts();
  private readonly work = new Map<string, number>();
  private readonly startedMs = Date.now();
  private simulatedMs = 0;
  private events = 0;
  private done = 0;

  /** @param say a line for whoever waits */
  constructor(
    private readonly seeds: number,
    private readonly say: (line: string) => void,
  ) {}

  add({ seed, violation, hasTwoTraces, ...told }: Told): void {
    this.simulatedMs += told.simulatedMs;
    this.events += told.events;
    this.faults.addAll(told.faults);
    for (const [name, count] of Object.entries(told.work)) this.work.set(name, (this.work.get(name) ?? 0) + count);
    if (violation !== undefined) this.failed(`seed ${seed} breaks "${violation}"`, `--seed ${seed} --trace`);
    if (hasTwoTraces) this.failed(`seed ${seed} has two traces`, `--seed ${seed} --twice`);
    if (this.seeds === 1) this.say(`seed ${seed}: trace ${told.hash}`);
    if (++this.done % PROGRESS_EVERY === 0) this.say(this.progress());
  }

  /** When all seeds were run: what they were to bring and did not, and the sums. */
  end(firstSeed: number): void {
    const replay = `--seed ${firstSeed} --seeds ${this.seeds}`;
    if (this.done !== this.seeds) this.failed(`${this.done} of ${this.seeds} seeds were run`, replay);
    const { missing } = this.faults;
    if (this.seeds >= SEEDS_FOR_ALL_FAULTS && missing.length > 0) {
      this.failed(`never happened: ${missing.join(', ')}`, replay);
    }
    for (const kind of FAULT_KINDS) this.say(`${String(this.faults.of(kind)).padStart(9)}  ${kind}`);
    for (const [name, count] of this.work) this.say(`${String(count).padStart(9)}  ${name}`);
    this.say(`${this.progress()}, ${this.failures} failures`);
  }

  private failed(what: string, replay: string): void {
    this.failures++;
    this.say(`${what}\n  npm run sim -- ${replay}`);
  }

  private progress(): string {
    const seconds = (Date.now() - this.startedMs) / 1000;
    const hours = (this.simulatedMs / 3_600_000).toFixed(2);
    return `${this.done} seeds in ${seconds.toFixed(1)} s (${(this.done / seconds).toFixed(1)} a second), ${hours} hours simulated, ${this.events} events`;
  }
}
