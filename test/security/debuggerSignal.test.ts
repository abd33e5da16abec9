/** Node.js opens its debugger at SIGUSR1, without a password and for every user of the machine, unless the process listens to it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RawServer } from '../client/rawServer';
import { whyNoCairn } from '../cluster/clusterMember';
import { writeImageCommand } from '../support/imageCommand';
import { cairnCommand, ServerProcess, type ServerOptions } from '../support/serverProcess';

const suite = whyNoCairn() === undefined ? describe : describe.skip;

/** How Node.js says it; another word where the port is taken. */
const OPENED = /Debugger listening|inspector/i;
/** It takes it some hundredths of a second. */
const OPENS_WITHIN_MS = 1500;

const [node, entry] = cairnCommand();
const CTL = join(dirname(entry), 'cairnctl.js');

suite('SIGUSR1', () => {
  const silent = new RawServer();
  let url = '';
  const directory = mkdtempSync(join(tmpdir(), 'debugger-signal-'));
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    await silent.start();
    ({ url } = silent);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => {
    silent.stop();
    rmSync(directory, { recursive: true });
  });

  const passes = (): Promise<void> => new Promise((done) => setTimeout(done, OPENS_WITHIN_MS));

  function run(args: readonly string[]): { readonly child: ChildProcess; readonly said: () => string } {
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const pieces: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => pieces.push(String(data)));
    return { child, said: () => pieces.join('') };
  }

  test.each<[string, ServerOptions]>([
    ['a member', {}],
    ['a discovery service', { command: 'discovery' }],
  ])('opens no debugger in %s, which says that it has no use for it', async (_, options) => {
    const server = await ServerProcess.start('cairn', options);
    try {
      server.signal('SIGUSR1');
      await passes();
      expect(server.logs()).not.toMatch(OPENED);
      expect(server.logs()).toContain('SIGUSR1 is not used');
      expect(server.isRunning()).toBe(true);
    } finally {
      await server.remove();
    }
  });

  test.each([
    ['cairn mirror', (at: string) => [entry, 'mirror', '/a', '--to', join(directory, 'm'), '--url', at]],
    ['cairn snapshot follow', (at: string) => [entry, 'snapshot', 'follow', join(directory, 'b'), '--url', at]],
    ['cairnctl watch', (at: string) => [CTL, '--endpoints', at, 'watch', '/a']],
    ['a command of cairn by cairnctl', (at: string) => [CTL, 'check', '--url', at, '--timeout', '600']],
  ])('opens none in %s', async (_, argsOf) => {
    const asked = new Promise((come) => (silent.greet = come));
    const { child, said } = run(argsOf(url));
    await asked;
    child.kill('SIGUSR1');
    await passes();
    expect(said()).not.toMatch(OPENED);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });

  test.each([
    ['the launcher', () => [entry, CTL]],
    [
      'the commands of the image',
      () => [writeImageCommand('cairn', directory), writeImageCommand('cairnctl', directory)],
    ],
  ] as const)('opens none while the program is loaded by %s', async (_, programsOf) => {
    const hook = join(directory, 'hook.js');
    writeFileSync(
      hook,
      `const fs = require('node:fs');
      const read = fs.readFileSync;
      fs.readFileSync = (path, ...rest) => {
        if (String(path).endsWith('rogram.js')) process.kill(process.pid, 'SIGUSR1');
        return read(path, ...rest);
      };`,
    );
    for (const program of programsOf()) {
      const asked = new Promise((come) => (silent.greet = come));
      const args = /cairnctl(?:\.js)?$/.test(program)
        ? ['--endpoints', url, 'watch', '/a']
        : ['check', '--url', url, '--timeout', '600'];
      const { child, said } = run(['--require', hook, program, ...args]);
      await asked;
      await passes();
      expect(said()).not.toMatch(OPENED);
      expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    }
  });
});
