/** `cairnctl FLAGS COMMAND`, where the command is one of cairn. */
import type { OtherToRun } from '../../../src/ctl/etcdctl/cairnctl';
import { flagsOf, takesSeveralUrls, type TaskWord } from '../../../src/config/commands';
import { runCtl } from './inProcess';

interface Handed {
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

async function handedTo(word: TaskWord, args: readonly string[], environment = {}): Promise<Handed | string> {
  let got: Handed | undefined;
  const find = (): OtherToRun => ({
    flags: Object.keys(flagsOf(word)),
    takesSeveralUrls: (all) => takesSeveralUrls(word, all),
    run: (all, variables) => {
      got = { args: all, variables };
      return Promise.resolve(0);
    },
  });
  const { code, stderr } = await runCtl(args, { environment, others: { list: [], find, version: () => '' } });
  return code === 0 && got !== undefined ? got : stderr;
}

/** What doctor is given. */
async function handed(args: readonly string[], environment = {}, word: TaskWord = 'doctor'): Promise<unknown> {
  const got = await handedTo(word, args, environment);
  return typeof got === 'string' ? got : got.args;
}

it.each<[string[], Record<string, string>, string[]]>([
  [['doctor', '--x'], {}, ['--x']],
  [['--endpoints', 'a:1,b:2', 'doctor', '--x'], {}, ['--url=http://a:1', '--x']],
  [
    ['-C', 'https://a:1', '--ca-file', '/ca', '-o', 'json', 'doctor'],
    {},
    ['--ca-file=/ca', '--output=json', '--url=https://a:1'],
  ],
  [['--timeout', '1m', 'doctor'], {}, ['--timeout=60']],
  // The commands look at the variables themselves.
  [['doctor'], { ETCDCTL_ENDPOINTS: 'http://a:1', ETCDCTL_USER: 'a:b' }, []],
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
  expect(await handed(all, {}, word)).toEqual([`--url=${url}`, ...args]);
});

it.each<[TaskWord, string[], string]>([
  [
    'doctor',
    ['--debug', 'doctor'],
    '--debug says nothing to doctor: leave it out; what doctor has stands behind it: --url,',
  ],
  ['doctor', ['-u', 'a:b', 'doctor'], '--username says nothing to doctor, which asks as no user: leave it out;'],
  ['certs', ['--key-file', 'k', 'certs'], '--key-file says nothing to certs: leave it out;'],
  ['certs', ['--endpoints', 'a', 'certs'], '--endpoints says nothing to certs: leave it out;'],
  ['prestop', ['--timeout', '3s', 'prestop'], '--timeout says nothing to prestop: leave it out;'],
  ['check', ['--timeout', '1500ms', 'check'], '--timeout of check is in whole seconds'],
])('%s: %j is refused, rather than ignored', async (word, args, words) => {
  expect(await handed(args, {}, word)).toContain(words);
});

it('a user goes along by a variable, for all can see the arguments of a process', async () => {
  const file = { ETCDCTL_USER_FILE: '/somebody/else' };
  expect(await handedTo('check', ['-u', 'root:pw', 'check', '--members', '3'], file)).toEqual({
    args: ['--members', '3'],
    variables: { ETCDCTL_USERNAME: 'root:pw', ETCDCTL_USER_FILE: '' },
  });
});
