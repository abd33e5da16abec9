/** Why a file could not be read, for people. */
import { codeOf } from '../platform/errorCode';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EISDIR: 'it is a directory',
  ENOTDIR: 'what should be a directory on its path is none',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'it is a link, or its links lead in a circle',
};

export function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : WORDS[code]) ?? (error instanceof Error ? error.message : String(error));
}
