/** A short run of `npm run fuzz` that is the same each time, and all that longer ones ever found. */
import { keptInputs } from './corpus';
import { faultOf, fuzz } from './fuzz';
import { NOTHING, type Target } from './target';
import { targets } from './targets';

const SEED = 20_180_416;
/** Enough for every change to come about often; on a busy machine the time is the limit. */
const INPUTS = 1500;
const TIME_MS = 1500;

test.each(targets)('$name answers everything with what it announces', async (target) => {
  for (const seed of target.seeds) expect(await faultOf(target, Buffer.from(seed))).toBeUndefined();
  for (const { name, bytes } of keptInputs(target.name)) {
    expect([name, await faultOf(target, bytes)]).toEqual([name, undefined]);
  }
  const { inputs, finding } = await fuzz(target, { seed: SEED, inputsMax: INPUTS, timeMs: TIME_MS });
  expect(finding === undefined ? undefined : [finding.fault, finding.bytes.toString('hex')]).toBeUndefined();
  expect(inputs).toBeGreaterThan(0);
});

describe('a fault is found', () => {
  const at = (run: Target['run']): Target => ({ name: 'x', seeds: [Buffer.from('seed')], run, expects: NOTHING });
  const limits = { seed: 1, inputsMax: 2000, timeMs: 20_000 };

  test('when it throws what it does not announce', async () => {
    const target = at((bytes) => {
      if (bytes.includes(0xff)) throw new TypeError('surprise');
    });
    expect((await fuzz(target, limits)).finding?.fault).toContain('surprise');
  });

  test('when a length makes it allocate', async () => {
    const target = at((bytes) => Buffer.alloc(bytes.length > 8 ? 80 * 1024 * 1024 : 1));
    expect((await fuzz(target, limits)).finding?.fault).toContain('bytes of memory');
  });
});
