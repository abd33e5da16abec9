/** That what looks like a file of the data directory is one: opening a FIFO waits for ever, writing through a link goes elsewhere. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DIFFERING_FILE } from '../platform/differingDirectory';
import { codeOf } from '../platform/errorCode';
import { kindOf } from '../platform/plainFile';
import { REMOVED_FILE } from '../platform/removedFile';
import { StorageError } from './errors';
import { fileError } from './fileError';
import { MARK_FILE } from './syncedMark';

const OWN_FILES = new Set(['FORMAT', 'FORMAT.new', 'FORMAT.filled', 'PID', REMOVED_FILE, DIFFERING_FILE]);
const FILES_OF_DATABASE =
  /^(?:\d+\.(?:sst|log|dbtmp)|MANIFEST-\d+|OPTIONS-\d+(?:\.dbtmp)?|CURRENT|IDENTITY|LOCK|LOG(?:\.old.*)?)$/;

/** @param path of a data directory. Rejects with StorageError of kind format, and has opened nothing */
export async function checkPlainFiles(path: string): Promise<void> {
  for (const entry of await entriesOf(path)) if (OWN_FILES.has(entry.name)) refuseOther(path, entry);
  const database = join(path, 'db');
  if (!(await isDirectory(database))) return;
  for (const entry of await entriesOf(database)) {
    if (entry.name === MARK_FILE || FILES_OF_DATABASE.test(entry.name)) refuseOther(database, entry);
  }
}

async function entriesOf(path: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, 'cannot read', path);
  }
}

/** The database may lie elsewhere, behind a link. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return true;
    throw refusal(path, kindOf(found), 'a directory');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw fileError(error, 'cannot read', path);
  }
}

function refuseOther(directory: string, entry: Dirent): void {
  if (!entry.isFile()) throw refusal(join(directory, entry.name), kindOf(entry), 'a file');
}

function refusal(path: string, found: string, expected: string): StorageError {
  return new StorageError(
    'format',
    `${path} is ${found}, expected ${expected}. Nothing was changed: somebody put it there; move it away, or give another data directory`,
  );
}
