/** Why a state could not be written, for people. Pure. */
import { codeOf } from '../../platform/errorCode';
import { reasonOf } from '../../platform/networkError';

const NO_ROOM = 'its disk is full; make room there, and it goes on';
const NOT_ALLOWED = 'this user may not write there; let it, and it goes on';
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EROFS: 'what it lies on is read-only; make it writable, and it goes on',
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
};
/** What is filled has another name at each try, and is reached by the number of what was opened. */
const CHANGING = /\/proc\/self\/fd\/\d+|\.\.\d{4}(?:_\d\d){5}\.\w*/g;

/** The same for the same trouble, however often it is met. */
export function whyNotWritten(error: unknown, directory: string): string {
  const code = codeOf(error) ?? '';
  const reason = REASONS[code];
  return reason === undefined ? reasonOf(error).replace(CHANGING, '...') : `${directory}: ${reason} (${code})`;
}
