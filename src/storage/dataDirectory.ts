/**
 * The data directory: `FORMAT` says that it is ours and how it is laid out, `db/` is the database, `PID` names who has it
 * open. The lock itself is the database's own, so a `PID` left behind by a dead process is in nobody's way.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../platform/durable';
import { REPLACE } from '../platform/plainFile';
import { refuseClockBefore1970 } from './clock';
import { checkDirectory, FORMAT_DRAFT, FORMAT_OF_FILLED } from './directoryChecks';
import type { DirectoryState } from './directoryChecks';
import { watchPresence } from './directoryWatch';
import { StorageError } from './errors';
import { fileError } from './fileError';
import { openDatabase } from './openDatabase';
import { FORMAT_TEXT, prepare } from './prepareDirectory';
import { preparing, removeLeftSockets } from './preparing';
import type { ReportingKv } from './rocks';
import { MARK_FILE } from './syncedMark';

export interface DataDirectoryOptions {
  readonly path: string;
  /** See RocksOptions. */
  readonly tableFilesMax?: number;
  /** Called once, with the first error of kind io, full or corrupt after it was opened. */
  readonly onFailure?: (error: StorageError) => void;
}

export interface DataDirectory {
  readonly kv: ReportingKv;
  /** It was not there, or empty. */
  readonly created: boolean;
  /** For the log. */
  readonly warnings: readonly string[];
  /** Closes `kv` and lets go of the directory. Idempotent. */
  close(): Promise<void>;
}

const PRIVATE_FILE_MODE = 0o600;

/** Rejects with StorageError; a directory that is refused has not been touched. */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const { path } = options;
  refuseClockBefore1970();
  const { state, kv } = await openOrPrepare(options);
  const pidPath = join(path, 'PID');
  let endWatch: () => void;
  try {
    await writePid(pidPath);
    endWatch = await watchPresence([join(path, 'FORMAT'), join(path, 'db', MARK_FILE)], (what) => {
      kv.refuse(lostDirectory(path, what));
    });
  } catch (error) {
    await kv.close();
    throw fileError(error, 'cannot use the data directory', path);
  }
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    endWatch();
    try {
      // Before the lock is gone: afterwards the file may already be another process's.
      await rm(pidPath, { force: true });
    } catch (error) {
      throw fileError(error, 'cannot remove', pidPath);
    } finally {
      await kv.close();
    }
  };
  return {
    kv,
    created: state.kind !== 'ours',
    warnings: [...state.warnings, ...kv.warnings],
    close: () => (closing ??= close()),
  };
}

interface Opened {
  readonly state: DirectoryState;
  readonly kv: ReportingKv;
}

async function openOrPrepare(options: DataDirectoryOptions): Promise<Opened> {
  const { path } = options;
  const state = await openable(path);
  if (state.kind === 'ours') {
    const kv = await openDatabase(options, false);
    try {
      await removeLeftSockets(path);
      await removeDrafts(path);
    } catch (error) {
      await kv.close().catch(() => undefined);
      throw error;
    }
    return { state, kv };
  }
  const opened = await preparing(path, async (): Promise<Opened> => {
    // Another one may have been quicker.
    const now = await openable(path);
    if (now.kind !== 'ours') await prepare(path, now, FORMAT_TEXT);
    const kv = await openDatabase(options, now.kind !== 'ours');
    if (now.kind !== 'ours') await finishFormat(path, kv);
    return { state: { kind: now.kind, warnings: [...state.warnings, ...now.warnings] }, kv };
  });
  if (opened !== 'taken') return opened;
  throw new StorageError('locked', `the data directory ${path} is being prepared by another process`);
}

/**
 * A restore that was killed at its last step leaves them beside FORMAT, where they say nothing. Without it they would say that the database is
 * half of a restore, and nobody would miss it.
 */
async function removeDrafts(path: string): Promise<void> {
  for (const name of [FORMAT_DRAFT, FORMAT_OF_FILLED]) {
    try {
      await rm(join(path, name), { force: true });
    } catch (error) {
      throw fileError(error, 'cannot remove', join(path, name));
    }
  }
}

async function openable(path: string): Promise<DirectoryState> {
  const state = await checkDirectory(path);
  if (state.kind === 'filling') throw halfFilled(path);
  return state;
}

async function writePid(path: string): Promise<void> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: REPLACE, mode: PRIVATE_FILE_MODE });
  } catch (error) {
    throw fileError(error, 'cannot write', path);
  }
}

function lostDirectory(path: string, what: string): StorageError {
  return new StorageError(
    'io',
    `the data directory ${path} was taken away while this member ran, or part of it: ${what}. It stopped, because nothing that it acknowledges ` +
      'would be kept. Put back what was moved. If it is lost and the other members are a majority, start this member again with an empty ' +
      'directory: it comes back as a new one by itself, or without --auto-rejoin once it was removed and added; if it was the only one, what ' +
      'is left is your last snapshot (docs/backup.md)',
  );
}

function halfFilled(path: string): StorageError {
  return new StorageError(
    'format',
    `the data directory ${path} was being filled from a snapshot, and that did not come to its end: nothing in it counts. Run ` +
      'cairn snapshot restore again with the same arguments, or delete the directory',
  );
}

/** The marker, whole and in one step, once there is a database: one without the other has lost its data. */
async function finishFormat(path: string, kv: ReportingKv): Promise<void> {
  try {
    await rename(join(path, FORMAT_DRAFT), join(path, 'FORMAT'));
    await syncDirectory(path);
  } catch (error) {
    await kv.close();
    throw fileError(error, 'cannot create', join(path, 'FORMAT'));
  }
}
