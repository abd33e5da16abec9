import type { KeyParameters } from '../../../../src/api/v2/keys/parameters';
import { readKeyParameters } from '../../../../src/api/v2/keys/parameters';
import { deleteCommand, expirationOf, postCommand, putCommand } from '../../../../src/api/v2/keys/writeCommand';
import { NOW_MS } from '../../fakeMember';

function parameters(query: string): KeyParameters {
  return readKeyParameters(new Map(new URLSearchParams(query)), 'PUT') as KeyParameters;
}

test.each([
  ['value=v', { type: 'set', value: 'v', dir: false, refresh: false }],
  ['dir=true&ttl=3', { type: 'set', dir: true, expirationMs: NOW_MS + 3000 }],
  ['refresh=true&ttl=3', { type: 'set', refresh: true, expirationMs: NOW_MS + 3000 }],
  ['prevIndex=0', { type: 'set' }],
  ['prevIndex=7', { type: 'compareAndSwap', prevIndex: 7n, prevValue: '' }],
  ['prevValue=x', { type: 'compareAndSwap', prevIndex: 0n, prevValue: 'x' }],
  ['prevExist=true', { type: 'update' }],
  ['prevExist=true&prevIndex=0', { type: 'update' }],
  ['prevExist=true&prevIndex=7', { type: 'compareAndSwap', prevIndex: 7n }],
  ['prevExist=true&prevValue=x', { type: 'compareAndSwap', prevValue: 'x' }],
  ['prevExist=false', { type: 'create', inOrder: false }],
  ['prevExist=false&prevIndex=7&prevValue=x', { type: 'create', inOrder: false }],
])('PUT with %s', (query, expected) => {
  expect(putCommand('/k', parameters(query), NOW_MS)).toMatchObject({ path: '/k', nowMs: NOW_MS, ...expected });
});

test('POST creates below the path, whatever the conditions', () => {
  expect(postCommand('/q', parameters('prevExist=true&prevIndex=7&value=v&dir=true&ttl=1'), NOW_MS)).toEqual({
    type: 'create',
    path: '/q',
    nowMs: NOW_MS,
    dir: true,
    value: 'v',
    expirationMs: NOW_MS + 1000,
    inOrder: true,
  });
});

test.each([
  ['', { type: 'delete', dir: false, recursive: false }],
  ['dir=true&recursive=true', { type: 'delete', dir: true, recursive: true }],
  ['prevIndex=0', { type: 'delete' }],
  ['prevExist=true', { type: 'delete' }],
  ['prevIndex=3&dir=true', { type: 'compareAndDelete', prevIndex: 3n, prevValue: '' }],
  ['prevValue=x', { type: 'compareAndDelete', prevIndex: 0n, prevValue: 'x' }],
])('DELETE with %s', (query, expected) => {
  expect(deleteCommand('/k', parameters(query), NOW_MS)).toMatchObject({ path: '/k', nowMs: NOW_MS, ...expected });
});

test.each([
  [undefined, undefined],
  [0, NOW_MS],
  [5, NOW_MS + 5000],
  [9_223_372_036, NOW_MS + 9_223_372_036_000],
  [9_223_372_037, undefined],
  [99_999_999_999_999, undefined],
])('a TTL of %p seconds', (ttlSeconds, expirationMs) => {
  expect(expirationOf(ttlSeconds, NOW_MS)).toBe(expirationMs);
});

test('an expiry before the year 2000 counts as none', () => {
  expect(expirationOf(10, Date.UTC(1999, 11, 31, 23, 59, 49))).toBeUndefined();
  expect(expirationOf(11, Date.UTC(1999, 11, 31, 23, 59, 49))).toBe(Date.UTC(2000, 0, 1));
});
