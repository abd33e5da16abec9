import fc from 'fast-check';
import { fileNameOf } from '../../src/mirror/fileName';
import { keyName } from './support/keyNames';

/** Reads the rule backwards, and knows nothing of how it is done. */
function nameOf(fileName: string): string {
  if (fileName === '%') return '';
  return fileName.replace(/(?:%[0-9A-F]{2})+/g, (run) => {
    const bytes = run
      .slice(1)
      .split('%')
      .map((digits) => Number.parseInt(digits, 16));
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const [a = 0, b = 0, c = 0] = bytes.slice(at);
      const length = a < 0x80 ? 1 : a < 0xe0 ? 2 : 3;
      const codes = [a, ((a & 0x1f) << 6) | (b & 0x3f), ((a & 0xf) << 12) | ((b & 0x3f) << 6) | (c & 0x3f)];
      text += String.fromCharCode(codes[length - 1] ?? 0);
      at += length;
    }
    return text;
  });
}

test.each([
  ['database', 'database'],
  ['.env', '.env'],
  ['a..b', 'a..b'],
  ['-rf', '-rf'],
  ['Ünï 😀', 'Ünï 😀'],
  ['.', '%2E'],
  ['..', '%2E.'],
  ['..data', '%2E.data'],
  ['...', '%2E..'],
  ['', '%'],
  ['%', '%25'],
  ['%2E', '%252E'],
  ['a/b', 'a%2Fb'],
  ['a\0b\n', 'a%00b%0A'],
  ['\u0085', '%C2%85'],
  ['\ud800x', '%ED%A0%80x'],
])('%j is the file %j', (name, fileName) => {
  expect(fileNameOf(name)).toBe(fileName);
});

test('255 bytes are the longest', () => {
  expect(fileNameOf('x'.repeat(255))).toBe('x'.repeat(255));
  expect(fileNameOf('x'.repeat(256))).toBeUndefined();
  expect(fileNameOf('é'.repeat(128))).toBeUndefined();
  expect(fileNameOf('%'.repeat(86))).toBeUndefined();
});

test('every name can be read back, is one name of a file, and none that the directory uses itself', () => {
  fc.assert(
    fc.property(keyName, (name) => {
      const fileName = fileNameOf(name) ?? '';
      expect(nameOf(fileName)).toBe(name);
      expect(fileName).toMatch(/^[^/\p{Cc}\p{Cs}]+$/u);
      expect(fileName.startsWith('..') || fileName === '.').toBe(false);
    }),
    { numRuns: 2000 },
  );
});
