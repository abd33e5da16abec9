import { crc32 } from 'node:zlib';
import { isEtcd04Snapshot, parseEtcd04Snapshot } from '../../../src/ctl/keyFile/etcd04Snapshot';
import { KeyFileError } from '../../../src/ctl/keyFile/keyDocument';
import { directory04, file04, snapshotFile04, withSum } from './etcd04Files';

const NOW_MS = Date.parse('2015-06-01T00:00:00Z');

function keysOf(children: Readonly<Record<string, unknown>>): unknown {
  return parseEtcd04Snapshot(snapshotFile04(children), NOW_MS);
}

test('a tree becomes keys, directories before what is in them, without what etcd kept of itself', () => {
  const found = keysOf({
    _etcd: directory04({ machines: directory04({ one: file04('raft=http%3A%2F%2F1') }) }),
    b: directory04({ empty: directory04({}), _hidden: file04('h'), é: file04('line\n"x"') }),
    a: file04(''),
  });
  expect(found).toEqual([
    { key: '/a', value: '' },
    { key: '/b', directory: true },
    { key: '/b/_hidden', value: 'h' },
    { key: '/b/empty', directory: true },
    { key: '/b/é', value: 'line\n"x"' },
  ]);
});

test('a date of expiry stays, also one that is over', () => {
  const at = (date: string): unknown => keysOf({ a: { ...file04('x'), ExpireTime: date } });
  expect(at('2015-06-01T02:00:00.5+02:00')).toEqual([
    { key: '/a', value: 'x', expiry: { ttlS: 1, date: '2015-06-01T02:00:00.5+02:00' } },
  ]);
  expect(at('2014-01-01T00:00:00Z')).toEqual([
    { key: '/a', value: 'x', expiry: { ttlS: 1, date: '2014-01-01T00:00:00Z' } },
  ]);
});

test('very deep trees are read', () => {
  let deep: unknown = file04('bottom');
  for (let level = 0; level < 2000; level++) deep = directory04({ d: deep });
  expect(keysOf({ d: deep })).toHaveLength(2001);
});

test('very wide trees are read: as many names as no call takes as arguments', () => {
  const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, file04('x')]));
  expect(keysOf({ d: directory04(wide) })).toHaveLength(200_001);
});

test('what else files hold is not taken for one', () => {
  for (const text of ['{"cairn":"keys"}', 'cairn: keys\n', 'deadbeef', 'DEADBEEF\n{}', ''])
    expect(isEtcd04Snapshot(text)).toBe(false);
  expect(isEtcd04Snapshot(snapshotFile04({}))).toBe(true);
});

const whole = snapshotFile04({ a: file04('x') });
const state = (content: string): string => withSum(JSON.stringify({ state: Buffer.from(content).toString('base64') }));

const refused: readonly (readonly [name: string, text: string, words: RegExp])[] = [
  ['cut off', whole.slice(0, -3), /checksum is wrong/],
  ['another byte', whole.replace('lastTerm', 'lastTern'), /checksum is wrong/],
  ['no JSON', withSum('{'), /it is no JSON/],
  ['no state', withSum('{}'), /it has no state/],
  ['a state that is no text', withSum('{"state":7}'), /it has no state/],
  ['a state that is no JSON', state('x'), /its state is no JSON/],
  ['no root', state('{}'), /no directory Root/],
  ['a root without children', state('{"Root":{"Children":null}}'), /no directory Root/],
  ['a node that is none', snapshotFile04({ a: 7 }), /\/a: a node was expected/],
  ['a node with nothing', snapshotFile04({ a: {} }), /\/a: it has neither Value nor Children/],
  ['a date that is none', snapshotFile04({ a: { ...file04('x'), ExpireTime: 'soon' } }), /\/a: ExpireTime is no date/],
  ...['', '.', '..', 'a/b', '/'].map(
    (name) =>
      [`the name ${JSON.stringify(name)}`, snapshotFile04({ [name]: file04('x') }), /is no name of a key/] as const,
  ),
];

test.each(refused)('%s is refused', (_, text, words) => {
  expect(() => parseEtcd04Snapshot(text, NOW_MS)).toThrow(KeyFileError);
  expect(() => parseEtcd04Snapshot(text, NOW_MS)).toThrow(words);
});

test('the checksum is that of the bytes', () => {
  expect(whole.slice(0, 8)).toBe(crc32(whole.slice(9)).toString(16).padStart(8, '0'));
});
