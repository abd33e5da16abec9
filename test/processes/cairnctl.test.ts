/** cairnctl as a process: its streams, signals and arguments. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RawServer } from '../client/rawServer';
import { ServerProcess } from '../support/serverProcess';

const ENTRY = join(resolve(__dirname, '../..'), 'dist/cairnctl.js');

let server: ServerProcess;
let url: string;
beforeAll(async () => {
  server = await ServerProcess.start('cairn');
  url = `http://127.0.0.1:${server.clientPort}`;
});
afterAll(() => server.remove());

const running = new Set<ChildProcessWithoutNullStreams>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const env = { PATH: process.env['PATH'], ETCDCTL_ENDPOINTS: url, ...environment };
  const child = spawn(process.execPath, [ENTRY, ...args], { env });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

async function run(
  args: readonly string[],
  stdin: Buffer | string = '',
): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const child = start(args);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
}

/** Through a shell, which alone can hand over bytes that are no UTF-8. */
function throughShell(line: string): Promise<number | null> {
  const env = { PATH: process.env['PATH'], ETCDCTL_ENDPOINTS: url, NODE: process.execPath, CTL: ENTRY };
  return new Promise((done) => spawn('bash', ['-c', line], { env, stdio: 'inherit' }).on('close', done));
}

async function stored(key: string): Promise<unknown> {
  const answer = (await (await fetch(`${url}/v2/keys/${key}`)).json()) as { node: { value: unknown } };
  return answer.node.value;
}

test('reads and writes as etcdctl does, and says the version of cairn', async () => {
  expect(await run(['set', '/a', '1'])).toMatchObject({ code: 0, stdout: Buffer.from('1\n'), stderr: '' });
  expect(await run(['get', '/b'])).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^Error: {2}100: /) as string,
  });
  const { version } = JSON.parse(readFileSync(join(ENTRY, '../../package.json'), 'utf8')) as { version: string };
  expect(String((await run(['-v'])).stdout)).toBe(`cairnctl version: ${version}\nAPI version: 2\n`);
});

test('commands of cairn are commands of cairnctl, with their exit codes', async () => {
  expect((await run(['healthcheck', '--url', url])).code).toBe(0);
  expect((await run(['healthcheck', '--url', 'http://127.0.0.1:1'])).code).toBe(1);
  expect(String((await run(['certs', '--help'])).stdout)).toContain('cairn certs');
});

test('a value may be any bytes', async () => {
  const bytes = Buffer.from([0, 1, 0xff, 0xfe, 0xc3, 10, 13]);
  expect((await run(['set', '/stdin'], bytes)).code).toBe(0);
  expect(await throughShell(`"$NODE" "$CTL" set /arg $'x\\xff\\xfe' >/dev/null`)).toBe(0);
  // JSON cannot hold them; that there are as many says that none was lost.
  expect(await stored('stdin')).toBe('\0\u0001\ufffd\ufffd\ufffd\n\r');
  expect(await stored('arg')).toBe('x\ufffd\ufffd');
});

test('ends when nobody reads any more', async () => {
  const child = start(['watch', '--forever', '--after-index', '1', '-r', '/']);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  for (let turn = 0; turn < 200 && child.exitCode === null; turn++) {
    await fetch(`${url}/v2/keys/noise`, { method: 'PUT', body: new URLSearchParams({ value: String(turn) }) });
  }
  expect((await ended)[0]).toBe(141);
});

test('ctrl-C ends a watch with 0, and another command with 130', async () => {
  const watch = start(['watch', '--forever', '--after-index', '1', '-r', '/']);
  await once(watch.stdout, 'data');
  watch.kill('SIGINT');
  expect(await once(watch, 'exit')).toEqual([0, null]);
  const silent = new RawServer();
  await silent.start();
  const get = start(['--debug', '--timeout', '1m', '--total-timeout', '1m', '-C', silent.url, 'get', '/a'], {
    ETCDCTL_ENDPOINTS: '',
  });
  await once(get.stderr, 'data');
  get.kill('SIGINT');
  expect(await once(get, 'exit')).toEqual([130, null]);
  silent.stop();
});

test('exec-watch runs a program for each change, with what it changed', async () => {
  const child = start(
    ['exec-watch', '-r', '/programs', '--', 'sh', '-c', 'echo "$ETCD_WATCH_ACTION $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"'],
    {},
  );
  let stdout = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += String(piece)));
  for (let turn = 0; !stdout.includes('set /programs/a it is') && turn < 100; turn++) {
    await run(['set', '/programs/a', 'it is']);
  }
  expect(stdout).toContain('set /programs/a it is\n');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('exec-watch says which program is not there', async () => {
  const child = start(['exec-watch', '/gone', '--after-index', '1', '--', '/no/such/program']);
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr += String(piece)));
  const ended = once(child, 'exit');
  await run(['set', '/gone', 'x']);
  expect([(await ended)[0], stderr]).toEqual([1, expect.stringContaining('/no/such/program')]);
});

(existsSync('/proc/self/cmdline') ? test.each : test.skip.each)([
  [['-u', 'root:geheim']],
  [['-u', 'root:a://geheim']],
  [['--username=root:a://geheim']],
])('a password is not seen in the list of processes: %j', async (user) => {
  const child = start([...user, 'watch', '/quiet']);
  const shown = (): string => readFileSync(`/proc/${child.pid}/cmdline`, 'latin1');
  for (let turn = 0; shown().includes('geheim') && turn < 500; turn++)
    await new Promise((passed) => setTimeout(passed, 10));
  expect(shown()).toMatch(/^cairnctl/);
  child.kill('SIGINT');
  await once(child, 'exit');
});
