import fc from 'fast-check';
import { ByteReader } from '../../src/bytes/byteReader';
import { byteString } from '../../src/bytes/byteStrings';
import { ByteWriter } from '../../src/bytes/byteWriter';

class Damaged extends Error {}

function readerOf(bytes: Buffer): ByteReader {
  return new ByteReader(bytes, (what) => new Damaged(`a thing ${what}`));
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const safe = fc.maxSafeNat();
const bytes = fc.uint8Array({ maxLength: 300 }).map((values) => Buffer.from(values));
const latin1 = bytes.map((values) => values.latin1Slice());
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => value.toString(16));

interface Piece {
  readonly write: (writer: ByteWriter) => unknown;
  readonly read: (reader: ByteReader) => unknown;
  readonly value: unknown;
}

const piece = <T>(
  values: fc.Arbitrary<T>,
  write: (writer: ByteWriter, value: T) => unknown,
  read: (reader: ByteReader, value: T) => unknown,
): fc.Arbitrary<Piece> =>
  values.map((value) => ({ value, write: (writer) => write(writer, value), read: (reader) => read(reader, value) }));

const anything = fc.oneof(
  piece(
    fc.integer({ min: 0, max: 255 }),
    (writer, value) => writer.u8(value),
    (reader) => reader.u8(),
  ),
  piece(
    fc.integer({ min: 0, max: 65_535 }),
    (writer, value) => writer.u16(value),
    (reader) => reader.u16(),
  ),
  piece(
    u32,
    (writer, value) => writer.u32(value),
    (reader) => reader.u32(),
  ),
  piece(
    u48,
    (writer, value) => writer.u48(value),
    (reader) => reader.u48(),
  ),
  piece(
    fc.option(u48, { nil: undefined }),
    (writer, value) => writer.optionalU48(value),
    (reader) => reader.optionalU48(),
  ),
  piece(
    safe,
    (writer, value) => writer.u64(value),
    (reader) => reader.u64(),
  ),
  piece(
    safe,
    (writer, value) => writer.varint(value),
    (reader) => reader.varint(),
  ),
  piece(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    (writer, value) => writer.bigU64(value),
    (reader) => reader.bigU64(),
  ),
  piece(
    fc.double({ noNaN: true }),
    (writer, value) => writer.f64(value),
    (reader) => reader.f64(),
  ),
  piece(
    id,
    (writer, value) => writer.id(value),
    (reader) => reader.id(),
  ),
  piece(
    bytes,
    (writer, value) => writer.bytes(value),
    (reader) => Buffer.from(reader.bytes()),
  ),
  piece(
    bytes,
    (writer, value) => writer.raw(value),
    (reader, value) => Buffer.from(reader.raw(value.length)),
  ),
  piece(
    latin1,
    (writer, value) => writer.byteString(value),
    (reader) => reader.byteString(),
  ),
  piece(
    latin1,
    (writer, value) => writer.rawString(value),
    (reader, value) => reader.rawString(value.length),
  ),
  piece(
    text,
    (writer, value) => writer.text(value),
    (reader) => reader.text(),
  ),
  piece(
    fc.array(text, { maxLength: 5 }),
    (writer, value) => writer.texts(value),
    (reader) => reader.texts(),
  ),
);

function written(pieces: readonly Piece[]): Buffer {
  const writer = new ByteWriter();
  for (const { write } of pieces) write(writer);
  return writer.take();
}

it('whatever was written comes back, and nothing is left', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 20 }), (pieces) => {
      const reader = readerOf(written(pieces));
      for (const { read, value } of pieces) expect(read(reader)).toEqual(value);
      expect(reader.atEnd).toBe(true);
      expect(() => reader.finish()).not.toThrow();
    }),
  );
});

it('what is cut anywhere ends in the error of whoever reads, and in no other', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 6 }), fc.nat(), (pieces, at) => {
      const whole = written(pieces);
      if (whole.length === 0) return;
      const reader = readerOf(whole.subarray(0, at % whole.length));
      expect(() => {
        for (const { read } of pieces) read(reader);
      }).toThrow(Damaged);
    }),
  );
});

