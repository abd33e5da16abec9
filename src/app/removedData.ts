/** What becomes of the data directory of a member that the cluster has removed. */
import { join } from 'node:path';
import { JoinError } from '../discovery/beginning';
import { freePlace, keepNewest } from '../platform/asideDirectories';
import { codeOf } from '../platform/errorCode';
import { replaceDurably } from '../platform/durable';
import { exchangeDirectory, finishExchangeAt, mendLink, placeOf, preparedFor } from '../platform/exchangeDirectory';
import { readPlainFile, replaceFileSync } from '../platform/plainFile';
import { REMOVED_FILE, removedFileText, type RemovalNote } from '../platform/removedFile';
import { knownClusterIn, STANDBY_FILE, standbyFileText, type KnownCluster } from '../platform/standbyFile';
import { fileError } from '../storage/fileError';

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
  const aside = await freePlace(path);
  await exchangeDirectory(path, aside, note);
  await keepNewest(path).catch((error: unknown) => {
    logger.warn({ err: error, dataDir: path }, 'older data directories of removed members could not be deleted');
  });
  return aside;
}

/** Before a start: ends what a crash interrupted while data were moved aside. Rejects with StorageError. */
export async function finishExchange(dataDir: string): Promise<void> {
  // What is wrong with the directory is said when it is opened.
  const path = await placeOf(dataDir).catch(() => undefined);
  if (path === undefined) return;
  try {
    await finishExchangeAt(path);
    await mendLink(dataDir, path);
  } catch (error) {
    throw fileError(
      error,
      `cannot put in the place of ${path}, or remove, what it was to be exchanged for:`,
      preparedFor(path),
    );
  }
}

/** Undefined where there is none. Rejects with JoinError if it cannot be read: to begin by the options could found a second cluster. */
export async function readStandbyNote(dataDir: string): Promise<KnownCluster | undefined> {
  const path = join(dataDir, STANDBY_FILE);
  let reason = 'it is not what Cairn writes';
  try {
    const note = knownClusterIn(await readPlainFile(path));
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

/** A process that waits for a place says so in its directory, and begins in no other way after a restart. Never rejects. */
export async function leaveStandbyNote(dataDir: string, note: KnownCluster, logger: WarningLogger): Promise<void> {
  const path = join(dataDir, STANDBY_FILE);
  try {
    await replaceDurably(path, standbyFileText(note));
  } catch (error) {
    logger.warn({ err: error, path }, 'cannot note whom to ask after a restart');
  }
}

/** Keeps the note up to date, where there is one: members come and go while a standby waits. Never rejects. */
export async function keepStandbyNote(dataDir: string, note: KnownCluster, logger: WarningLogger): Promise<void> {
  const there = await readPlainFile(join(dataDir, STANDBY_FILE)).catch(() => undefined);
  if (there !== undefined && there !== standbyFileText(note)) await leaveStandbyNote(dataDir, note, logger);
}
