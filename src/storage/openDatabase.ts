/** Opens the database of a data directory, and says who else has it open. */
import { join } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { readPlainFile } from '../platform/plainFile';
import type { DataDirectoryOptions } from './dataDirectory';
import { StorageError } from './errors';
import type { ReportingKv } from './rocks';
import { openRocks } from './rocks';
import { isInUse } from './rocksNative';

/** Rejects with StorageError. */
export async function openDatabase(options: DataDirectoryOptions, createIfMissing: boolean): Promise<ReportingKv> {
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
