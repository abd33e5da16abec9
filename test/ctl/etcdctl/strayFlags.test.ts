import { strayFlagHints } from '../../../src/ctl/etcdctl/strayFlags';

test.each([
  [
    ['/k', 'v', '--endpoints', 'http://h:1'],
    [/^Note: --endpoints behind the key is no flag: put it before the command/],
  ],
  [['/k', 'v', '-u', 'root:x'], [/^Note: -u behind the key/]],
  [
    ['/k', 'v', '--tll', '10', '--xyzzyxyzzy'],
    [/--tll is no flag of set .* did you mean --ttl\?/, /--xyzzyxyzzy is no flag of set and was taken for a word \(/],
  ],
  [['/k', '-1'], []],
  [['/k', '-'], []],
  [['/k', '--'], []],
  [['/k', 'v'], []],
])('set %j', (operands, hints) => {
  expect(strayFlagHints('set', operands)).toEqual(hints.map((words) => expect.stringMatching(words) as unknown));
});

test('what stands behind -- is meant, and so are the flags of a program', () => {
  expect(strayFlagHints('set', ['/k', '--ttl'], 1)).toEqual([]);
  expect(strayFlagHints('exec-watch', ['/k', 'ls', '--all'])).toEqual([]);
});

test('a password is not said again', () => {
  expect(strayFlagHints('get', ['/k', '--username=root:secret']).join()).not.toContain('secret');
});
