import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryLock } from '../../src/platform/directoryLock';

let scratch: string;
let directory: string;
const locks: DirectoryLock[] = [];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cairn-lock-'));
  directory = scratch;
});

afterEach(async () => {
  for (const lock of locks.splice(0)) await lock.release();
  rmSync(scratch, { recursive: true, force: true });
});

async function take(): Promise<'held' | 'taken' | 'none'> {
  const lock = await DirectoryLock.take(directory);
  if (typeof lock === 'string') return lock;
  locks.push(lock);
  return 'held';
}

test('one has it, until it lets go, and leaves nothing behind', async () => {
  expect([await take(), await take()]).toEqual(['held', 'taken']);
  expect(await locks[0]!.isHeld()).toBe(true);
  await locks.pop()!.release();
  expect(readdirSync(directory)).toEqual([]);
  expect(await take()).toBe('held');
});

test('every user may ask, whatever the umask, so that what a killed one of another user left is in nobody’s way', async () => {
  expect(await take()).toBe('held');
  const [name = ''] = readdirSync(directory);
  expect(statSync(join(directory, name)).mode & 0o222).toBe(0o222);
});

test('it has the name that is asked for, and others are none of it', async () => {
  const lock = await DirectoryLock.take(directory, '..mine-');
  if (typeof lock === 'string') throw new Error(lock);
  locks.push(lock);
  expect(readdirSync(directory)).toEqual([expect.stringMatching(/^\.\.mine-[0-9a-f]{8}$/)]);
  expect([await DirectoryLock.take(directory, '..mine-'), await take()]).toEqual(['taken', 'held']);
});

test.each(['at once', 'byte by byte'])(
  'one whose owner talks without an end, %s, is taken, and nobody listens to that',
  async (how) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      const talk = setInterval(
        () => socket.write(how === 'at once' ? 'x'.repeat(100_000) : 'x'),
        how === 'at once' ? 1 : 300,
      );
      socket.on('close', () => {
        clearInterval(talk);
      });
    });
    await new Promise<void>((resolve) => server.listen(join(directory, 'lock-00000000'), resolve));
    const beganMs = performance.now();
    expect(await take()).toBe('taken');
    expect(performance.now() - beganMs).toBeLessThan(15_000);
    await new Promise((resolve) => server.close(resolve));
  },
);

test('what killed processes left is in nobody’s way, and of many that come at once one has it', async () => {
  for (const name of ['lock-00000001', 'lock-00000002']) {
    const path = JSON.stringify(join(directory, name));
    const program = `require('net').createServer().listen(${path}, () => console.log('there'))`;
    const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
  expect(readdirSync(directory)).toHaveLength(2);
  const taken = await Promise.all(Array.from({ length: 20 }, take));
  expect(taken.filter((each) => each === 'held')).toHaveLength(1);
  expect(await locks[0]!.isHeld()).toBe(true);
  expect(readdirSync(directory)).toHaveLength(1);
});

test('one that stands still has it', async () => {
  const path = JSON.stringify(join(directory, 'lock-00000001'));
  const program = `require('net').createServer().listen(${path}, () => console.log('there'))`;
  const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  holder.kill('SIGSTOP');
  expect(await take()).toBe('taken');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await take()).toBe('held');
});

test('one whose lock was taken over knows it', async () => {
  await take();
  const [name] = readdirSync(directory) as [string];
  rmSync(join(directory, name));
  expect(await take()).toBe('held');
  expect(await Promise.all(locks.map((lock) => lock.isHeld()))).toEqual([false, true]);
  await locks.shift()!.release();
  expect(await locks[0]!.isHeld()).toBe(true);
});

test('a path that is too long for a socket is no matter', async () => {
  directory = join(directory, 'x'.repeat(120));
  mkdirSync(directory);
  expect([await take(), await take()]).toEqual(['held', 'taken']);
});

test('a directory that is not there, or is none, is said to be that', async () => {
  writeFileSync(join(directory, 'file'), '');
  await expect(DirectoryLock.take(join(directory, 'nothing'))).rejects.toThrow('ENOENT');
  await expect(DirectoryLock.take(join(directory, 'file'))).rejects.toThrow('ENOTDIR');
});
