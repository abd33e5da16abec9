/**
 * A data directory whose state was found to be another one than the majority's. The member that finds it out marks it, nobody
 * serves from it again, and it is never deleted: what is wrong with it may be worth knowing.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { keepLinked } from './behindLinks';
import { exchangeDirectory, placeOf } from './exchangeDirectory';
import { exists } from './exists';
import { noteText } from './noteFile';
import { readPlainFile } from './plainFile';
import { knownClusterIn, knownClusterNote, STANDBY_FILE, type KnownCluster } from './standbyFile';

/** The mark: a file in the data directory. */
export const DIFFERING_FILE = 'STATE-DIFFERS';

const EXPLANATION =
  'The state in here was found to differ from that of the majority of the members. It is not served from again.';

/** More were hardly looked at; an operator who keeps so many has another problem. */
const ASIDE_MAX = 1000;

/** The content of the mark. @param known the cluster of the member; undefined: nobody knows any more */
export function differingFileText(known: KnownCluster | undefined): string {
  return noteText(EXPLANATION, known === undefined ? {} : knownClusterNote(known));
}

/** The cluster to which the member of a marked directory belongs, if the mark says so, or the note with which it once came. Never rejects. */
export async function clusterOfMarked(directory: string): Promise<KnownCluster | undefined> {
  for (const file of [DIFFERING_FILE, STANDBY_FILE]) {
    const text = await readPlainFile(join(directory, file)).catch(() => '');
    const known = knownClusterIn(text);
    if (known !== undefined) return known;
  }
  return undefined;
}

/**
 * Renames the directory to the first free `DIRECTORY.differs-N`, and answers that name. A directory with a note of its cluster takes its place
 * where that is known: what begins there comes back to that cluster, and founds no other. Rejects with the error of the file system, such as
 * EBUSY if the directory is a mount point.
 */
export async function moveAside(directory: string, known: KnownCluster | undefined): Promise<string> {
  const place = await placeOf(directory);
  for (let number = 1; number <= ASIDE_MAX; number++) {
    const aside = `${place}.differs-${number}`;
    if (await exists(aside)) continue;
    if (known === undefined) {
      await rename(place, aside);
      await keepLinked(directory, place);
    } else {
      await exchangeDirectory(place, aside, known);
    }
    return aside;
  }
  throw new Error(`${place}.differs-1 to ${ASIDE_MAX} are there already; remove those that nobody needs`);
}
