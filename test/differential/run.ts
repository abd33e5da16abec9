import { generateSteps } from './generate';
import type { Mismatch, Pair } from './pair';
import { shrink, simplify } from './shrink';
import { asCurl } from './step';
import type { Step } from './step';

export interface Plan {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly stepsPerSeed: number;
}

const MOST_TRIALS = 120;

/** Plays the sequences of a plan; what was found, one text for each seed that showed a difference, ready to print. */
export async function findDifferences(pair: Pair, plan: Plan, progress: (seed: number) => void): Promise<string[]> {
  const reports: string[] = [];
  for (let seed = plan.firstSeed; seed < plan.firstSeed + plan.seeds; seed += 1) {
    const steps = generateSteps(seed, plan.stepsPerSeed);
    const mismatch = await pair.play(steps);
    if (mismatch !== undefined) reports.push(await report(pair, seed, steps.slice(0, mismatch.position + 1), mismatch));
    progress(seed);
  }
  return reports;
}

async function report(pair: Pair, seed: number, failing: readonly Step[], first: Mismatch): Promise<string> {
  const stillFails = async (steps: readonly Step[]) => (await pair.play(steps)) !== undefined;
  const fewer = await shrink(failing, stillFails, MOST_TRIALS);
  const steps = await simplify(fewer, simplerSteps, stillFails, MOST_TRIALS);
  const mismatch = await pair.play(steps);
  if (mismatch === undefined) {
    return [`seed ${seed}: differed once, but not again when repeated:`, ...first.differences].join('\n');
  }
  return [
    `seed ${seed}: differs at the last of these, with HOST=127.0.0.1:PORT of either server:`,
    ...steps.slice(0, mismatch.position + 1).map((step) => `  ${asCurl(step, mismatch.place)}`),
    ...mismatch.differences,
  ].join('\n');
}

/** The step with one parameter less, in all ways. */
function simplerSteps(step: Step): Step[] {
  const queries = step.query.map((_, index) => ({ ...step, query: without(step.query, index) }));
  const { body } = step;
  if (body.kind !== 'form') return queries;
  return [
    ...queries,
    ...body.fields.map((_, index) => ({ ...step, body: { ...body, fields: without(body.fields, index) } })),
  ];
}

function without<T>(items: readonly T[], index: number): T[] {
  return items.filter((_, each) => each !== index);
}
