import { ByteReader, ByteWriter, DecodeError } from '../../src/machine/bytes';

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
  const reader = new ByteReader(new ByteWriter().varint(value).u8(9).take());
  expect(reader.varint()).toBe(value);
  expect(reader.u8()).toBe(9);
});

it('a number that is no exact integer, or goes on for ever, is refused', () => {
  expect(() => new ByteReader(Buffer.from('ffffffffffffffff7f', 'hex')).varint()).toThrow(DecodeError);
  expect(() => new ByteReader(Buffer.from('ffffffffffffff7f', 'hex')).varint()).toThrow(DecodeError);
});
