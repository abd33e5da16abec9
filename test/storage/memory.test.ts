import type { StorageError } from '../../src/storage/errors';
import { MemoryDisk } from '../../src/storage/memory';
import { kvSuite, listed, put } from './support/kvSuite';

kvSuite('in memory', () => {
  const disk = new MemoryDisk();
  return Promise.resolve({
    open: (onFailure) => Promise.resolve(disk.open(onFailure === undefined ? {} : { onFailure })),
    dispose: () => Promise.resolve(),
  });
});

describe('MemoryDisk', () => {
  test('a crash loses what was not synced, and a sync covers what came before it', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    await kv.batch([put('a', '1')], { sync: false });
    await kv.batch([put('b', '2')], { sync: true });
    await kv.batch([put('c', '3'), put('a', 'later')], { sync: false });
    expect(disk.unsyncedBatches).toBe(1);
    disk.crash();
    expect(await listed(disk.open())).toEqual(['a=1', 'b=2']);
  });

  test('a crash may keep a prefix of what was not synced', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    for (const key of ['a', 'b', 'c']) await kv.batch([put(key, '1')], { sync: false });
    disk.crash(2);
    expect(await listed(disk.open())).toEqual(['a=1', 'b=1']);
  });

  test('nothing that was under way is answered after a crash', async () => {
    const queue: (() => void)[] = [];
    const disk = new MemoryDisk();
    const kv = disk.open({ schedule: (deliver) => queue.push(deliver) });
    let answered = 0;
    void kv.batch([put('a', '1')], { sync: true }).finally(() => (answered += 1));
    void kv.get(Buffer.from('a')).finally(() => (answered += 1));
    void kv
      .scan({ gte: Buffer.from('a'), lt: Buffer.from('b') })
      [Symbol.asyncIterator]()
      .next()
      .finally(() => (answered += 1));
    disk.crash();
    for (const deliver of queue) deliver();
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.length).toBe(3);
    expect(answered).toBe(0);
  });

  test('completion goes through the given schedule, in order', async () => {
    const queue: (() => void)[] = [];
    const kv = new MemoryDisk().open({ schedule: (deliver) => queue.push(deliver) });
    const done: number[] = [];
    const writes = [0, 1, 2].map((at) => kv.batch([put('a', String(at))], { sync: true }).then(() => done.push(at)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([]);
    for (const deliver of queue) deliver();
    await Promise.all(writes);
    expect(done).toEqual([0, 1, 2]);
  });

  test.each(['io', 'full'] as const)(
    'after an injected failure (%s) every call fails with that error',
    async (kind) => {
      const disk = new MemoryDisk();
      const failures: StorageError[] = [];
      const kv = disk.open({ onFailure: (error) => failures.push(error) });
      await kv.batch([put('a', '1')], { sync: true });
      disk.failNextBatch(kind);
      const results = await Promise.allSettled([
        kv.batch([put('b', '2')], { sync: true }),
        kv.batch([put('c', '3')], { sync: true }),
        kv.get(Buffer.from('a')),
      ]);
      expect(results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : 'done'))).toEqual([
        failures[0],
        failures[0],
        failures[0],
      ]);
      await expect(listed(kv)).rejects.toBe(failures[0]);
      expect(failures).toMatchObject([{ kind }]);
      await kv.close();
      expect(await listed(disk.open())).toEqual(['a=1']);
    },
  );

  test('a held disk lets nothing through until it is released, or for ever if it crashes', async () => {
    const disk = new MemoryDisk();
    const kv = disk.open();
    disk.hold();
    let done = false;
    const write = kv.batch([put('a', '1')], { sync: true }).then(() => (done = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    disk.release();
    await write;
    disk.hold();
    void kv.batch([put('b', '1')], { sync: true });
    disk.crash();
    disk.release();
    expect(await listed(disk.open())).toEqual(['a=1']);
  });

  test('cannot be opened twice at once', () => {
    const disk = new MemoryDisk();
    disk.open();
    expect(() => disk.open()).toThrow(expect.objectContaining({ kind: 'locked' }));
  });
});
