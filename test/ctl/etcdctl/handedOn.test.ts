/** `cairnctl FLAGS COMMAND`, where the command is one of cairn. */
import { runCtl } from './inProcess';

async function handed(
  args: readonly string[],
  environment = {},
  flags = ['url', 'ca-file', 'output'],
): Promise<unknown> {
  let got: readonly string[] | undefined;
  const find = (): { flags: string[]; run: (args: readonly string[]) => Promise<number> } => ({
    flags,
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
