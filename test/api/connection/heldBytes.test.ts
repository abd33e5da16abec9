import { isLineEnds, withPiece } from '../../../src/api/connection/heldBytes';

test('what comes byte by byte is held in few pieces, none lost and in order', () => {
  const sent = Buffer.from(Array.from({ length: 5000 }, (_nothing, at) => at & 0xff));
  let held: Buffer[] = [];
  for (let at = 0; at < sent.length; at++) {
    held = withPiece(held, sent.subarray(at, at + 1));
    expect(held.length).toBeLessThan(128);
  }
  expect(Buffer.concat(held)).toEqual(sent);
});

test.each([
  ['\r\n', true],
  ['\n', true],
  ['\r\n\r\n', true],
  ['\r\nGET', false],
  [' ', false],
])('%j is line ends and nothing else: %s', (text, is) => {
  expect(isLineEnds(Buffer.from(text))).toBe(is);
});
