import { ResponseScanner } from '../../../bench/client/responseScanner';

function scan(pieces: readonly string[]): string[] {
  const seen: string[] = [];
  const scanner = new ResponseScanner({
    onHead: (status) => seen.push(`head ${status}`),
    onEnd: (status) => seen.push(`end ${status}`),
  });
  for (const piece of pieces) scanner.push(Buffer.from(piece, 'latin1'));
  return seen;
}

const WITH_LENGTH = 'HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello';
const EMPTY = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const CHUNKED =
  'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123\r\n\r\n89\r\n0\r\n\r\n';

const STREAM = WITH_LENGTH + CHUNKED + EMPTY + WITH_LENGTH;
const SEEN = ['head 201', 'end 201', 'head 404', 'end 404', 'head 200', 'end 200', 'head 201', 'end 201'];

test('responses that come together are told apart', () => {
  expect(scan([STREAM])).toEqual(SEEN);
});

test('it does not matter where the bytes are cut', () => {
  expect(scan(Array.from(STREAM))).toEqual(SEEN);
  for (let at = 1; at < STREAM.length; at++) expect(scan([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(SEEN);
});

test('the head of a watch is seen while its body is awaited', () => {
  expect(scan(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'])).toEqual(['head 200']);
});

test.each(['HTTP/1.1 200 OK\r\n\r\n', 'SSH-2.0 hello\r\n\r\n', `${CHUNKED.slice(0, -7)}zz\r\n`])(
  'what has no known end is an error: %j',
  (text) => {
    expect(() => scan([text])).toThrow(/not /);
  },
);
