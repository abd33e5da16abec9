import { ResponseReader, headerOf } from './responseReader';

function read(text: string, size: number, bodyless = false): ResponseReader {
  const reader = new ResponseReader(bodyless);
  const bytes = Buffer.from(text, 'latin1');
  for (let start = 0; start < bytes.length; start += size) reader.push(bytes.subarray(start, start + size));
  return reader;
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n3\r\nabc\r\n2;x=y\r\n\r\n\r\n0\r\n\r\n';

describe.each([1, 2, 5, 1000])('in pieces of %i bytes', (size) => {
  test('chunks are put together', () => {
    const { head, body, ending } = read(CHUNKED, size).received();
    expect([head?.status, body.toString(), ending]).toEqual([200, 'abc\r\n', 'complete']);
    expect(head === undefined ? undefined : headerOf(head, 'x-a')).toBe('b');
  });

  test('a body of a known length ends there and what follows is kept', () => {
    const reader = read('HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 ', size);
    expect(reader.received().body.toString()).toBe('abc');
    expect(reader.received().ending).toBe('complete');
    expect(reader.rest().toString()).toBe('HTTP/1.1 ');
  });

  test('an interim answer is skipped', () => {
    const reader = read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', size);
    expect(reader.received().head?.status).toBe(204);
    expect(reader.received().ending).toBe('complete');
  });

  test('a chunked body without its end is open, and cut when the connection goes', () => {
    const reader = read('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', size);
    expect(reader.received().ending).toBe('open');
    reader.close();
    expect([reader.received().body.toString(), reader.received().ending]).toEqual(['abc', 'cut']);
  });
});

test('without length or chunks the end of the connection ends the body', () => {
  const reader = read('HTTP/1.0 200 OK\r\n\r\nabc', 4);
  reader.close();
  expect([reader.received().body.toString(), reader.received().ending]).toEqual(['abc', 'complete']);
});

test('an answer to HEAD has no body', () => {
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', 50, true).received().ending).toBe('complete');
});

test('a connection that ends without a word is cut', () => {
  const reader = read('', 1);
  reader.close();
  expect(reader.received()).toEqual({ head: undefined, body: Buffer.alloc(0), ending: 'cut' });
});
