/** What tests leave to the end of their process is done when their file has ended: jest gives them a `process` that never exits. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../cluster/waiting';

const ROOT = join(__dirname, '../..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function start(command: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, command, { stdio: 'ignore' });
  running.add(child);
  return child;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-environment-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The command that runs one file with these tests, in the environment of all others. */
function command(tests: string): readonly string[] {
  writeFileSync(join(folder, 'one.test.js'), tests);
  const config = {
    rootDir: folder,
    testEnvironment: join(ROOT, 'test/support/environment.js'),
    testEnvironmentOptions: { leftWithinMs: 500 },
  };
  return [JEST, '--config', JSON.stringify(config), '--runInBand'];
}

/** A program is started, and its end left to that of the process. */
function leaves(rest: string): string {
  return `
    const child = require('node:child_process').spawn('sleep', ['600']);
    process.on('exit', () => child.kill('SIGKILL'));
    require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(child.pid));
    ${rest}`;
}

/** Whether the program that the tests started still runs. */
function isRunning(): boolean {
  const pid = readFileSync(join(folder, 'pid'), 'utf8');
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return stat !== '' && !/\) Z /.test(stat);
}

test('programs are ended where a file failed before its tests', async () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    command(leaves(`beforeAll(() => { throw new Error('not to be had'); }); test('one', () => {});`)),
    { encoding: 'utf8', timeout: 120_000 },
  );
  expect([status, stderr]).toEqual([1, expect.stringContaining('not to be had')]);
  await until('the program is ended', 60_000, () => !isRunning() || undefined);
});

test('programs are ended where the tests are, by a signal', async () => {
  const jest = start(command(leaves(`test('one', () => new Promise(() => {}));`)));
  const ended = once(jest, 'exit');
  await until('it is started', 60_000, () => (existsSync(join(folder, 'pid')) && isRunning()) || undefined);
  jest.kill('SIGTERM');
  await ended;
  await until('the program is ended', 60_000, () => !isRunning() || undefined);
});

test('programs are ended where the jest that the tests run for is killed', async () => {
  const [file, ...options] = command(leaves(`test('one', () => new Promise(() => {}));`)).slice(0, -1);
  writeFileSync(join(folder, 'two.test.js'), `test('two', () => {});`);
  const jest = start([file!, ...options, '--maxWorkers=2']);
  const ended = once(jest, 'exit');
  await until('it is started', 60_000, () => (existsSync(join(folder, 'pid')) && isRunning()) || undefined);
  jest.kill('SIGKILL');
  await ended;
  await until('the program is ended', 60_000, () => !isRunning() || undefined);
});

test('a worker with nothing left to do ends by itself', () => {
  const [file, ...options] = command(`test('one', () => {});`).slice(0, -1);
  writeFileSync(join(folder, 'two.test.js'), `test('two', () => {});`);
  const { status, stderr } = spawnSync(
    process.execPath,
    [file!, ...options, '--maxWorkers=2', '--workerGracefulExitTimeout=60000'],
    {
      encoding: 'utf8',
      timeout: 120_000,
    },
  );
  expect([status, stderr]).toEqual([0, expect.stringMatching(/2 passed/)]);
  expect(stderr).not.toContain('failed to exit');
});

test.each([
  ['a connection', `connect(server.address().port, '127.0.0.1', () => server.close() && done())`, 'TCPSocketWrap'],
  ['a server', 'done()', 'TCPServerWrap'],
  ['a program', `server.close(done) && spawn('sleep', ['5'])`, 'ProcessWrap'],
])('a file that leaves %s behind fails, and is named', (_, rest, kind) => {
  const leaving = `
    const { spawn } = require('node:child_process');
    const { connect, createServer } = require('node:net');
    test('one', (done) => {
      const server = createServer();
      server.listen(0, '127.0.0.1', () => { ${rest}; });
    });`;
  const { status, stderr } = spawnSync(process.execPath, [...command(leaving), '--forceExit'], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining(`one.test.js leaves something open: ${kind}. Close`)]);
});

test('what a file leaves behind that fails does not hide why it failed', () => {
  const failing = `test('one', () => {
    require('node:net').createServer().listen(0, '127.0.0.1');
    throw new Error('the true reason');
  });`;
  const { status, stderr } = spawnSync(process.execPath, [...command(failing), '--forceExit'], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining('the true reason')]);
  expect(stderr).not.toContain('leaves something open');
});
