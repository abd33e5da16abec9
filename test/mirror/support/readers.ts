/** What programs see of a mirrored directory. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** All files through `..data`, as a reader that looks where it leads to once; undefined if it leads nowhere. */
export function seenAtOnce(directory: string): Map<string, string> | undefined {
  let generation: string;
  try {
    generation = readlinkSync(join(directory, '..data'));
  } catch {
    return undefined;
  }
  return filesBelow(join(directory, generation));
}

/** All files by the names that lie in the directory itself. */
export function seenByName(directory: string): Map<string, string> {
  const seen = new Map<string, string>();
  for (const name of readdirSync(directory).filter((each) => !each.startsWith('..'))) {
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() === true) seen.set(name, readFileSync(path, 'utf8'));
    if (found?.isDirectory() === true) for (const [below, text] of filesBelow(path)) seen.set(`${name}/${below}`, text);
  }
  return seen;
}

function filesBelow(directory: string): Map<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile() && entry.name !== '..mirror.json')
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  );
}
