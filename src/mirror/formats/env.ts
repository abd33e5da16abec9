/** Variables of the environment: NAME=VALUE, one a line, as POSIX shells read them, and mostly readers that know less of quotes. */
import { keyWords, RefusedListingError, type Entry } from '../listing';
import { namedEntries } from './names';

/** These mean themselves to every reader, also to those that know no quotes (`docker run --env-file`). */
const PLAIN = /^[\w./:@%+,=-]*$/;

/**
 * `db/max-size` is DB_MAX_SIZE. Values stand in single quotes where they need any, and in double ones if they have single ones in them.
 *
 * @throws RefusedListingError if two keys come to the same name, and for a NUL byte
 */
export function envText(entries: readonly Entry[], namePrefix: string): string {
  const variables = namedEntries(entries, ({ path }) => variableName(path, namePrefix), 'variable');
  return variables.map(([name, entry]) => `${name}=${quoted(entry)}\n`).join('');
}

function variableName(path: readonly string[], namePrefix: string): string {
  const name = namePrefix + path.join('_').replace(/\W/gu, '_').toUpperCase();
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

function quoted(entry: Entry): string {
  const { value } = entry;
  if (value.includes('\0')) {
    throw new RefusedListingError(`the value of ${keyWords(entry)} has a NUL byte in it, which no variable can hold`);
  }
  if (PLAIN.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, String.raw`\$&`)}"`;
}
