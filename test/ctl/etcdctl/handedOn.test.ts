/** `cairnctl FLAGS COMMAND`, where the command is one of cairn. */
import type { OtherToRun } from '../../../src/ctl/etcdctl/cairnctl';
import { takesSeveralUrls, usesUrl, type TaskWord } from '../../../src/config/commands';
import { runCtl } from './inProcess';

async function handed(
  args: readonly string[],
  environment = {},
  flags = ['url', 'ca-file', 'output'],
  usesUrl = (): boolean => flags.includes('url'),
  word: TaskWord = 'doctor',
): Promise<unknown> {
  let got: readonly string[] | undefined;
  const find = (): OtherToRun => ({
    flags,
    usesUrl,
    takesSeveralUrls: (all) => takesSeveralUrls(word, all),
    run: (all) => {
      got = all;
      return Promise.resolve(0);
    },
  });
  const { code, stderr } = await runCtl(args, { environment, others: { list: [], find, version: () => '' } });
  return code === 0 ? got : stderr;
}

it.each<[string[], Record<string, string>, string[]]>([
  [['doctor', '--x'], {}, ['--x']],
  [['--endpoints', 'a:1,b:2', 'doctor', '--x'], {}, ['--url=http://a:1', '--x']],
  [
    ['-C', 'https://a:1', '--ca-file', '/ca', '-o', 'json', 'doctor'],
    {},
    ['--ca-file=/ca', '--output=json', '--url=https://a:1'],
  ],
  [['doctor'], { ETCDCTL_ENDPOINTS: 'http://a:1' }, ['--url=http://a:1']],
  [['doctor', '--url', 'http://b'], { ETCDCTL_ENDPOINTS: 'http://a:1' }, ['--url', 'http://b']],
  [['--debug', 'help', 'doctor'], { ETCDCTL_ENDPOINTS: 'no url' }, ['--help']],
  [['--endpoints=a', 'doctor', '-url=http://b'], {}, ['-url=http://b']],
])('%j %j', async (args, environment, expected) => {
  expect(await handed(args, environment)).toEqual(expected);
});

it.each<[TaskWord, string[], string]>([
  ['snapshot', ['follow', 'DIR'], 'http://a:1,http://b:2'],
  ['snapshot', ['save', 'FILE'], 'http://a:1'],
  ['mirror', ['/app', '--to', 'DIR'], 'http://a:1,http://b:2'],
])('%s %j is given all endpoints, or the first', async (word, args, url) => {
  const all = ['--endpoints', 'a:1,b:2', word, ...args];
  expect(await handed(all, {}, ['url', 'to'], () => true, word)).toEqual([`--url=${url}`, ...args]);
});

it.each([
  [['--debug', 'doctor'], '--debug'],
  [['-u', 'a:b', 'doctor'], '--username'],
  [['--key-file', 'k', 'doctor'], '--key-file'],
])('%j is refused, rather than ignored', async (args, flag) => {
  expect(await handed(args)).toBe(
    `${flag} before doctor says nothing to it; see cairnctl doctor --help for the flags behind it\n`,
  );
});

it('nor is a place handed to what asks nobody', async () => {
  expect(await handed(['certs'], { ETCDCTL_ENDPOINTS: 'http://a:1' }, [])).toEqual([]);
  expect(await handed(['--endpoints', 'a', 'certs'], {}, [])).toContain('--endpoints before certs says nothing to it');
});

it('variables are not handed to an action that asks nobody; flags are, for it to complain', async () => {
  const status = ['snapshot', 'status', 'FILE'];
  const forSnapshot = (args: readonly string[]) => () => usesUrl('snapshot', args);
  const variables = { ETCDCTL_ENDPOINTS: 'http://a:1' };
  expect(await handed(status, variables, ['url'], forSnapshot(status))).toEqual(['status', 'FILE']);
  const save = ['snapshot', 'save', 'FILE'];
  expect(await handed(save, variables, ['url'], forSnapshot(save))).toEqual(['--url=http://a:1', 'save', 'FILE']);
  const flag = ['--endpoints', 'http://b:2', ...status];
  expect(await handed(flag, {}, ['url'], forSnapshot(status))).toEqual(['--url=http://b:2', 'status', 'FILE']);
});
