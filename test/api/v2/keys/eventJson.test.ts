import {
  eventJson,
  eventPieces,
  eventStatus,
  shortEventJson,
  watchedEventText,
} from '../../../../src/api/v2/keys/eventJson';
import { jsonString } from '../../../../src/api/http/json';
import type { KeyEvent, NodeView } from '../../../../src/machine/keyspace/event';
import { event, node, NOW_MS } from '../../fakeMember';

/** All of it. */
function eventBody(of: KeyEvent): string {
  return [...eventPieces(of)].join('');
}

test('a directory with children, in the order of the fields', () => {
  const child = node({ key: '/d/a', value: '', modifiedIndex: 6, createdIndex: 5, expirationMs: NOW_MS + 4001 });
  const empty = node({ key: '/d/b', dir: true, nodes: [] });
  const dir = node({ key: '/d', dir: true, expirationMs: NOW_MS + 500, nodes: [child, empty] });
  expect(eventBody(event({ node: dir }))).toBe(
    '{"action":"get","node":{"key":"/d","dir":true,"expiration":"2026-03-04T05:06:07.5Z","ttl":1,"nodes":[' +
      '{"key":"/d/a","value":"","expiration":"2026-03-04T05:06:11.001Z","ttl":5,"modifiedIndex":6,"createdIndex":5},' +
      '{"key":"/d/b","dir":true,"modifiedIndex":4,"createdIndex":4}],"modifiedIndex":4,"createdIndex":4}}\n',
  );
});

test('the root has a key but no indexes', () => {
  const root = node({ key: '/', dir: true, modifiedIndex: 0, createdIndex: 0 });
  expect(eventJson(event({ node: root }))).toBe('{"action":"get","node":{"key":"/","dir":true}}\n');
});

test('a delete shows the value only in prevNode', () => {
  const deleted = event({
    action: 'delete',
    node: node({ key: '/a', modifiedIndex: 8 }),
    prevNode: node({ key: '/a', value: 'x' }),
  });
  expect(eventJson(deleted)).toBe(
    '{"action":"delete","node":{"key":"/a","modifiedIndex":8,"createdIndex":4},' +
      '"prevNode":{"key":"/a","value":"x","modifiedIndex":4,"createdIndex":4}}\n',
  );
});

test('an expired directory is only marked as one in prevNode', () => {
  const dir = node({ key: '/d', dir: true });
  const json = eventJson(event({ action: 'expire', node: dir, prevNode: dir }));
  expect(json).toContain('"node":{"key":"/d","modifiedIndex"');
  expect(json).toContain('"prevNode":{"key":"/d","dir":true,');
});

test.each([
  [1, 1],
  [1000, 1],
  [1001, 2],
  [0, undefined],
  [-999, undefined],
  [-1000, -1],
  [-1999, -1],
])('an expiry in %d ms shows ttl %p', (leftMs, ttl) => {
  const json = eventJson(event({ node: node({ key: '/a', value: '', expirationMs: NOW_MS + leftMs }) }));
  expect(JSON.parse(json).node.ttl).toBe(ttl);
});

test('a tree deeper than the call stack is written', () => {
  let view: NodeView = node({ key: '/leaf', value: 'x' });
  for (let depth = 0; depth < 50_000; depth += 1) view = node({ key: '/d', dir: true, nodes: [view] });
  const json = eventBody(event({ node: view }));
  expect(json.split('"nodes":[')).toHaveLength(50_001);
  expect(json.split(']')).toHaveLength(50_001);
});

test('a long listing comes in pieces of some kilobytes', () => {
  const keys = Array.from({ length: 1000 }, (_, at) => `/d/caf\u00c3\u00a9-${at}`);
  const dir = node({ key: '/d', dir: true, nodes: keys.map((key) => node({ key, value: 'x'.repeat(50) })) });
  const pieces = [...eventPieces(event({ node: dir }))];
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(10_000);
  const listed = JSON.parse(Buffer.from(pieces.join(''), 'latin1').toString('utf8')).node.nodes as { key: string }[];
  expect(listed.map(({ key }) => key)).toEqual(keys.map((key) => Buffer.from(key, 'latin1').toString('utf8')));
});

