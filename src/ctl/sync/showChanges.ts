/** Changes as lines for people: what appears, what goes, and in longer values which lines differ. Pure. */
import { diffLines } from 'diff';
import { printable } from '../../client/json';
import type { Change } from '../keyFile/plan';

export interface ShowRules {
  /** Values may be secrets, and logs are read by many. */
  readonly namesOnly: boolean;
}

/** How much of one line is shown. */
const COLUMNS_MAX = 160;
/** Of more lines that differ nobody wants to see each. */
const EDITS_MAX = 500;
/** How many lines of one value are shown. */
const LINES_MAX = 40;

/** @param prefix under which the keys lie, without a slash at its end */
export function linesOfChange(prefix: string, change: Change, { namesOnly }: ShowRules): readonly string[] {
  const name = printable(prefix + change.key);
  switch (change.kind) {
    case 'makeDirectory':
      return [`+ ${name}/`];
    case 'removeDirectory':
      return [`- ${name}/`];
    case 'create':
      return [`+ ${name}`, ...(namesOnly ? [] : shortened(linesOf(change.value).map((line) => `    + ${line}`)))];
    case 'delete':
      return [`- ${name}`, ...(namesOnly ? [] : shortened(linesOf(change.before).map((line) => `    - ${line}`)))];
    case 'replace':
      return [`~ ${name}`, ...(namesOnly ? [] : shortened(difference(change.before, change.value)))];
  }
}

/** Only the lines that differ. */
function difference(before: string, after: string): readonly string[] {
  if (before === after) return ['    = the same value; its TTL goes'];
  // Finding the fewest lines takes the square of their number.
  const parts = diffLines(before, after, { maxEditLength: EDITS_MAX });
  if (parts === undefined) return [`    ~ ${linesOf(before).length} lines become ${linesOf(after).length} others`];
  return parts
    .filter(({ added, removed }) => added || removed)
    .flatMap(({ value, added }) => linesOf(value).map((line) => `    ${added ? '+' : '-'} ${line}`));
}

/** A line end at the end ends the last line. */
function linesOf(value: string): readonly string[] {
  return value.replace(/\n$/, '').split('\n').map(printable);
}

function shortened(lines: readonly string[]): readonly string[] {
  const shown = lines
    .slice(0, LINES_MAX)
    .map((line) => (line.length > COLUMNS_MAX ? `${line.slice(0, COLUMNS_MAX)}… (${line.length} characters)` : line));
  return lines.length > LINES_MAX ? [...shown, `    … ${lines.length - LINES_MAX} more lines`] : shown;
}
