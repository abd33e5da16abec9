import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { hasBody, readBody, readBytes } from '../../../src/api/http/body';

function incoming(headers: Record<string, string>): IncomingMessage & PassThrough {
  return Object.assign(new PassThrough(), { headers }) as never;
}

test('chunks become one byte string', async () => {
  const request = incoming({});
  const body = readBody(request, 10);
  request.write(Buffer.from([0x00, 0xff]));
  request.end(Buffer.from('a'));
  expect(await body).toBe('\x00\xffa');
});

test('a body of exactly the limit is taken', async () => {
  const request = incoming({ 'content-length': '3' });
  const body = readBody(request, 3);
  request.end('abc');
  expect(await body).toBe('abc');
});

test('one byte more is refused once, and the rest is read away', async () => {
  const request = incoming({});
  const done = jest.fn();
  readBytes(request, 3, done);
  const ended = new Promise((resolve) => request.on('end', resolve));
  request.write('abcd');
  request.write('efgh');
  request.end();
  await ended;
  expect(done.mock.calls).toEqual([[undefined]]);
});

test('an announced length beyond the limit is refused before the body comes', () => {
  const done = jest.fn();
  readBytes(incoming({ 'content-length': '4' }), 3, done);
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

describe('a long body', () => {
  const MEBIBYTE = 1024 * 1024;
  const CHUNK = Buffer.alloc(64 * 1024, 'x');

  /** Reads a body, and answers the largest copy that was made of what was there, and of what was allocated as a share of that. */
  async function copies(headers: Record<string, string>, chunks: number): Promise<{ copied: number; share: number }> {
    const seen = { copied: 0, share: 0 };
    let arrived = 0;
    const { copy } = Buffer.prototype;
    Buffer.prototype.copy = function (this: Buffer, target: Uint8Array, ...places: number[]): number {
      const bytes = copy.call(this, target, ...places);
      if (this.length > CHUNK.length) seen.copied = Math.max(seen.copied, bytes);
      return bytes;
    };
    const { allocUnsafeSlow } = Buffer;
    const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
      seen.share = Math.max(seen.share, size / arrived);
      return allocUnsafeSlow(size);
    });
    const request = incoming(headers);
    const body = new Promise<Buffer | undefined>((resolve) => {
      readBytes(request, 20 * MEBIBYTE, resolve);
    });
    for (let count = 0; count < chunks; count += 1) {
      arrived += CHUNK.length;
      request.write(CHUNK);
      await new Promise((resolve) => setImmediate(resolve));
    }
    request.end();
    const bytes = await body;
    Buffer.prototype.copy = copy;
    allocate.mockRestore();
    expect(bytes?.equals(Buffer.concat(Array.from({ length: chunks }, () => CHUNK)))).toBe(true);
    return seen;
  }

  test('whose length is announced is not copied again once an eighth of it is there', async () => {
    const { copied, share } = await copies({ 'content-length': String(10 * MEBIBYTE) }, 160);
    expect(copied).toBeLessThanOrEqual(1.5 * MEBIBYTE);
    expect(share).toBeLessThanOrEqual(8);
  });

  test.each([
    ['says nothing of its length', {}],
    ['announces less than comes', { 'content-length': '100000' }],
    ['announces nonsense', { 'content-length': 'x' }],
  ])('that %s comes in as well', async (_, headers) => {
    expect((await copies(headers, 40)).share).toBeLessThanOrEqual(3);
  });
});
