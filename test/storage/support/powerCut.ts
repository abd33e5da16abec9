/** What crashes leave of a log file, where not everything was synced. */

/** In [0, 1). */
export type Chance = () => number;

export interface WrittenLog {
  readonly bytes: Buffer;
  /** What was synced ends here. */
  readonly syncedTo: number;
  /** Where the writes behind it end, in order; the last one is the end of the file. */
  readonly writeEnds: readonly number[];
}

const SECTOR_BYTES = 512;
const PAGE_BYTES = 4096;

/**
 * The power failed. What was synced is there. Of what was only handed over, any page may be on the disk or not, or as it was
 * when an earlier write had reached it, and the file may be as short as it was after any of the writes.
 */
export function afterPowerCut({ bytes, syncedTo, writeEnds }: WrittenLog, chance: Chance): Buffer {
  const ends = [syncedTo, ...writeEnds];
  const size = chance() < 0.5 ? bytes.length : pick(ends, chance);
  const left = Buffer.from(bytes.subarray(0, size));
  const pageBytes = pick([SECTOR_BYTES, PAGE_BYTES], chance);
  const lossRate = pick([0.1, 0.4, 0.8, 1], chance);
  for (let page = syncedTo - (syncedTo % pageBytes); page < size; page += pageBytes) {
    if (chance() >= lossRate) continue;
    const end = Math.min(size, page + pageBytes);
    const reached = ends.filter((at) => at >= page && at < end);
    const from = chance() < 0.5 || reached.length === 0 ? page : pick(reached, chance);
    left.fill(0, Math.max(from, syncedTo), end);
  }
  return left;
}

/** Only the process died, in the middle of a write, of which some first part is there. */
export function afterKill({ bytes, writeEnds, syncedTo }: WrittenLog, chance: Chance): Buffer {
  const begun = writeEnds.at(-2) ?? syncedTo;
  return bytes.subarray(0, bytes.length - Math.floor(chance() * (bytes.length - begun + 1)));
}

/**
 * The last write found the disk full at one of its borders. When the database was closed there was room again, and all of the
 * write went behind the part that was there already; then the file was cut to the length that it would have had.
 */
export function afterFullDisk({ bytes, writeEnds, syncedTo }: WrittenLog, chance: Chance): Buffer {
  const begun = writeEnds.at(-2) ?? syncedTo;
  const borders: number[] = [];
  for (let at = begun - (begun % SECTOR_BYTES) + SECTOR_BYTES; at < bytes.length; at += SECTOR_BYTES) borders.push(at);
  if (borders.length === 0) return bytes.subarray(0, begun);
  const border = pick(borders, chance);
  if (chance() < 0.5) return bytes.subarray(0, border);
  return Buffer.concat([bytes.subarray(0, border), bytes.subarray(begun)]).subarray(0, bytes.length);
}

function pick<T>(items: readonly T[], chance: Chance): T {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** The disk has lost a sector of what it had said is safe: of the first `length` bytes, of which some are not zero. */
export function loseSector(bytes: Buffer, length: number, chance: Chance): Buffer {
  const sectors = Array.from({ length: Math.ceil(length / SECTOR_BYTES) }, (_, at) => at * SECTOR_BYTES);
  const endOf = (sector: number): number => Math.min(sector + SECTOR_BYTES, length);
  const written = sectors.filter((sector) => bytes.subarray(sector, endOf(sector)).some((byte) => byte !== 0));
  const sector = pick(written, chance);
  return Buffer.from(bytes).fill(0, sector, endOf(sector));
}
