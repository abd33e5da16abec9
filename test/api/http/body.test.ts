import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { hasBody, readBody } from '../../../src/api/http/body';

function incoming(headers: Record<string, string>): IncomingMessage & PassThrough {
  return Object.assign(new PassThrough(), { headers }) as never;
}

test('chunks become one byte string', async () => {
  const request = incoming({});
  const body = new Promise((resolve) => {
    readBody(request, 10, resolve);
  });
  request.write(Buffer.from([0x00, 0xff]));
  request.end(Buffer.from('a'));
  expect(await body).toBe('\x00\xffa');
});

test('a body of exactly the limit is taken', async () => {
  const request = incoming({ 'content-length': '3' });
  const body = new Promise((resolve) => {
    readBody(request, 3, resolve);
  });
  request.end('abc');
  expect(await body).toBe('abc');
});

test('one byte more is refused once, and the rest is read away', async () => {
  const request = incoming({});
  const done = jest.fn();
  readBody(request, 3, done);
  const ended = new Promise((resolve) => request.on('end', resolve));
  request.write('abcd');
  request.write('efgh');
  request.end();
  await ended;
  expect(done.mock.calls).toEqual([[undefined]]);
});

test('an announced length beyond the limit is refused before the body comes', () => {
  const done = jest.fn();
  readBody(incoming({ 'content-length': '4' }), 3, done);
  expect(done.mock.calls).toEqual([[undefined]]);
});

test.each([
  [{}, false],
  [{ 'content-length': '0' }, false],
  [{ 'content-length': '1' }, true],
  [{ 'transfer-encoding': 'chunked' }, true],
])('hasBody with %j', (headers, expected) => {
  expect(hasBody(incoming(headers as Record<string, string>))).toBe(expected);
});
