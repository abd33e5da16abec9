/** The number of a run of a member, by which what it numbers is told from what another run did. */
import { put, type Kv } from './kv';
import { RUN_KEY } from './layout';
import { decodeNumber, encodeNumber } from './recordCodec';

/** Each data directory begins to count somewhere else; all of it stays an exact integer. */
const FIRST_RUNS = 2 ** 32;
const RUNS_OF_ONE_DIRECTORY = 2 ** 20;
/** The next run is up to so many further: a copy of a directory goes on with another number than the directory did. */
const RUN_STEP = 2 ** 16;

/**
 * More than the last, and durable before it is answered, so that what one run numbered is never taken for another's. By how much more is drawn,
 * because an older copy of the directory may have been put back, and the runs since then are in the log of the others. Where there was
 * none it is drawn, too: a member whose disk was lost cannot count on from it.
 *
 * @param random in [0, 1)
 */
export async function nextRun(kv: Pick<Kv, 'get' | 'batch'>, random: () => number = Math.random): Promise<number> {
  const stored = await kv.get(RUN_KEY);
  const run =
    stored === undefined
      ? Math.floor(random() * FIRST_RUNS) * RUNS_OF_ONE_DIRECTORY
      : decodeNumber('run', stored) + 1 + Math.floor(random() * RUN_STEP);
  await kv.batch([put(RUN_KEY, encodeNumber('run', run))], { sync: true });
  return run;
}
