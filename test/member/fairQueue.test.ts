import fc from 'fast-check';
import { FairQueue } from '../../src/member/fairQueue';

interface Item {
  readonly client: string;
  readonly bytes: number;
  readonly number: number;
}

const BYTES_MAX = 50;

/** Takes until nothing waits. */
function* all(queue: FairQueue<Item>): Generator<Item, void, undefined> {
  while (queue.length > 0) yield* queue.take(1);
}

test('who waits alone gets what it asked for in its order', () => {
  const queue = new FairQueue<Item>();
  for (let number = 0; number < 5; number += 1) queue.push('a', { client: 'a', bytes: 10, number });
  expect([...all(queue)].map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
});

test('a client that was away has not saved anything up', () => {
  const queue = new FairQueue<Item>();
  for (let number = 0; number < 10; number += 1) queue.push('a', { client: 'a', bytes: 10, number });
  queue.take(5);
  for (let number = 0; number < 5; number += 1) queue.push('b', { client: 'b', bytes: 10, number });
  expect([...all(queue)].map(({ client }) => client).join('')).toBe('bababababa');
});

test('among clients that wait all the time none gets more bytes than another, but for one of each', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: BYTES_MAX }))), (asked) => {
      const queue = new FairQueue<Item>();
      asked.forEach(([client, bytes], number) => queue.push(client, { client, bytes, number }));
      const taken = new Map<string, number>();
      const last = new Map<string, number>();
      const waiting = new Set(asked.map(([client]) => client));
      for (const { client, bytes, number } of all(queue)) {
        expect(number).toBeGreaterThan(last.get(client) ?? -1);
        last.set(client, number);
        taken.set(client, (taken.get(client) ?? 0) + bytes);
        // Compared as long as all of them have something that waits.
        for (const each of [...waiting]) if (!queue.items().some((item) => item.client === each)) waiting.clear();
        const shares = [...waiting].map((each) => taken.get(each) ?? 0);
        if (shares.length > 1) expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2 * BYTES_MAX);
      }
    }),
  );
});

test('what is removed is gone, and its client is not ahead for ever', () => {
  const queue = new FairQueue<Item>();
  for (let number = 0; number < 3; number += 1) queue.push('a', { client: 'a', bytes: 10, number });
  expect(queue.remove(({ number }) => number > 0)).toHaveLength(2);
  queue.push('b', { client: 'b', bytes: 10, number: 3 });
  expect([...all(queue)].map(({ client }) => client)).toEqual(['a', 'b']);
  expect(queue.first).toBeUndefined();
  queue.push('a', { client: 'a', bytes: 10, number: 4 });
  queue.push('c', { client: 'c', bytes: 10, number: 5 });
  expect([...all(queue)].map(({ client }) => client)).toEqual(['a', 'c']);
});
