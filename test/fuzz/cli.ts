/** npm run fuzz: each target for some seconds or a number of inputs, from a seed that can be given again. */
import { parseArgs } from 'node:util';
import { keepInput } from './corpus';
import { fuzz } from './fuzz';
import { targets } from './targets';

const USAGE = 'npm run fuzz -- [--seconds 20 | --inputs NUMBER] [--target NAME] [--seed NUMBER]';
const SECONDS = 20;

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: 'string' },
      inputs: { type: 'string' },
      target: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds ?? SECONDS);
  const inputsMax = Number(values.inputs ?? Infinity);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
  if (chosen.length === 0 || !(seconds > 0) || !(inputsMax > 0) || !Number.isSafeInteger(seed)) {
    console.error(`${USAGE}\ntargets: ${targets.map(({ name }) => name).join(' ')}`);
    return 2;
  }
  let found = 0;
  for (const target of chosen) {
    const timeMs = values.inputs === undefined ? seconds * 1000 : Infinity;
    const { inputs, finding } = await fuzz(target, { seed, inputsMax, timeMs });
    console.log(`${finding === undefined ? 'ok   ' : 'FOUND'} ${target.name}: ${inputs} inputs, seed ${seed}`);
    if (finding === undefined) continue;
    found++;
    const again = `npm run fuzz -- --target ${target.name} --seed ${seed} --inputs ${finding.input}`;
    console.log(
      `      ${finding.fault}\n      kept in ${keepInput(target.name, finding.bytes)}\n      again: ${again}`,
    );
  }
  return found === 0 ? 0 : 1;
}
