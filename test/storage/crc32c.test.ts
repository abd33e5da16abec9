import { crc32c, maskCrc32c } from '../../src/storage/crc32c';

// RFC 3720, appendix B.4.
test('the published values', () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, at) => at)))).toBe(0x46dd794e);
  expect(crc32c(Buffer.from('xx123456789xx'), 2, 11)).toBe(0xe3069283);
});

test('any length, from any place, as one bit at a time', () => {
  const bytes = Buffer.from(Array.from({ length: 64 }, (_, at) => (at * 167 + 13) & 0xff));
  for (let from = 0; from < 9; from += 1) {
    for (let to = from; to <= bytes.length; to += 1) {
      expect(crc32c(bytes, from, to)).toBe(bitwise(bytes.subarray(from, to)));
    }
  }
});

function bitwise(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test('masked it is another number, and unsigned', () => {
  expect(maskCrc32c(0)).toBe(0xa282ead8);
  expect(maskCrc32c(0xffffffff)).toBe(0xa282ead7);
});
