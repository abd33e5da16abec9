import { Assembly } from '../../src/storage/assembly';
import { LongValue } from '../../src/storage/kv';

function assembled(value: LongValue): { readonly bytes: Buffer; readonly steps: number } {
  const assembly = new Assembly(value);
  for (let steps = 1; ; steps += 1) {
    const bytes = assembly.next();
    if (bytes === undefined) continue;
    assembly.release();
    return { bytes: Buffer.from(bytes), steps };
  }
}

test('a long value is put together in steps, text as UTF-8', () => {
  const value = new LongValue(['head', '\xe9'.repeat(2_000_000), Buffer.alloc(1_000_000, 0xfe), 'end']);
  const { bytes, steps } = assembled(value);
  expect(bytes.equals(value.bytes())).toBe(true);
  expect(bytes).toHaveLength(5_000_007);
  expect(steps).toBeGreaterThan(5);
});

test('what was put together before does not show in the next', () => {
  const first = new LongValue([Buffer.alloc(300_000, 1)]);
  const second = new LongValue([Buffer.alloc(200_000, 2), 'end']);
  expect(assembled(first).bytes.equals(first.bytes())).toBe(true);
  expect(assembled(second).bytes.equals(second.bytes())).toBe(true);
});

test('two at once do not get into each other', () => {
  const [first, second] = [new LongValue([Buffer.alloc(900_000, 1)]), new LongValue([Buffer.alloc(900_000, 2)])];
  const [one, other] = [new Assembly(first), new Assembly(second)];
  one.next();
  other.next();
  expect(one.next()?.equals(first.bytes())).toBe(true);
  one.release();
  expect(other.next()?.equals(second.bytes())).toBe(true);
});
