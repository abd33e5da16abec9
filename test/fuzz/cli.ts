/** npm run fuzz: each target for some seconds, from a seed that can be given again. */
import { parseArgs } from 'node:util';
import { keepInput } from './corpus';
import { fuzz } from './fuzz';
import { targets } from './targets';

const USAGE = 'npm run fuzz -- [--seconds 20] [--target NAME] [--seed NUMBER]';
const SECONDS = 20;

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { seconds: { type: 'string' }, target: { type: 'string' }, seed: { type: 'string' } },
  });
  const seconds = Number(values.seconds ?? SECONDS);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
  if (chosen.length === 0 || !(seconds > 0) || !Number.isSafeInteger(seed)) {
    console.error(`${USAGE}\ntargets: ${targets.map(({ name }) => name).join(' ')}`);
    return 2;
  }
  let found = 0;
  for (const target of chosen) {
    const { inputs, finding } = await fuzz(target, { seed, inputsMax: Infinity, timeMs: seconds * 1000 });
    console.log(`${finding === undefined ? 'ok   ' : 'FOUND'} ${target.name}: ${inputs} inputs, seed ${seed}`);
    if (finding === undefined) continue;
    found++;
    console.log(`      ${finding.fault}\n      kept in ${keepInput(target.name, finding.bytes)}`);
  }
  return found === 0 ? 0 : 1;
}
