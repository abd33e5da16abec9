import { byteString, ByteReader, ByteWriter } from '../../src/machine/bytes';
import { ByteWriter as StorageWriter } from '../../src/storage/bytes';
import { decodeBatch, encodeBatch } from '../../src/machine/commandCodec';
import type { Command } from '../../src/machine/command';

const NAMES = ['default', 'é', '名', '🦆-1', 'm\u00adx'];

test.each(NAMES)('text %p is UTF-8 in what is written, and text again in what is read', (name) => {
  const bytes = new ByteWriter().text(name).take();
  expect(bytes.subarray(1).toString('utf8')).toBe(name);
  expect(new ByteReader(bytes).text()).toBe(name);
  expect(new ByteReader(bytes).bytes()).toBe(byteString(name));
});

test('bytes that are no UTF-8 read as text with U+FFFD, the same everywhere', () => {
  expect(new ByteReader(new ByteWriter().bytes('a\xe9b').take()).text()).toBe('a\ufffdb');
});

test.each([
  ['machine', (text: string) => new ByteWriter().bytes(text)],
  ['storage', (text: string) => new StorageWriter(16).text(text)],
])('the writer of %s takes bytes and refuses characters above 255', (_where, write) => {
  expect(() => write('\0a\xff')).not.toThrow();
  expect(() => write('a\u0100')).toThrow(RangeError);
  expect(() => write('名')).toThrow('a character above 255 in a byte string');
});

test.each(NAMES)('a member publishes itself as %p', (name) => {
  const command: Command = {
    type: 'publish',
    memberId: 'a1',
    name,
    clientURLs: ['http://h:2379'],
    version: '2.3.8',
    level: 1,
  };
  const batch = { origin: 'a1', run: 1, sequence: 2, commands: [command] };
  expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
});

test('a command that cannot be written leaves nothing behind for the next one', () => {
  const batch = (path: string): Parameters<typeof encodeBatch>[0] => ({
    origin: 'a1',
    run: 1,
    sequence: 2,
    commands: [{ type: 'delete', path, nowMs: 1, dir: false, recursive: false }],
  });
  const expected = encodeBatch(batch('/a'));
  expect(() => encodeBatch(batch('/名'))).toThrow(RangeError);
  expect(encodeBatch(batch('/a'))).toEqual(expected);
});

test('what is long is handed over without another copy, and the next one has bytes of its own', () => {
  const writer = new ByteWriter();
  const value = 'x'.repeat(1_000_000);
  const long = writer
    .expect(value.length + 20)
    .bytes(value)
    .u8(1)
    .take();
  const next = writer.u8(2).bytes(value).u8(3).take();
  expect(long.buffer.byteLength).toBe(value.length + 20);
  expect(long.latin1Slice(3)).toBe(`${value}\x01`);
  expect(next.latin1Slice(4)).toBe(`${value}\x03`);
  expect(writer.bytes(value).takeText()).toHaveLength(value.length + 3);
  expect(writer.u8(7).take()).toEqual(Buffer.from([7]));
});
