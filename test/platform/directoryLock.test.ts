import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryLock } from '../../src/platform/directoryLock';
import { until } from '../cluster/waiting';

let scratch: string;
let directory: string;
const locks: DirectoryLock[] = [];
const askers: Socket[] = [];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cairn-lock-'));
  directory = scratch;
});

afterEach(async () => {
  for (const asker of askers.splice(0)) asker.destroy();
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

/** Connected, and never ends its half by itself. */
async function asker(name: string): Promise<Socket> {
  const socket = connect({ path: join(directory, name), allowHalfOpen: true }).on('error', () => undefined);
  askers.push(socket);
  await once(socket, 'connect');
  return socket;
}

test.each([
  ['keeps its half open', () => undefined],
  ['does not even read', (socket: Socket) => socket.pause()],
])('one who asks, and %s, keeps nobody from letting go, and costs its holder no descriptor', async (_how, begun) => {
  await take();
  const [name = ''] = readdirSync(directory);
  for (let count = 0; count < 20; count++) begun(await asker(name));
  await until('its holder has none of them', 5000, () => connectionsOf(name) === 0);
  // One more comes in the very moment.
  await asker(name);
  await locks.pop()!.release();
  expect(await take()).toBe('held');
});

/** How many connections to a socket this process has accepted: they have its path, and whoever asks has none. */
function connectionsOf(name: string): number {
  const CONNECTED = '03';
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(name) && line.split(/\s+/)[5] === CONNECTED).length;
}

test('accepting that fails again and again, as it does without descriptors, ends nobody', async () => {
  const servers: Server[] = [];
  const listen = jest.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...rest) {
    servers.push(this);
    listen.mockRestore();
    return this.listen(...rest);
  });
  await take();
  for (let times = 0; times < 3; times++) servers[0]!.emit('error', new Error('accept EMFILE'));
  expect(await take()).toBe('taken');
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
