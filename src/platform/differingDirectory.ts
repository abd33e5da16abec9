/**
 * A data directory whose state was found to be another one than the majority's. The member that finds it out marks it, nobody
 * serves from it again, and it is never deleted: what is wrong with it may be worth knowing.
 */
import { access, rename } from 'node:fs/promises';
import { behindLinks, keepLinked } from './behindLinks';

/** The mark: a file in the data directory. */
export const DIFFERING_FILE = 'STATE-DIFFERS';

/** More were hardly looked at; an operator who keeps so many has another problem. */
const ASIDE_MAX = 1000;

/**
 * Renames the directory to the first free `DIRECTORY.differs-N`, in one step, and answers that name. Rejects with the error of
 * the file system, such as EBUSY if the directory is a mount point.
 */
export async function moveAside(directory: string): Promise<string> {
  const place = await behindLinks(directory);
  for (let number = 1; number <= ASIDE_MAX; number++) {
    const aside = `${place}.differs-${number}`;
    if (await exists(aside)) continue;
    await rename(place, aside);
    await keepLinked(directory, place);
    return aside;
  }
  throw new Error(`${place}.differs-1 to ${ASIDE_MAX} are there already; remove those that nobody needs`);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
