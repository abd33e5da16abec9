/** Why a data directory could not be prepared, where the system's own words mislead. */
import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../platform/errorCode';
import { StorageError } from './errors';
import { fileError } from './fileError';

/**
 * @param existed the directory itself was there, and empty
 */
export async function whyUnusable(error: unknown, path: string, existed: boolean): Promise<StorageError> {
  const code = codeOf(error);
  if (existed) return fileError(error, 'cannot write in', path);
  if (isNotAllowed(code)) {
    const said = error instanceof Error ? error.message : String(error);
    return new StorageError(
      'permission',
      `cannot create ${path}: ${said}; give a directory that this user may write to with --data-dir, or let the user write to ${dirname(path)}`,
      error,
    );
  }
  if (code !== 'EEXIST' && code !== 'ENOENT') return fileError(error, 'cannot create', path);
  const dangling = await danglingLink(path);
  if (dangling !== undefined) {
    const what = dangling === path ? `the data directory ${path}` : `${dangling}, above the data directory ${path},`;
    return new StorageError(
      'format',
      `${what} is a symbolic link that points nowhere: create the directory it is to point to, or correct the link`,
      error,
    );
  }
  if (code !== 'ENOENT') return fileError(error, 'cannot create', path);
  return new StorageError(
    'format',
    `cannot create ${path}: ENOENT, nothing can be created in a file system such as this one; give a directory on a disk`,
    error,
  );
}

function isNotAllowed(code: string | undefined): boolean {
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
}

/** The link at `path` or above it that leads to nothing. */
async function danglingLink(path: string): Promise<string | undefined> {
  const isLink = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink && (await leadsNowhere(path))) return path;
  const parent = dirname(path);
  return parent === path ? undefined : danglingLink(parent);
}

function leadsNowhere(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => codeOf(error) === 'ENOENT',
  );
}
