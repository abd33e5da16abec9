/** A file system error as a StorageError. */
import { codeOf } from '../platform/errorCode';
import { messageOf } from '../platform/errorMessage';
import { StorageError } from './errors';
import type { StorageErrorKind } from './errors';

const KIND_OF_CODE: ReadonlyMap<string, StorageErrorKind> = new Map<string, StorageErrorKind>([
  ['EACCES', 'permission'],
  ['EPERM', 'permission'],
  ['EROFS', 'permission'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['ENOTDIR', 'format'],
  ['EEXIST', 'format'],
]);

/** `what` is a clause such as "cannot create", which `path` follows. */
export function fileError(error: unknown, what: string, path: string): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(KIND_OF_CODE.get(codeOf(error) ?? '') ?? 'io', `${what} ${path}: ${messageOf(error)}`, error);
}
