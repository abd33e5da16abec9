/** Whether two sets of files are the same. */
import { createHash } from 'node:crypto';

export interface NamedContent {
  readonly path: readonly string[];
  readonly content: string | Buffer;
}

/** SHA-256 over all paths and contents, in hexadecimal; the order of the files does not count. */
export function digestOf(files: readonly NamedContent[]): string {
  const hash = createHash('sha256');
  const named = files.map(({ path, content }) => [path.join('/'), content] as const);
  for (const [name, content] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${Buffer.byteLength(name)} ${Buffer.byteLength(content)} ${name}`);
    hash.update(content);
  }
  return hash.digest('hex');
}
