import { FairLanes } from '../../../src/api/auth/fairLanes';

/** Work that ends when it is told to; `begun` has the names in the order in which they began. */
class Bench {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, () => void>();

  work(name: string): () => Promise<string> {
    return () => {
      this.begun.push(name);
      return new Promise((resolve) => {
        this.ends.set(name, () => {
          resolve(name);
        });
      });
    };
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('no more is done at once than there are lanes', async () => {
  const bench = new Bench();
  const queue = new FairLanes(2, 10, 10);
  const all = ['a', 'b', 'c'].map(async (name) => queue.run('me', bench.work(name)));
  expect(bench.begun).toEqual(['a', 'b']);
  await bench.end('b');
  expect(bench.begun).toEqual(['a', 'b', 'c']);
  await bench.end('a');
  await bench.end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('who has much to do gets every second turn beside somebody who has little', async () => {
  const bench = new Bench();
  const queue = new FairLanes(1, 100, 100);
  for (let each = 0; each < 5; each++) void queue.run('flood', bench.work(`flood${each}`));
  void queue.run('me', bench.work('mine'));
  await bench.end('flood0');
  await bench.end('flood1');
  expect(bench.begun).toEqual(['flood0', 'flood1', 'mine']);
  await bench.end('mine');
  await bench.end('flood2');
  expect(bench.begun.slice(3)).toEqual(['flood2', 'flood3']);
});

test('what waits is bounded, of one and of all', () => {
  const bench = new Bench();
  const queue = new FairLanes(1, 3, 2);
  expect(queue.run('a', bench.work('1'))).toBeDefined();
  expect(queue.run('a', bench.work('2'))).toBeDefined();
  expect(queue.run('a', bench.work('3'))).toBeDefined();
  expect(queue.run('a', bench.work('4'))).toBeUndefined();
  expect(queue.run('b', bench.work('5'))).toBeDefined();
  expect(queue.run('c', bench.work('6'))).toBeUndefined();
});

test('work that fails gives its lane back', async () => {
  const queue = new FairLanes(1, 3, 3);
  await expect(queue.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run('a', () => Promise.resolve(1))).toBe(1);
});
