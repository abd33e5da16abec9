import { failure, success } from './result';
import type { Result } from './result';
import { quote } from './text';

const TRUE = new Set(['1', 't', 'true']);
const FALSE = new Set(['0', 'f', 'false']);

/** Reads the spellings of Go's ParseBool, in any case (row 48 of the table of differences between the eras). */
export function parseBoolean(text: string): Result<boolean> {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return success(true);
  if (FALSE.has(word)) return success(false);
  return failure(`${quote(text)} is neither true nor false; write true or false`);
}
