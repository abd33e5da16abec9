import { readMark } from '../../src/storage/syncedMark';
import { sleep } from '../cluster/waiting';

/** The mark of the last synced write is written a tenth of a second after the write, and rows follow that. */
const PAUSE_MS = 100;
const READINGS = 8;

/**
 * Resolves when the mark of a database stands still: several readings one after the other are the same. Within one process that
 * does not depend on how busy the machine is: the timer that writes the mark is older than those of the readings, and the thread
 * that writes it is busy with nothing else for so long.
 */
export async function markStandsStill(database: string): Promise<void> {
  let before = '';
  for (let same = 0; same < READINGS;) {
    const mark = JSON.stringify(await readMark(database));
    same = mark === before ? same + 1 : 0;
    before = mark;
    await sleep(PAUSE_MS);
  }
}
