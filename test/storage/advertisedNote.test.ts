import { AdvertisedNotes } from '../../src/storage/advertisedNote';
import { ADVERTISED_KEY } from '../../src/storage/layout';
import { MemoryDisk } from '../../src/storage/memory';
import { seal, SEAL_BYTES } from '../../src/storage/seal';

it('gives back what was written, also after a power cut, and nothing where nothing was', async () => {
  const disk = new MemoryDisk();
  const kv = disk.open();
  expect(await new AdvertisedNotes(kv).read()).toBeUndefined();
  await new AdvertisedNotes(kv).write(['http://a:1', 'http://b:2']);
  disk.crash();
  expect(await new AdvertisedNotes(disk.open()).read()).toEqual(['http://a:1', 'http://b:2']);
});

it.each(['{}', '[1]', '"http://a:1"'])('refuses %s', async (text) => {
  const kv = new MemoryDisk().open();
  const value = seal('a', Buffer.concat([Buffer.alloc(SEAL_BYTES), Buffer.from(text)]));
  await kv.batch([{ type: 'put', key: ADVERTISED_KEY, value }], { sync: true });
  await expect(new AdvertisedNotes(kv).read()).rejects.toMatchObject({ kind: 'corrupt' });
});
