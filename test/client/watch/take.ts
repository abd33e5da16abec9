import type { Change, Watch } from '../../../src/client';

/** The next so many changes. */
export async function take(watch: Watch, count: number): Promise<readonly Change[]> {
  const changes: Change[] = [];
  while (changes.length < count) {
    const { done, value } = await watch.next();
    if (done === true) throw new Error(`the watch ended after ${changes.length} changes`);
    changes.push(value);
  }
  return changes;
}