test.each(['plain', '\x01<"', '\xff', '\xc3\xa9', 'a\xf0\x9f\x98\x80'])(
  'a long value of %j is the same JSON, in pieces',
  (text) => {
    const value = text.repeat(20_000);
    const view = node({ key: '/a', value });
    const pieces = [
      ...eventPieces(event({ action: 'set', node: view, prevNode: { ...view, expirationMs: NOW_MS + 1000 } })),
    ];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
    const whole =
      `{"action":"set","node":{"key":"/a","value":${jsonString(value)},"modifiedIndex":4,"createdIndex":4},"prevNode":` +
      `{"key":"/a","value":${jsonString(value)},"expiration":"2026-03-04T05:06:08Z","ttl":1,"modifiedIndex":4,"createdIndex":4}}\n`;
    // Not toBe: megabytes are no help when they differ.
    expect(pieces.join('') === whole).toBe(true);
  },
);

test('siblings after a subdirectory are in their place', () => {
  const inner = node({ key: '/d/a/b', value: '1' });
  const tree = node({
    key: '/d',
    dir: true,
    nodes: [node({ key: '/d/a', dir: true, nodes: [inner] }), node({ key: '/d/c', value: '2' })],
  });
  expect(JSON.parse(eventBody(event({ node: tree }))).node).toMatchObject({
    nodes: [
      { key: '/d/a', nodes: [{ key: '/d/a/b' }], createdIndex: 4 },
      { key: '/d/c', value: '2' },
    ],
    createdIndex: 4,
  });
});

test('an event for watchers is formatted once', () => {
  let reads = 0;
  const counting = event({
    node: {
      ...node({ key: '/a' }),
      get value() {
        reads += 1;
        return 'x';
      },
    },
  });
  const first = watchedEventText(counting);
  const readsOfOne = reads;
  expect(watchedEventText(counting)).toBe(first);
  expect(first.whole).toBe(eventJson(event({ node: node({ key: '/a', value: 'x' }) })));
  expect(first.piece(0)).toBe(first.whole);
  expect(first.piece(1)).toBeUndefined();
  expect(reads).toBe(readsOfOne);
});

test('a long event for watchers is formatted piece by piece, once for all of them', () => {
  const long = event({ action: 'set', node: node({ key: '/a', value: '\x01'.repeat(100_000) }) });
  const [one, other] = [watchedEventText(long), watchedEventText(long)];
  const pieces: string[] = [];
  for (let piece = one.piece(0); piece !== undefined; piece = one.piece(pieces.length)) {
    pieces.push(piece);
    expect(other.piece(pieces.length - 1)).toBe(piece);
  }
  expect(pieces.length).toBeGreaterThan(5);
  expect(one.whole).toBeUndefined();
  expect(pieces.join('') === eventJson(long)).toBe(true);
});

test.each([
  ['set', undefined, 201],
  ['set', node({ key: '/a' }), 200],
  ['create', undefined, 201],
  ['update', node({ key: '/a' }), 200],
  ['compareAndSwap', node({ key: '/a' }), 200],
  ['delete', node({ key: '/a' }), 200],
  ['get', undefined, 200],
] as const)('%s after %j answers %d', (action, prevNode, status) => {
  expect(eventStatus(event({ action, prevNode, node: node({ key: '/a' }) }))).toBe(status);
});

test('only writes are shortened', () => {
  const written = event({ action: 'compareAndSwap', node: node({ key: '/a', value: 'v' }) });
  const deleted = event({ action: 'delete', node: node({ key: '/a' }) });
  expect(shortEventJson(written)).toBe('{"action":"compareAndSwap"}\n');
  expect(shortEventJson(deleted)).toBeUndefined();
});
