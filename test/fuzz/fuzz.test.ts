/** A short run of `npm run fuzz` that is the same each time, and all that longer ones ever found. */
import { keptInputs, keptTargets } from './corpus';
import { faultOf, fuzz } from './fuzz';
import { NOTHING, type Target } from './target';
import { targets } from './targets';

const SEED = 20_180_416;
/** Enough for every change to come about often. Their number is the only limit, so that each run tries the same ones. */
const INPUTS = 500;
const SLOW_INPUTS = 50;
/** Of an input in a message: the run that is named there keeps all of it. */
const SHOWN_BYTES_MAX = 500;

test.each(targets)('$name answers everything with what it announces', async (target) => {
  for (const seed of target.seeds) expect(await faultOf(target, Buffer.from(seed))).toBeUndefined();
  for (const { name, bytes } of keptInputs(target.name)) {
    expect([name, await faultOf(target, bytes)]).toEqual([name, undefined]);
  }
  const inputsMax = target.isSlow ? SLOW_INPUTS : INPUTS;
  const { inputs, finding } = await fuzz(target, { seed: SEED, inputsMax });
  const again = `npm run fuzz -- --target ${target.name} --seed ${SEED} --inputs ${inputs}`;
  if (finding !== undefined)
    throw new Error(`${again}\n${finding.fault}\n${finding.bytes.toString('hex', 0, SHOWN_BYTES_MAX)}`);
  expect(inputs).toBe(inputsMax);
});

test('what is kept is kept of a target that is there', () => {
  expect(keptTargets().filter((name) => !targets.some((target) => target.name === name))).toEqual([]);
});

test('the same seed gives the same inputs, however long a run may take', async () => {
  const run = async (seed: number, timeMs?: number): Promise<readonly string[]> => {
    const given: string[] = [];
    const target: Target = {
      ...{ name: 'x', seeds: [Buffer.from('one'), Buffer.from('two')], expects: NOTHING },
      run: (bytes) => given.push(bytes.toString('hex')),
    };
    await fuzz(target, { seed, inputsMax: 300, ...(timeMs === undefined ? {} : { timeMs }) });
    return given;
  };
  const whole = await run(5);
  expect(whole).toHaveLength(300);
  expect(await run(5)).toEqual(whole);
  const cut = await run(5, 1);
  expect(cut).toEqual(whole.slice(0, cut.length));
  expect(await run(6)).not.toEqual(whole);
});

describe('a fault is found', () => {
  const at = (run: Target['run']): Target => ({ name: 'x', seeds: [Buffer.from('seed')], run, expects: NOTHING });
  const limits = { seed: 1, inputsMax: 2000 };

  test('when it throws what it does not announce', async () => {
    const target = at((bytes) => {
      if (bytes.includes(0xff)) throw new TypeError('surprise');
    });
    const { inputs, finding } = await fuzz(target, limits);
    expect(finding).toMatchObject({ fault: expect.stringContaining('surprise'), input: inputs });
    // That many inputs of this seed find it again.
    const again = await fuzz(target, { ...limits, inputsMax: inputs });
    expect(again.finding?.bytes).toEqual(finding?.bytes);
  });

  test('when a length makes it allocate', async () => {
    const target = at((bytes) => Buffer.alloc(bytes.length > 8 ? 80 * 1024 * 1024 : 1));
    expect((await fuzz(target, limits)).finding?.fault).toContain('bytes of memory');
  });
});
