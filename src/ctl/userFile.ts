/** A user in a file, where a password is seen by fewer than on a command line. */
import { readPlainFileSync } from '../platform/plainFile';
import { whyUnreadable } from './whyUnreadable';

/** `NAME:PASSWORD`. @throws Error, in words that show nothing of it */
export function readUserFile({ option, path }: { readonly option: string; readonly path: string }): string {
  let text: string;
  try {
    text = readPlainFileSync(path);
  } catch (error) {
    throw new Error(`${option} ${path} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
  const user = text.replace(/\r?\n$/, '');
  if (user.indexOf(':') > 0 && !user.includes('\n')) return user;
  throw new Error(`${option} ${path} does not hold one line like NAME:PASSWORD`);
}
