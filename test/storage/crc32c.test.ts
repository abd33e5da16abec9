import { crc32c, maskCrc32c } from '../../src/storage/crc32c';

// RFC 3720, appendix B.4.
test('the published values', () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, at) => at)))).toBe(0x46dd794e);
  expect(crc32c(Buffer.from('xx123456789xx'), 2, 11)).toBe(0xe3069283);
});

test('masked it is another number, and unsigned', () => {
  expect(maskCrc32c(0)).toBe(0xa282ead8);
  expect(maskCrc32c(0xffffffff)).toBe(0xa282ead7);
});
