import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { withLock } = jest.requireActual<{
  withLock: (path: string, say: (text: string) => void, work: () => Promise<void>) => Promise<void>;
}>('../../scripts/lock.js');

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-lock-'));
  path = join(folder, 'below', 'lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a process that runs is waited for, and that is said once', async () => {
  const said: string[] = [];
  const order: string[] = [];
  const first = withLock(
    path,
    (text) => said.push(text),
    async () => {
      await sleep(500);
      order.push('first');
    },
  );
  await withLock(
    path,
    (text) => said.push(text),
    () => {
      order.push('second');
      return Promise.resolve();
    },
  );
  await first;
  expect(order).toEqual(['first', 'second']);
  expect(said).toEqual([expect.stringContaining(`process ${process.pid}`)]);
  expect(existsSync(path)).toBe(false);
});

test.each(['dead', 'torn'])('the lock of a process that was killed is taken over (%s)', async (kind) => {
  await withLock(
    path,
    () => undefined,
    () => Promise.resolve(),
  );
  const { pid } = spawnSync('true');
  writeFileSync(path, kind === 'dead' ? String(pid) : '');
  const said: string[] = [];
  await withLock(
    path,
    (text) => said.push(text),
    () => Promise.resolve(),
  );
  expect(said).toEqual([]);
});

test('a failure lets go of it', async () => {
  await expect(
    withLock(
      path,
      () => undefined,
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});
