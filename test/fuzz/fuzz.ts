/** Gives a target what was never meant for it: an error that is announced is an answer; anything else, or too much, is a fault. */
import { getHeapStatistics } from 'node:v8';
import { chanceOf, mutated } from './mutate';
import { keptInputs } from './corpus';
import type { Target } from './target';

/** More for one input is a fault. */
export const MEMORY_BYTES_MAX = 64 * 1024 * 1024;
/** Of the processor, since a busy machine takes its time. Inputs are short: whatever takes so long grows with more than their length. */
export const TIME_MS_MAX = 2000;

/** What was made of seeds and is made more of. */
const POOL_MAX = 200;
/** How often the event loop has its turn. */
const YIELD_EVERY = 100;

export interface Finding {
  readonly target: string;
  /** Which input of the run it was; the first is 1. */
  readonly input: number;
  readonly bytes: Buffer;
  readonly fault: string;
}

export interface FuzzLimits {
  /** The same seed gives the same inputs in the same order, however far a run gets. */
  readonly seed: number;
  readonly inputsMax: number;
  /** Without it only their number limits the inputs, so that each run tries the same ones. */
  readonly timeMs?: number;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly finding: Finding | undefined;
}

/** What is wrong with how the target takes these bytes; undefined: nothing. */
export async function faultOf(target: Target, bytes: Buffer): Promise<string | undefined> {
  const before = usedBytes();
  const started = process.cpuUsage();
  let fault: string | undefined;
  try {
    await target.run(bytes);
  } catch (error) {
    if (!target.expects(error)) fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(started);
  const tookMs = (user + system) / 1000;
  const took = usedBytes() - before;
  if (fault !== undefined) return fault;
  if (took > MEMORY_BYTES_MAX) return `took ${took} bytes of memory for ${bytes.length} bytes of input`;
  return tookMs > TIME_MS_MAX ? `took ${Math.round(tookMs)} ms for ${bytes.length} bytes of input` : undefined;
}

/** What changes begin with: what it reads every day, and what was kept of it. */
export function seedsOf({ name, seeds }: Target): readonly Buffer[] {
  return [...seeds, ...keptInputs(name).map(({ bytes }) => bytes)];
}

/** Until something is found or a limit is reached. */
export async function fuzz(target: Target, { seed, inputsMax, timeMs = Infinity }: FuzzLimits): Promise<FuzzReport> {
  const chance = chanceOf(seed);
  const pool = [...seedsOf(target)];
  const deadlineMs = performance.now() + timeMs;
  for (let inputs = 0; inputs < inputsMax; inputs++) {
    if (performance.now() > deadlineMs) return { inputs, finding: undefined };
    const made = mutated(pool[chance(pool.length)] ?? Buffer.alloc(0), pool, chance);
    const given = Buffer.from(made);
    const fault = await faultOf(target, given);
    if (fault !== undefined)
      return { inputs: inputs + 1, finding: { target: target.name, input: inputs + 1, bytes: made, fault } };
    if (chance(20) === 0) pool[pool.length < POOL_MAX ? pool.length : chance(POOL_MAX)] = made;
    if (inputs % YIELD_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { inputs: inputsMax, finding: undefined };
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
