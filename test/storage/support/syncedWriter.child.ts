/**
 * Writes synced batches without end (or as many as it is told), and prints the number of each one when it was acknowledged.
 * Arguments: database directory, first number, how many (0: without end), bytes of a value.
 */
import { writeSync } from 'node:fs';
import { openRocks } from '../../../src/storage/rocks';

/** Both keys of batch `n`: they are far apart, so a batch that is cut in two would show. */
function keysOf(n: number): readonly [Buffer, Buffer] {
  const number = String(n).padStart(9, '0');
  return [Buffer.from(`a${number}`), Buffer.from(`z${number}`)];
}

async function main(path: string, first: number, count: number, valueBytes: number): Promise<void> {
  const kv = await openRocks({ path, createIfMissing: true });
  for (let n = first; count === 0 || n < first + count; n += 1) {
    const value = Buffer.alloc(valueBytes + (n % 200), `${n};`);
    await kv.batch(
      keysOf(n).map((key) => ({ type: 'put' as const, key, value })),
      { sync: true },
    );
    writeSync(1, `${n}\n`);
  }
  await kv.close();
}

const [path = '', first = '0', count = '0', valueBytes = '0'] = process.argv.slice(2);
void main(path, Number(first), Number(count), Number(valueBytes));
