/** Properties as java.util.Properties reads them. In ASCII: older readers take the file for Latin-1. */
import type { Entry } from '../listing';
import { namedEntries } from './names';

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };

/**
 * `db/size` is db.size.
 *
 * @throws RefusedListingError if two keys come to the same name, such as `a.b` and `a/b`
 */
export function propertiesText(entries: readonly Entry[]): string {
  const properties = namedEntries(entries, ({ path }) => path.join('.'), 'property');
  return properties.map(([name, { value }]) => `${nameText(name)}=${valueText(value)}\n`).join('');
}

function nameText(name: string): string {
  return escaped(name).replace(/[ =:#!]/g, String.raw`\$&`);
}

/** Only spaces at its beginning would be lost. */
function valueText(value: string): string {
  return escaped(value).replace(/^ /, String.raw`\ `);
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/[^ -~]/g, (unit) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
