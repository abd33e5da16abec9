/** Which generations of rows there are; see layout.ts. */
import type { Kv } from './kv';
import { generationOfKey, LAST_GENERATION, laterGenerationsRange } from './layout';

/** Those that have rows, other than the one that counts: halves of receptions, and what a crash kept from being swept. */
export async function otherGenerations(kv: Pick<Kv, 'scan'>, current: number): Promise<readonly number[]> {
  const found: number[] = [];
  let last: number | undefined = 0;
  while (last !== undefined && last < LAST_GENERATION) {
    last = await firstAfter(kv, last);
    if (last !== undefined && last !== current) found.push(last);
  }
  return found;
}

async function firstAfter(kv: Pick<Kv, 'scan'>, generation: number): Promise<number | undefined> {
  for await (const pairs of kv.scan(laterGenerationsRange(generation), { values: false })) {
    for (const [key] of pairs) return generationOfKey(key);
  }
  return undefined;
}
