import { Endpoints, parseClientUrl } from '../../src/proxy/endpoints';

let nowMs = 0;

function make(texts: readonly string[], random = () => 0.999): Endpoints {
  nowMs = 1000;
  const endpoints = new Endpoints(() => nowMs, random, 5000);
  endpoints.replace(texts);
  return endpoints;
}

function texts(endpoints: Endpoints): string[] {
  return endpoints.available().map(({ text }) => text);
}

function fail(endpoints: Endpoints, text: string): void {
  const endpoint = endpoints.available().find((candidate) => candidate.text === text);
  if (endpoint === undefined) throw new Error(`${text} is not available`);
  endpoints.fail(endpoint);
}

test.each([
  ['http://a:2379', 'http', 'a', 2379],
  ['http://a', 'http', 'a', 80],
  ['http://[::1]:4001/', 'http', '::1', 4001],
  ['https://a:2379', 'https', 'a', 2379],
  ['https://a', 'https', 'a', 443],
])('%s is %s, %s and %i', (text, scheme, host, port) => {
  expect(parseClientUrl(text)).toEqual({ text, scheme, host, port });
});

test.each(['ftp://a:2379', 'unix:///x', 'a:2379', ''])('%j cannot be used', (text) => {
  expect(parseClientUrl(text)).toBeUndefined();
});

test('one that failed is left alone for a while and comes last after that', () => {
  const endpoints = make(['http://a:1', 'http://b:1']);
  expect(texts(endpoints)).toEqual(['http://a:1', 'http://b:1']);
  fail(endpoints, 'http://a:1');
  expect(texts(endpoints)).toEqual(['http://b:1']);
  nowMs += 4999;
  expect(texts(endpoints)).toEqual(['http://b:1']);
  nowMs += 1;
  expect(texts(endpoints)).toEqual(['http://b:1', 'http://a:1']);
});

test('a new list keeps the places and the failures of those that stay', () => {
  const endpoints = make(['http://a:1', 'http://b:1', 'http://c:1']);
  fail(endpoints, 'http://b:1');
  expect(endpoints.replace(['http://d:1', 'http://c:1', 'http://b:1', 'http://c:1'])).toBe(true);
  expect(texts(endpoints)).toEqual(['http://c:1', 'http://d:1']);
  expect(endpoints.replace(['http://b:1', 'http://c:1', 'http://d:1'])).toBe(false);
  nowMs += 5000;
  expect(texts(endpoints)).toEqual(['http://c:1', 'http://b:1', 'http://d:1']);
});

test('the order is a matter of chance', () => {
  expect(texts(make(['http://a:1', 'http://b:1', 'http://c:1'], () => 0))).toEqual([
    'http://c:1',
    'http://b:1',
    'http://a:1',
  ]);
});

test('one that is no longer listed may fail late', () => {
  const endpoints = make(['http://a:1', 'http://b:1']);
  const [gone] = endpoints.available();
  endpoints.replace(['http://b:1']);
  endpoints.fail(gone!);
  expect(texts(endpoints)).toEqual(['http://b:1']);
});
