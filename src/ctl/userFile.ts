/** A user in a file, where a password is seen by fewer than on a command line. */
import { statSync } from 'node:fs';
import { readPlainFileSync } from '../platform/plainFile';
import { whyUnreadable } from './whyUnreadable';

interface UserFile {
  readonly option: string;
  readonly path: string;
}

/** A sentence if others than the owner and its group may read the file, or others than the owner change it, as of a key. */
function doubtOf({ option, path }: UserFile): string | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o027) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return `${option} ${path}: other users of this machine may read or change the password (mode ${octal}); chmod 600 it`;
}

/** `NAME:PASSWORD`. @throws Error, in words that show nothing of it */
export function readUserFile(file: UserFile, warn: (text: string) => void): string {
  const { option, path } = file;
  let text: string;
  try {
    text = readPlainFileSync(path);
  } catch (error) {
    throw new Error(`${option} ${path} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
  const user = text.replace(/\r?\n$/, '');
  if (user.indexOf(':') <= 0 || user.includes('\n')) {
    throw new Error(`${option} ${path} does not hold one line like NAME:PASSWORD`);
  }
  const doubt = doubtOf(file);
  if (doubt !== undefined) warn(`Warning: ${doubt}`);
  return user;
}
