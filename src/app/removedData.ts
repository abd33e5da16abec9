/** What becomes of the data directory of a member that the cluster has removed. */
import { rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JoinError } from '../discovery/beginning';
import { freePlace, keepNewest } from '../platform/asideDirectories';
import { exists } from '../platform/differingDirectory';
import { behindLinks } from '../platform/behindLinks';
import { codeOf } from '../platform/errorCode';
import { makeDirectory } from '../platform/makeDirectory';
import { readPlainFile, replaceFileSync } from '../platform/plainFile';
import { REMOVED_FILE, removedFileText, type RemovalNote } from '../platform/removedFile';
import {
  parseStandbyFile,
  STANDBY_DRAFT,
  STANDBY_FILE,
  standbyFileText,
  type KnownCluster,
} from '../platform/standbyFile';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';
import { syncDirectory, writeDurably } from '../platform/durable';
import { fileError } from '../storage/fileError';

const PRIVATE_MODE = 0o700;

interface WarningLogger {
  warn(fields: object, message: string): void;
}

/** For `cairn clear-removed`, and for whoever looks at it later. */
export function markRemoved(dataDir: string, note: RemovalNote, logger: WarningLogger): void {
  try {
    replaceFileSync(join(dataDir, REMOVED_FILE), removedFileText(note));
  } catch (error) {
    logger.warn({ err: error, dataDir }, 'the data directory could not be marked as that of a removed member');
  }
}

/**
 * Puts a directory without data, which says that this process waits for a place, where that of the removed member was; that one is kept as
 * `cairn clear-removed` keeps it. Answers where. A crash at any point leaves one of the two, see `finishExchange`. Rejects with the error
 * of the file system, such as EBUSY if the directory is a mount point, and then leaves the data where they are.
 */
export async function exchangeForStandby(dataDir: string, note: KnownCluster, logger: WarningLogger): Promise<string> {
  const path = await placeOf(dataDir);
  const prepared = preparedFor(path);
  await discard(prepared);
  await makeDirectory(prepared, PRIVATE_MODE);
  let isMoved = false;
  try {
    await writeDurably(join(prepared, STANDBY_FILE), standbyFileText(note));
    await syncDirectory(prepared);
    const aside = await freePlace(path);
    await rename(path, aside);
    isMoved = true;
    await rename(prepared, path);
    await syncDirectory(dirname(path));
    await keepNewest(path).catch((error: unknown) => {
      logger.warn({ err: error, dataDir: path }, 'older data directories of removed members could not be deleted');
    });
    return aside;
  } catch (error) {
    if (!isMoved) await discard(prepared);
    throw error;
  }
}

/** Before a start: ends what a crash interrupted between the two steps of `exchangeForStandby`. Rejects with StorageError. */
export async function finishExchange(dataDir: string): Promise<void> {
  // What is wrong with the directory is said when it is opened.
  const path = await placeOf(dataDir).catch(() => undefined);
  if (path === undefined) return;
  const prepared = preparedFor(path);
  if (!(await exists(join(prepared, STANDBY_FILE)))) return;
  try {
    // Also where a service manager has made an empty directory meanwhile: that is replaced.
    await rename(prepared, path).catch((error: unknown) => {
      if (!TAKEN.has(codeOf(error))) throw error;
      return discard(prepared);
    });
  } catch (error) {
    throw fileError(error, `cannot put in the place of ${path}, or remove, what it was to be exchanged for:`, prepared);
  }
}

/** What a rename answers where something is already: a directory that holds something, or a link to one. */
const TAKEN: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

/** Undefined where there is none. Rejects with JoinError if it cannot be read: to begin by the options could found a second cluster. */
export async function readStandbyNote(dataDir: string): Promise<KnownCluster | undefined> {
  const path = join(dataDir, STANDBY_FILE);
  let reason = 'it is not what Cairn writes';
  try {
    const note = parseStandbyFile(await readPlainFile(path));
    if (note !== undefined) return note;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new JoinError(
    `${path} says that this process waits for a place in a cluster, and cannot be read: ${reason}; remove it to let the process begin ` +
      'by its options',
  );
}

/** Keeps the note up to date, where there is one: members come and go while a standby waits. Never rejects. */
export async function keepStandbyNote(dataDir: string, note: KnownCluster, logger: WarningLogger): Promise<void> {
  const path = join(dataDir, STANDBY_FILE);
  try {
    const text = standbyFileText(note);
    if ((await readPlainFile(path)) === text) return;
    await writeDurably(join(dataDir, STANDBY_DRAFT), text);
    await rename(join(dataDir, STANDBY_DRAFT), path);
    await syncDirectory(dataDir);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') logger.warn({ err: error, path }, 'cannot note whom to ask after a restart');
  }
}

function placeOf(dataDir: string): Promise<string> {
  return behindLinks(withoutTrailingSlashes(dataDir) || '/');
}

function preparedFor(path: string): string {
  return `${path}.standby-new`;
}

/** Only what was made here: if anything else is in it, it stays, and this rejects. */
async function discard(prepared: string): Promise<void> {
  await rm(join(prepared, STANDBY_FILE), { force: true });
  await rmdir(prepared).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}
