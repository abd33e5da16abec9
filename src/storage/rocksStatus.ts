/** Turns what RocksDB says (a status printed as text, the only thing the binding passes on) into a StorageError. */
import { messageOf } from '../platform/errorMessage';
import { corrupt, StorageError } from './errors';

/** The answer of a `get` for a key that is not there. */
export function isNotFound(error: unknown): boolean {
  return messageOf(error).startsWith('NotFound');
}

/** `doing` is a clause such as "writing", `path` the database's directory. */
export function storageErrorOf(error: unknown, doing: string, path: string): StorageError {
  // RocksDB puts what it did behind what happened without a blank.
  const status = messageOf(error)
    .trim()
    .replace(/(?<=[a-z])(?=While )/, ': ');
  if (/No space left on device|Disk quota exceeded|space limit/i.test(status)) {
    return new StorageError(
      'full',
      `no space left for ${path} (${doing}: ${status}). Make room and start the member again.`,
      error,
    );
  }
  if (/^Corruption|checksum mismatch/i.test(status)) return corrupt(`${doing} ${path}: ${status}`, error);
  if (/lock/i.test(status) && /Resource temporarily unavailable|No locks available/.test(status)) {
    return new StorageError('locked', `${path} is in use by another process (${status})`, error);
  }
  if (/Permission denied|Operation not permitted|Read-only file system/.test(status)) {
    return new StorageError('permission', `no permission for ${path} (${doing}: ${status})`, error);
  }
  return new StorageError('io', `${doing} ${path} failed: ${status}. The member must not go on with this disk.`, error);
}
