/** What the engine says about itself. */

export interface EngineStatistics {
  /** Table files that are in use. */
  readonly tableBytes: number;
  /** What would be left of the tables after a compaction of all of them; an estimate. */
  readonly liveBytes: number;
  readonly memtableBytes: number;
  /** What has to be rewritten until all levels have the size they should have; an estimate. */
  readonly pendingCompactionBytes: number;
  readonly runningCompactions: number;
  readonly runningFlushes: number;
  /** Tables of level 0: many of them mean that compaction does not keep up. */
  readonly level0Files: number;
  readonly blockCacheBytes: number;
  /** Writes have to wait until compaction has caught up. */
  readonly writesStopped: boolean;
}

/** @param property the engine's own name of a number, without its prefix; NaN if it does not know it */
export function readEngineStatistics(property: (name: string) => number): EngineStatistics {
  const number = (name: string): number => {
    const value = property(name);
    return Number.isFinite(value) ? value : 0;
  };
  return {
    tableBytes: number('live-sst-files-size'),
    liveBytes: number('estimate-live-data-size'),
    memtableBytes: number('size-all-mem-tables'),
    pendingCompactionBytes: number('estimate-pending-compaction-bytes'),
    runningCompactions: number('num-running-compactions'),
    runningFlushes: number('num-running-flushes'),
    level0Files: number('num-files-at-level0'),
    blockCacheBytes: number('block-cache-usage'),
    writesStopped: number('is-write-stopped') !== 0,
  };
}
