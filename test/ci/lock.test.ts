import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
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

test.each([
  ['a link to nothing', () => symlinkSync('/nonexistent', path)],
  ['a directory', () => mkdirSync(join(path, 'with a directory'), { recursive: true })],
])('%s in its place is nobody at work', async (_, make) => {
  mkdirSync(join(folder, 'below'));
  make();
  let hasWorked = false;
  await withLock(
    path,
    () => undefined,
    () => {
      hasWorked = true;
      return Promise.resolve();
    },
  );
  expect(hasWorked).toBe(true);
  expect(readdirSync(join(folder, 'below'))).toEqual([]);
});

const taken = async (): Promise<readonly string[]> => {
  const said: string[] = [];
  await withLock(
    path,
    (text) => said.push(text),
    () => Promise.resolve(),
  );
  return said;
};

/** What a process at work writes. */
async function written(): Promise<Record<string, unknown>> {
  let text = '';
  await withLock(
    path,
    () => undefined,
    () => {
      text = readFileSync(path, 'utf8');
      return Promise.resolve();
    },
  );
  return JSON.parse(text) as Record<string, unknown>;
}

test.each<[string, (own: Record<string, unknown>) => string]>([
  ['a process that was killed', (own) => JSON.stringify({ ...own, pid: spawnSync('true').pid })],
  ['a process whose number another one has now', (own) => JSON.stringify({ ...own, pid: 1, began: 'before' })],
  [
    'one that had the number of this one, as each container begins with 1',
    (own) => JSON.stringify({ ...own, began: 'before' }),
  ],
  ['nobody: it is torn', () => ''],
  ['nobody: it says something else', () => '12'],
])('the lock of %s is taken over', async (_, text) => {
  const own = await written();
  writeFileSync(path, text(own));
  expect(await taken()).toEqual([]);
  expect(readdirSync(join(folder, 'below'))).toEqual([]);
});

test('one in another container is waited for while it gives a sign', async () => {
  const elsewhere = JSON.stringify({ ...(await written()), space: 'pid:[1]' });
  writeFileSync(path, elsewhere);
  setTimeout(() => {
    rmSync(path);
  }, 600);
  expect(await taken()).toHaveLength(1);
  writeFileSync(path, elsewhere);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(path, longAgo, longAgo);
  expect(await taken()).toEqual([]);
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
