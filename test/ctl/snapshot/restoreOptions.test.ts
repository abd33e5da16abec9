import { snapshot } from '../../../src/ctl/snapshot/snapshot';
import { CommandArguments, UsageError } from '../../../src/ctl/arguments';
import { restoreOptionsOf } from '../../../src/ctl/snapshot/restoreOptions';
import { captureOutput } from '../output';

const NOW_MS = Date.parse('2026-11-27T17:00:00Z');

function given(...words: readonly string[]): ReturnType<typeof restoreOptionsOf> {
  return restoreOptionsOf(new CommandArguments('snapshot', ['restore', 'FILE', ...words]), NOW_MS);
}

const TWO = '--initial-cluster=a=http://h:1,b=http://h:2,a=http://h:3';

test('a member alone, with what nothing was said of', () => {
  expect(given('--data-dir=d')).toEqual({
    ...{ dataDir: 'd', name: 'default', token: 'etcd-cluster', bumpIndex: 1_000_000_000, ttl: { kind: 'keep-date' } },
    members: [{ name: 'default', peerURLs: ['http://localhost:2380'] }],
    nowMs: NOW_MS,
  });
  const urls = '--initial-advertise-peer-urls=http://h:1,http://h:2';
  expect(given('--data-dir=d', urls, '--name=x').members).toEqual([
    { name: 'x', peerURLs: ['http://h:1', 'http://h:2'] },
  ]);
});

test('one of two', () => {
  const options = given(
    '--data-dir=d',
    TWO,
    '--name=b',
    '--ttl=keep-left',
    '--now=2026-11-27T16:00:00Z',
    '--bump-index=7',
  );
  expect(options).toMatchObject({ name: 'b', bumpIndex: 7, ttl: { kind: 'keep-left', atMs: NOW_MS - 3_600_000 } });
  expect(options.members).toEqual([
    { name: 'a', peerURLs: ['http://h:1', 'http://h:3'] },
    { name: 'b', peerURLs: ['http://h:2'] },
  ]);
  expect(given('--data-dir=d', '--ttl=keep-left').ttl).toEqual({ kind: 'keep-left', atMs: NOW_MS });
});

test.each([
  [['--name=a'], '--data-dir is missing'],
  ...['x y', 'a/b', '..', 'ü'.repeat(128)].map(
    (name) => [['--data-dir=d', `--name=${name}`], '--name: '] as [string[], string],
  ),
  [
    ['--data-dir=d', '--initial-cluster=a=http://h:1,b c=http://h:2', '--name=a'],
    '--initial-cluster: "b c" is not usable',
  ],
  [['--data-dir=d', TWO], 'no entry for this member'],
  [['--data-dir=d', '--initial-cluster=x'], '--initial-cluster'],
  [['--data-dir=d', TWO, '--name=b', '--initial-advertise-peer-urls=http://h:9'], 'make the two the same'],
  [['--data-dir=d', '--initial-advertise-peer-urls=h:12380'], '--initial-advertise-peer-urls: '],
  [['--data-dir=d', TWO, '--name=b', '--initial-advertise-peer-urls=ftp://h'], '--initial-advertise-peer-urls'],
  [['--data-dir=d', '--bump-index=0'], '--bump-index'],
  [['--data-dir=d', '--bump-index=1e9'], '--bump-index'],
  // Beyond what a number can say without leaving some out, and beyond what a row can hold.
  [['--data-dir=d', '--bump-index=9007199254740993'], 'from 1 to 70368744177664'],
  [['--data-dir=d', '--bump-index=70368744177665'], 'from 1 to 70368744177664'],
  [['--data-dir=d', '--ttl=none'], 'give one of keep-date, keep-left'],
  [['--data-dir=d', '--now=2026-11-27T16:00:00Z'], '--now is for --ttl keep-left'],
  [['--data-dir=d', '--ttl=keep-left', '--now=yesterday'], 'give a date like'],
  [['--data-dir=d', '--ttl=keep-left', '--now=2026-02-30T00:00:00Z'], 'give a date like'],
  [['--data-dir=d', '--ttl=keep-left', '--now=2026-02-28T24:00:00Z'], 'give a date like'],
  [['--data-dir=d', TWO, '--name=b', '--ttl=keep-left'], 'the same date'],
])('%p is a mistake', (words, text) => {
  expect(() => given(...words)).toThrow(UsageError);
  expect(() => given(...words)).toThrow(text);
});

describe('as a command', () => {
  const output = captureOutput();
  test('says what is wrong, and touches nothing', async () => {
    expect(await snapshot(['restore', '/dev/zero', '--data-dir=/dev/null/d'], {})).toBe(1);
    expect(output.text()).toContain('it is a device, expected a file');
    expect(await snapshot(['save', 'FILE', '--data-dir=d'], {})).toBe(2);
    expect(output.text()).toContain('--data-dir is not for save');
  });
});
