/** What is opened is closed again, whatever goes wrong at the beginning or at the end: the lock would be held until the process ends. */
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import type * as directoryWatch from '../../src/storage/directoryWatch';
import { MarkWriter } from '../../src/storage/markWriter';
import { MARK_FILE } from '../../src/storage/syncedMark';
import { temporaryDirectory } from './support/temporaryDirectory';

let failsToLook = false;
jest.mock('../../src/storage/directoryWatch', () => {
  const whole = jest.requireActual<typeof directoryWatch>('../../src/storage/directoryWatch');
  const watchPresence: typeof whole.watchPresence = (...args) =>
    failsToLook ? Promise.reject(new Error('EIO: i/o error, stat')) : whole.watchPresence(...args);
  return { watchPresence };
});

const home = temporaryDirectory();
let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(home, 'd-')), 'data');
});

afterEach(() => {
  failsToLook = false;
  jest.restoreAllMocks();
});

async function expectFree(): Promise<void> {
  const directory = await openDataDirectory({ path });
  await directory.close();
}

test('a directory that cannot be looked at once its database is open', async () => {
  failsToLook = true;
  await expect(openDataDirectory({ path })).rejects.toMatchObject({ name: 'StorageError', kind: 'io' });
  failsToLook = false;
  await expectFree();
});

test('something else in the place of PID when it is closed', async () => {
  const directory = await openDataDirectory({ path });
  rmSync(join(path, 'PID'));
  mkdirSync(join(path, 'PID'));
  await expect(directory.close()).rejects.toThrow('cannot remove');
  rmSync(join(path, 'PID'), { recursive: true });
  await expectFree();
});

test('a mark that cannot be written when it is closed', async () => {
  const directory = await openDataDirectory({ path });
  const { close } = MarkWriter.prototype;
  jest.spyOn(MarkWriter.prototype, 'close').mockImplementationOnce(async function (this: MarkWriter, isWell) {
    await close.call(this, isWell);
    throw new Error('EIO: i/o error, write');
  });
  await expect(directory.close()).rejects.toThrow('EIO');
  await expectFree();
});

test('a first mark that cannot be written', async () => {
  const database = mkdtempSync(join(home, 'm-'));
  const isOpen = (): boolean =>
    readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === join(database, MARK_FILE);
      } catch {
        return false;
      }
    });
  const writer = await MarkWriter.open(database, 0, 1, () => undefined);
  expect(isOpen()).toBe(true);
  await writer.close(true);
  // No number that a mark can hold.
  await expect(MarkWriter.open(database, 1, -1, () => undefined)).rejects.toMatchObject({ name: 'StorageError' });
  expect(isOpen()).toBe(false);
});
