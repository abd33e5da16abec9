/**
 * The data directory: `FORMAT` says that it is ours and how it is laid out, `db/` is the database, `PID` names who has it
 * open. The lock itself is the database's own, so a `PID` left behind by a dead process is in nobody's way.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../platform/differingDirectory';
import { codeOf } from '../platform/errorCode';
import { makeDirectory } from '../platform/makeDirectory';
import { readPlainFile, REPLACE } from '../platform/plainFile';
import { closeInTime } from './closeInTime';
import { checkDirectory, FILLING_TEXT, FORMAT_DRAFT, FORMAT_OF_FILLED } from './directoryChecks';
import type { DirectoryState } from './directoryChecks';
import { watchPresence } from './directoryWatch';
import { StorageError } from './errors';
import { fileError } from './fileError';
import { FORMAT_VERSION } from './layout';
import { preparing, removeLeftSockets } from './preparing';
import type { ReportingKv } from './rocks';
import { openRocks } from './rocks';
import { isInUse } from './rocksNative';
import { whyUnusable } from './whyUnusable';
import { MARK_FILE } from './syncedMark';
import { syncDirectory, writeDurably } from '../platform/durable';

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

const PRIVATE_MODE = 0o700;
const PRIVATE_FILE_MODE = 0o600;
const FORMAT_TEXT = `cairn ${FORMAT_VERSION}\n`;

/** Rejects with StorageError; a directory that is refused has not been touched. */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const { path } = options;
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

/**
 * Empties a directory that a restore left before it had come to its end: nothing in it counts, and a member can begin there. Leaves any other one as
 * it is. Rejects with StorageError, also if a restore is at work.
 */
export async function discardHalfFilled(path: string): Promise<void> {
  const discarded = await preparing(path, async () => {
    if ((await checkDirectory(path)).kind !== 'filling') return;
    const database = join(path, 'db');
    if ((await exists(database)) && (await isInUse(database))) throw beingFilled(path);
    try {
      await rm(database, { recursive: true, force: true });
      // Last: without it the rest would be a database that nothing says to be half of one.
      await rm(join(path, FORMAT_DRAFT), { force: true });
      await syncDirectory(path);
    } catch (error) {
      throw fileError(error, 'cannot empty', path);
    }
  });
  if (discarded === 'taken') throw beingFilled(path);
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
  await refuseTaken(options.path);
  if ((await preparing(options.path, () => fillAlone(options, filling))) === 'taken') throw beingFilled(options.path);
}

async function fillAlone(options: DataDirectoryOptions, { begin, fill, done }: Filling): Promise<void> {
  const { path } = options;
  const state = await refuseTaken(path);
  // Where nothing but the database says that another process fills it. To ask makes one where there is none.
  const database = join(path, 'db');
  if (state.kind === 'filling' && (await exists(database)) && (await isInUse(database))) throw beingFilled(path);
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

function beingFilled(path: string): StorageError {
  return new StorageError(
    'locked',
    `${path} is being filled by another process; wait for it, or give another directory`,
  );
}

function halfFilled(path: string): StorageError {
  return new StorageError(
    'format',
    `the data directory ${path} was being filled from a snapshot, and that did not come to its end: nothing in it counts. Run ` +
      'cairn snapshot restore again with the same arguments, or delete the directory',
  );
}

async function prepare(path: string, state: DirectoryState, draft: string): Promise<void> {
  try {
    if (state.kind === 'ours') return;
    if (state.kind === 'missing') await createDirectory(path);
    if (state.kind === 'interrupted' || state.kind === 'filling') {
      await rm(join(path, 'db'), { recursive: true, force: true });
    }
    await draftFormat(path, draft);
    await createDirectory(join(path, 'db'));
    await syncDirectory(path);
  } catch (error) {
    throw await whyUnusable(error, path, state.kind !== 'missing');
  }
}

/** Private and durable, as are those above it that were missing. */
function createDirectory(path: string): Promise<void> {
  return makeDirectory(path, PRIVATE_MODE, syncDirectory);
}

/** Says that the directory is being prepared: until `finishFormat`, whatever is in it is half made and holds nothing. */
async function draftFormat(path: string, text: string): Promise<void> {
  await writeDurably(join(path, FORMAT_DRAFT), text);
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

async function openDatabase(options: DataDirectoryOptions, createIfMissing: boolean): Promise<ReportingKv> {
  const path = join(options.path, 'db');
  try {
    return await openRocks({ ...options, path, createIfMissing });
  } catch (error) {
    const user = await otherUser(options.path);
    const kind = error instanceof StorageError ? error.kind : undefined;
    // A log that another process is writing to can look damaged. Only the lock says that there is one: the number in PID may be
    // somebody else's by now.
    const inUse =
      kind === 'locked' || (kind === 'corrupt' && user !== undefined && (await isInUse(path).catch(() => false)));
    if (!inUse) throw error;
    const by = user === undefined ? 'another process' : `process ${user}`;
    throw new StorageError('locked', `the data directory ${options.path} is in use by ${by}`, error);
  }
}

/** The process that wrote `PID`, if it lives and is not this one. */
async function otherUser(path: string): Promise<number | undefined> {
  const text = await readPlainFile(join(path, 'PID')).catch(() => '');
  if (!/^\d{1,10}\n$/.test(text)) return undefined;
  const pid = Number(text);
  return pid !== process.pid && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it lives, and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}
