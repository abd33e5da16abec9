import type { Entry } from '../raft/types';
import { LOG_BYTES_MAX } from './settings';

/** The log is cut in steps of this many entries, so that cutting is a small part of any turn. */
const STEP = 256;

/**
 * Decides up to where the log may be forgotten (design section 2: there is no stop-the-world snapshot; compaction just
 * deletes old log rows). It keeps `keep` entries behind the applied index for followers that are behind, or fewer if those
 * are so large that they would fill the memory.
 */
export class Compaction {
  /** Index and size of what is in the log, oldest first; only entries of one step or more are cut at a time. */
  private readonly sizes: number[] = [];
  private bytes = 0;
  /** The index up to which the log is already cut. */
  private compacted = 0;

  /**
   * @param keep entries that stay behind the applied index
   * @param bytesMax bytes of log kept in memory
   */
  constructor(
    private readonly keep: number,
    private readonly bytesMax = LOG_BYTES_MAX,
  ) {}

  /** Entries that are being written; a truncated suffix is forgotten first. */
  stored(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    for (const size of this.sizes.splice(first.index - this.compacted - 1)) this.bytes -= size;
    for (const entry of entries) {
      const size = entry.kind === 'noop' ? 0 : entry.data.length;
      this.sizes.push(size);
      this.bytes += size;
    }
  }

  /** The log begins after `compacted`, with these entries: the member was started, or received a state. */
  restart(compacted: number, entries: readonly Entry[]): void {
    this.compacted = compacted;
    this.sizes.length = 0;
    this.bytes = 0;
    this.stored(entries);
  }

  /**
   * The index to compact to, if it is time. Never beyond `durable`, the applied index that is stored with its rows
   * (design section 4), and not beyond `limit` unless the log is too large.
   */
  due(durable: number, limit: number): number | undefined {
    let target = Math.min(durable - this.keep, limit);
    if (this.bytes > this.bytesMax) target = Math.max(target, this.indexThatFits(durable));
    const count = Math.min(target - this.compacted, this.sizes.length);
    if (count < STEP && (count <= 0 || this.bytes <= this.bytesMax)) return undefined;
    for (const size of this.sizes.splice(0, count)) this.bytes -= size;
    this.compacted += count;
    return this.compacted;
  }

  private indexThatFits(durable: number): number {
    let bytes = this.bytes;
    let index = this.compacted;
    for (const size of this.sizes) {
      if (index >= durable || bytes <= this.bytesMax / 2) break;
      bytes -= size;
      index++;
    }
    return index;
  }
}
