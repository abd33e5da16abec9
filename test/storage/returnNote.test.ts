import { RETURN_KEY } from '../../src/storage/layout';
import { MemoryDisk } from '../../src/storage/memory';
import { ReturnNotes } from '../../src/storage/returnNote';

test('a note survives a power cut, and is removed', async () => {
  const disk = new MemoryDisk();
  const notes = new ReturnNotes(disk.open());
  expect(await notes.read()).toBeUndefined();
  await notes.write('cdf818194e3a8c32');
  disk.crash();
  const after = new ReturnNotes(disk.open());
  expect(await after.read()).toBe('cdf818194e3a8c32');
  await after.remove();
  disk.crash();
  expect(await new ReturnNotes(disk.open()).read()).toBeUndefined();
});

test('a damaged note is not taken for none', async () => {
  const kv = new MemoryDisk().open();
  const notes = new ReturnNotes(kv);
  await notes.write('cdf818194e3a8c32');
  const bytes = Buffer.from((await kv.get(RETURN_KEY)) ?? []);
  bytes[bytes.length - 3]! ^= 1;
  await kv.batch([{ type: 'put', key: RETURN_KEY, value: bytes }], { sync: true });
  await expect(notes.read()).rejects.toMatchObject({ kind: 'corrupt' });
});
