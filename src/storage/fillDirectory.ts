/** Makes a data directory out of a state, for a restore; and clears away what one left that did not come to its end. */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../platform/exists';
import { syncDirectory, writeDurably } from '../platform/durable';
import { refuseClockBefore1970 } from './clock';
import { closeInTime } from './closeInTime';
import type { DataDirectoryOptions } from './dataDirectory';
import { checkDirectory, FILLING_TEXT, FORMAT_DRAFT, FORMAT_OF_FILLED, type DirectoryState } from './directoryChecks';
import { StorageError } from './errors';
import { fileError } from './fileError';
import { openDatabase } from './openDatabase';
import { FORMAT_TEXT, prepare } from './prepareDirectory';
import { preparing } from './preparing';
import type { ReportingKv } from './rocks';
import { isInUse } from './rocksNative';

/** What is at the path, if a directory can be filled there. Rejects with StorageError if it has data. */
export async function refuseTaken(path: string): Promise<DirectoryState> {
  const state = await checkDirectory(path);
  if (state.kind === 'ours') {
    throw new StorageError(
      'format',
      `${path} is the data directory of a member already; nothing was changed. Give one that is not there yet. ` +
        'If it is here because this very command was killed, that had come to its end: the state is whole, and the member can be started',
    );
  }
  return state;
}

/** What is done with a directory that is filled, by one process at a time. */
export interface Filling {
  /** Right before anything is made; what it rejects with ends it. */
  readonly begin?: (() => Promise<void>) | undefined;
  readonly fill: (kv: ReportingKv) => Promise<void>;
  /** The state is whole, and on the disk. */
  readonly done?: (() => Promise<void>) | undefined;
}

/**
 * Makes a data directory that has a state from the moment on from which it is one. Killed at any time it leaves either all of it or what is
 * refused by `openDataDirectory` and can be filled again. Rejects with StorageError if there is one already, or one in use, and with what
 * the steps of `filling` reject with.
 */
export async function fillDataDirectory(options: DataDirectoryOptions, filling: Filling): Promise<void> {
  refuseClockBefore1970();
  await refuseTaken(options.path);
  if ((await preparing(options.path, () => fillAlone(options, filling))) === 'taken') throw beingFilled(options.path);
}

async function fillAlone(options: DataDirectoryOptions, { begin, fill, done }: Filling): Promise<void> {
  const { path } = options;
  const state = await refuseTaken(path);
  if (state.kind === 'filling') await refuseInUse(path);
  await begin?.();
  await prepare(path, state, FILLING_TEXT);
  const kv = await openDatabase(options, true);
  try {
    await fill(kv);
  } finally {
    await closeInTime(kv.close(), path);
  }
  try {
    // The draft says that the directory is being filled as long as there is no FORMAT; beside one it says nothing.
    await writeDurably(join(path, FORMAT_OF_FILLED), FORMAT_TEXT);
    await rename(join(path, FORMAT_OF_FILLED), join(path, 'FORMAT'));
    await rm(join(path, FORMAT_DRAFT), { force: true });
    await syncDirectory(path);
  } catch (error) {
    throw fileError(error, 'cannot create', join(path, 'FORMAT'));
  }
  await done?.();
}

/**
 * Empties a directory that a restore left before it had come to its end: nothing in it counts, and a member can begin there. Leaves any other one as
 * it is. Rejects with StorageError, also if a restore is at work.
 */
export async function discardHalfFilled(path: string): Promise<void> {
  const isHalfFilled = async (): Promise<boolean> => (await checkDirectory(path)).kind === 'filling';
  if (!(await isHalfFilled())) return;
  const discarded = await preparing(path, async () => {
    // Another one may have been quicker.
    if (!(await isHalfFilled())) return;
    await refuseInUse(path);
    try {
      await rm(join(path, 'db'), { recursive: true, force: true });
      await rm(join(path, FORMAT_OF_FILLED), { force: true });
      // Last: without it the rest would be a database that nothing says to be half of one.
      await rm(join(path, FORMAT_DRAFT), { force: true });
      await syncDirectory(path);
    } catch (error) {
      throw fileError(error, 'cannot empty', path);
    }
  });
  if (discarded === 'taken') throw beingFilled(path);
}

/** Where nothing but the database says that another process fills it. To ask makes one where there is none. */
async function refuseInUse(path: string): Promise<void> {
  const database = join(path, 'db');
  if ((await exists(database)) && (await isInUse(database))) throw beingFilled(path);
}

function beingFilled(path: string): StorageError {
  return new StorageError(
    'locked',
    `${path} is being filled by another process; wait for it, or give another directory`,
  );
}
