import { REGISTRATION_KEY } from '../../src/storage/layout';
import { MemoryDisk } from '../../src/storage/memory';
import { RegistrationNotes } from '../../src/storage/registrationNote';

const note = { protocol: '2.3', url: 'http://d/t', key: 'abc', value: 'näme=http://a:2380' } as const;

test('a note survives a power cut, is replaced, and removed', async () => {
  const disk = new MemoryDisk();
  const notes = new RegistrationNotes(disk.open());
  expect(await notes.read()).toBeUndefined();
  await notes.write(note);
  disk.crash();
  const after = new RegistrationNotes(disk.open());
  expect(await after.read()).toEqual(note);
  await after.write({ ...note, protocol: '0.4' });
  expect(await after.read()).toEqual({ ...note, protocol: '0.4' });
  await after.remove();
  disk.crash();
  expect(await new RegistrationNotes(disk.open()).read()).toBeUndefined();
});

test('a damaged note is not taken for none', async () => {
  const kv = new MemoryDisk().open();
  const notes = new RegistrationNotes(kv);
  await notes.write(note);
  const bytes = Buffer.from((await kv.get(REGISTRATION_KEY)) ?? []);
  bytes[bytes.length - 3]! ^= 1;
  await kv.batch([{ type: 'put', key: REGISTRATION_KEY, value: bytes }], { sync: true });
  await expect(notes.read()).rejects.toMatchObject({ kind: 'corrupt' });
});
