/** `cairnctl lock` and `elect` as processes, with a member. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServerProcess } from '../support/serverProcess';

const ENTRY = join(resolve(__dirname, '../..'), 'dist/cairnctl.js');

let server: ServerProcess;
let folder: string;
beforeAll(async () => {
  server = await ServerProcess.start('cairn');
  folder = mkdtempSync(join(tmpdir(), 'cairn-lock-'));
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
});

function start(...args: string[]): ChildProcess & { text: () => string } {
  const env = {
    ...{ PATH: process.env['PATH'], ETCDCTL_ENDPOINTS: `http://127.0.0.1:${server.clientPort}` },
    FILE: join(folder, 'written'),
  };
  const child = spawn(process.execPath, [ENTRY, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (piece: Buffer) => (text += String(piece)));
  return Object.assign(child, { text: () => text });
}

async function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null) await once(child, 'close');
  return child.exitCode;
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 2000) throw new Error('it does not come about');
    await new Promise((passed) => setTimeout(passed, 10));
  }
}

test('one after the other, with tokens that grow', async () => {
  const script = 'echo "in $CAIRN_TOKEN" >>"$FILE"; sleep 0.2; echo "out $CAIRN_TOKEN" >>"$FILE"';
  const all = [1, 2, 3].map(() => start('lock', 'one', '--', 'sh', '-c', script));
  expect(await Promise.all(all.map(ended))).toEqual([0, 0, 0]);
  const lines = readFileSync(join(folder, 'written'), 'utf8').trim().split('\n');
  const tokens = lines.filter((_, index) => index % 2 === 0).map((line) => Number(line.split(' ')[1]));
  expect(lines).toEqual(tokens.flatMap((token) => [`in ${token}`, `out ${token}`]));
  expect(tokens).toEqual([...tokens].sort((one, other) => one - other));
  expect(new Set(tokens).size).toBe(3);
});

test('a signal reaches the program, and the lock is free behind it', async () => {
  const child = start('lock', 'two', '--', 'sh', '-c', 'echo ready; exec sleep 60');
  await until(() => child.text().includes('ready'));
  child.kill('SIGTERM');
  expect(await ended(child)).toBe(143);
  expect(await ended(start('lock', 'two', '--wait', '0s', '--', 'true'))).toBe(0);
});

test('who leads is known, and steps down when interrupted', async () => {
  const nobody = start('elect', 'office');
  expect([await ended(nobody), nobody.text()]).toEqual([4, 'Error:  nobody leads office\n']);
  const first = start('elect', 'office', 'ann');
  await until(() => /^\d+\n$/.test(first.text()));
  const second = start('elect', 'office', 'bea');
  const leader = start('elect', 'office');
  expect([await ended(leader), leader.text()]).toEqual([0, 'ann\n']);
  first.kill('SIGINT');
  expect(await ended(first)).toBe(0);
  await until(() => /^\d+\n$/.test(second.text()));
  expect(Number(second.text())).toBeGreaterThan(Number(first.text()));
  second.kill('SIGINT');
  expect(await ended(second)).toBe(0);
});

test('who cannot be told any more still ends a program that has lost its lock', async () => {
  const child = start(
    'lock',
    'three',
    '--ttl',
    '1',
    '--',
    'sh',
    '-c',
    'trap "" TERM; echo "$$"; for i in $(seq 600); do sleep 0.1; done',
  );
  await until(() => child.text().includes('\n'));
  const pid = Number(child.text());
  child.stdout?.destroy();
  child.stderr?.destroy();
  await fetch(`http://127.0.0.1:${server.clientPort}/v2/keys/_etcd/mod/lock/three?recursive=true`, {
    method: 'DELETE',
  });
  expect(await ended(child)).toBe(4);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
}, 60_000);

test('a lock of whom nobody reads is given back', async () => {
  const child = start('lock', 'four', '--ttl', '600');
  child.stdout?.destroy();
  await ended(child);
  expect(await ended(start('lock', 'four', '--wait', '0s', '--', 'true'))).toBe(0);
});
