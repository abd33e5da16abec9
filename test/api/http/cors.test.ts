import type { ServerResponse } from 'node:http';
import { applyCors } from '../../../src/api/http/cors';

function originFor(allowed: readonly string[], origin: string | undefined): unknown {
  const headers = new Map<string, unknown>();
  const response = { setHeader: (name: string, value: unknown) => headers.set(name, value) };
  applyCors(allowed, origin, response as never as ServerResponse);
  if (headers.size > 0) {
    expect(headers.get('Access-Control-Allow-Methods')).toBe('POST, GET, OPTIONS, PUT, DELETE');
    expect(headers.get('Access-Control-Allow-Headers')).toBe('accept, content-type, authorization');
  }
  return headers.get('Access-Control-Allow-Origin');
}

test.each([
  [['*'], undefined, '*'],
  [['*'], 'http://a', '*'],
  [['http://b', '*'], 'http://b', '*'],
  [['http://a', 'http://b'], 'http://b', 'http://b'],
  [['http://a'], 'http://b', undefined],
  [['http://a'], undefined, undefined],
])('allowed %j, origin %j', (allowed, origin, expected) => {
  expect(originFor(allowed, origin)).toBe(expected);
});
