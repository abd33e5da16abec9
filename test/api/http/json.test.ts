import fc from 'fast-check';
import { jsonString, jsonText } from '../../../src/api/http/json';

test.each([
  ['', '""'],
  ['plain text 1~', '"plain text 1~"'],
  ['"\\', '"\\"\\\\"'],
  ['\n\r\t', '"\\n\\r\\t"'],
  ['\b\f\x00\x1f', '"\\u0008\\u000c\\u0000\\u001f"'],
  ['<a&b>', '"\\u003ca\\u0026b\\u003e"'],
  ['\x7f', '"\x7f"'],
  ['\xc3\xa9', '"\xc3\xa9"'],
  ['\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa', '"\\u2028\\u2029\xe2\x80\xaa"'],
  ['\xf0\x9f\x98\x80', '"\xf0\x9f\x98\x80"'],
  ['a\xff\xc3b', '"a\\ufffd\\ufffdb"'],
  ['\xc0\x80', '"\\ufffd\\ufffd"'],
  ['\xe0\x80\x80', '"\\ufffd\\ufffd\\ufffd"'],
  ['\xed\xa0\x80', '"\\ufffd\\ufffd\\ufffd"'],
  ['\xf4\x90\x80\x80', '"\\ufffd\\ufffd\\ufffd\\ufffd"'],
  ['\xe2\x82', '"\\ufffd\\ufffd"'],
  ['\xf0\x9f\x98', '"\\ufffd\\ufffd\\ufffd"'],
])('jsonString(%j)', (bytes, json) => {
  expect(jsonString(bytes)).toBe(json);
});

test('text comes back from its JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(JSON.parse(Buffer.from(jsonText(text), 'latin1').toString('utf8'))).toBe(text);
    }),
  );
});

test('arbitrary bytes become valid JSON in valid UTF-8, one replacement for each bad byte', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (array) => {
      const json = jsonString(Buffer.from(array).toString('latin1'));
      const value: string = JSON.parse(decoder.decode(Buffer.from(json, 'latin1')));
      const isValid = Buffer.from(Buffer.from(array).toString('utf8')).equals(Buffer.from(array));
      if (isValid) expect(value).toBe(Buffer.from(array).toString('utf8'));
      else expect(value).toContain('\ufffd');
    }),
  );
});

test('where a long text is cut does not show', () => {
  const [text, tail] = ['\xe2\x80\xa8', '\xf0\x9f\x98'];
  for (let shift = 0; shift < 8; shift += 1) {
    const json = jsonString('x'.repeat(16 * 1024 - shift) + text.repeat(3) + tail);
    expect(json).toBe(`"${'x'.repeat(16 * 1024 - shift)}${'\\u2028'.repeat(3)}${'\\ufffd'.repeat(3)}"`);
    const continued = jsonString('x'.repeat(16 * 1024 - shift) + '\x80'.repeat(8));
    expect(continued).toBe(`"${'x'.repeat(16 * 1024 - shift)}${'\\ufffd'.repeat(8)}"`);
  }
});
