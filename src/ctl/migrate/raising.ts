/** What is said of an index that is raised by writing: how long it takes, as measured, and what is quicker. Pure. */

/** Before that, what was measured says little. */
const MEASURED_AFTER_MS = 2000;
/** Whoever has to wait for longer is told of another way. */
const LONG_S = 600;
/** By so much a restore raises indexes if nothing is said (`--bump-index` of src/config/commands/snapshotFlags.ts). */
const BUMP_BY_DEFAULT = 1_000_000_000;
/** What a restore takes at most. */
const BUMP_MAX = 2 ** 46;

export class Raising {
  private isEstimated = false;

  /**
   * @param from - the index of the target when it began
   * @param wanted - the index that it is to have
   */
  constructor(
    private readonly from: number,
    private readonly wanted: number,
    private readonly beganAtMs: number,
  ) {}

  /** The estimate, once, as soon as there is one; undefined: nothing is to be said that was not said. */
  estimate(index: number, nowMs: number): string | undefined {
    if (this.isEstimated || nowMs - this.beganAtMs < MEASURED_AFTER_MS) return undefined;
    if (index <= this.from || index >= this.wanted) return undefined;
    this.isEstimated = true;
    const rate = Math.max(1, Math.round(this.perSecond(index, nowMs)));
    const left = this.leftS(index, nowMs);
    const first =
      `the index of the target, ${shown(index)}, has to be above that of the source before anything is copied: ` +
      `${shown(this.wanted - index)} writes, ${shown(rate)} a second here, which is about ${duration(left)}`;
    return left <= LONG_S ? first : `${first}; ${quickerWay(this.wanted)}`;
  }

  progress(index: number, nowMs: number): string {
    const left = index > this.from && index < this.wanted ? `, about ${duration(this.leftS(index, nowMs))} left` : '';
    return `raising the index of the target: ${shown(index)} of ${shown(this.wanted)}${left}`;
  }

  private perSecond(index: number, nowMs: number): number {
    return (index - this.from) / Math.max(0.001, (nowMs - this.beganAtMs) / 1000);
  }

  private leftS(index: number, nowMs: number): number {
    return (this.wanted - index) / this.perSecond(index, nowMs);
  }
}

/** Steps that can be typed. The mark that was written goes along, so that the migration goes on in what was restored. */
export function quickerWay(wanted: number): string {
  // The source goes on meanwhile: twice as much is enough for it to double.
  const bump = wanted * 2 <= BUMP_BY_DEFAULT ? '' : ` --bump-index ${Math.min(wanted * 2, BUMP_MAX)}`;
  return (
    'quicker is a restore, which raises it at once: end this with Ctrl-C, take "cairn snapshot save FILE" of the target, stop its members, ' +
    `give each a new data directory with "cairn snapshot restore FILE --data-dir DIR --name NAME${bump} ..." (docs/backup.md), start them, and run this again`
  );
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}

function duration(seconds: number): string {
  if (seconds < 1.5) return '1 second';
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
