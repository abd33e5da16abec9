import { WITNESS_KEY } from '../../src/storage/layout';
import { seal, SEAL_BYTES } from '../../src/storage/seal';
import { WitnessNotes } from '../../src/storage/witnessNote';
import { MemoryDisk } from '../../src/storage/memory';

it('gives back what was written, also after a power cut, and nothing where nothing was', async () => {
  const disk = new MemoryDisk();
  const kv = disk.open();
  expect(await new WitnessNotes(kv).read()).toBeUndefined();
  const known = new Map([
    ['a1', { incarnation: 'one', early: true }],
    ['b2', { incarnation: 'two', early: false }],
  ]);
  await new WitnessNotes(kv).write({ incarnation: 'mine', known });
  disk.crash();
  expect(await new WitnessNotes(disk.open()).read()).toEqual({ incarnation: 'mine', known });
});

it.each([
  ['no list', '{}'],
  ['no rows', '["mine"]'],
  ['a row that is none', '["mine",["x"]]'],
  ['a row cut short', '["mine",[["a1","one"]]]'],
])('refuses %s', async (_, text) => {
  const kv = new MemoryDisk().open();
  const value = seal('b', Buffer.concat([Buffer.alloc(SEAL_BYTES), Buffer.from(text)]));
  await kv.batch([{ type: 'put', key: WITNESS_KEY, value }], { sync: true });
  await expect(new WitnessNotes(kv).read()).rejects.toMatchObject({ kind: 'corrupt' });
});