it('bytes of somebody else are read, or end in that error', () => {
  fc.assert(
    fc.property(bytes, fc.array(anything, { minLength: 1, maxLength: 6 }), (found, pieces) => {
      const reader = readerOf(found);
      try {
        for (const { read } of pieces) read(reader);
      } catch (error) {
        expect(error).toBeInstanceOf(Damaged);
      }
    }),
  );
});

it('says what is wrong', () => {
  const five = readerOf(Buffer.from([5, 0, 0, 0, 0]));
  five.skip(2);
  expect(() => five.u32()).toThrow('a thing is cut short: 4 bytes expected at offset 2, 3 are left');
  expect(() => five.finish()).toThrow('a thing is longer than it should be: 3 bytes follow its end');
  expect(() => readerOf(Buffer.from([9, 1])).count(2)).toThrow('a thing is cut short: 9 items in 1 bytes');
  expect(() => readerOf(Buffer.from([9, 1])).texts()).toThrow(Damaged);
});

it.each([-1, 0.5, Number.NaN, 2 ** 53])('%d is no varint', (value) => {
  expect(() => new ByteWriter().varint(value)).toThrow(RangeError);
});

it.each(['', 'A1', 'g', '0x1', '1'.repeat(17)])('%j is no id', (value) => {
  expect(() => new ByteWriter().id(value)).toThrow(RangeError);
});

const NAMES = ['default', 'é', '名', '🦆-1', 'm\u00adx'];

it.each(NAMES)('text %p is UTF-8 in what is written, and text again in what is read', (name) => {
  const bytes = new ByteWriter().text(name).take();
  expect(bytes.subarray(1).toString('utf8')).toBe(name);
  expect(readerOf(bytes).text()).toBe(name);
  expect(readerOf(bytes).byteString()).toBe(byteString(name));
});

it('bytes that are no UTF-8 read as text with U+FFFD, the same everywhere', () => {
  expect(readerOf(new ByteWriter().byteString('a\xe9b').take()).text()).toBe('a\ufffdb');
});

it.each([
  ['with its length', (text: string) => new ByteWriter().byteString(text)],
  ['without', (text: string) => new ByteWriter().rawString(text)],
])('a byte string %s is of bytes, and the writer takes bytes and refuses characters above 255', (_where, write) => {
  expect(() => write('\0a\xff')).not.toThrow();
  expect(() => write('a\u0100')).toThrow(RangeError);
  expect(() => write('名')).toThrow('a character above 255 in a byte string');
});

it.each([
  0,
  1,
  127,
  128,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 35 + 129,
  2 ** 52 + 7,
  Number.MAX_SAFE_INTEGER,
])('%d comes back as it was', (value) => {
  const reader = readerOf(new ByteWriter().varint(value).u8(9).take());
  expect(reader.varint()).toBe(value);
  expect(reader.u8()).toBe(9);
});

it('a number that is no exact integer, or goes on for ever, is refused', () => {
  expect(() => readerOf(Buffer.from('ffffffffffffffff7f', 'hex')).varint()).toThrow(Damaged);
  expect(() => readerOf(Buffer.from('ffffffffffffff7f', 'hex')).varint()).toThrow(Damaged);
});

it('what is long is handed over without another copy, and the next one has bytes of its own', () => {
  const writer = new ByteWriter();
  const value = 'x'.repeat(1_000_000);
  const long = writer
    .expect(value.length + 20)
    .byteString(value)
    .u8(1)
    .take();
  const next = writer.u8(2).byteString(value).u8(3).take();
  expect(long.buffer.byteLength).toBe(value.length + 20);
  expect(long.latin1Slice(3)).toBe(`${value}\x01`);
  expect(next.latin1Slice(4)).toBe(`${value}\x03`);
  expect(writer.byteString(value).takeText()).toHaveLength(value.length + 3);
  expect(writer.u8(7).take()).toEqual(Buffer.from([7]));
});
