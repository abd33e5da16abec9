import type { StoreObserver } from './observer';

/** From here on etcd warns too. */
const SLOW_MS = 1000;
/** Or so many heartbeats, if they are that far apart: what they do not notice is no trouble. */
const SLOW_HEARTBEATS = 5;
/** A slow disk is slow for hours. */
const WARNING_INTERVAL_MS = 30_000;

export interface SlowDiskLogger {
  warn(fields: object, message: string): void;
}

/** Passes everything on, and warns when batches take long to be on the disk: writes and elections wait for them. */
export class SlowDisk implements StoreObserver {
  private warnedMs = Number.NEGATIVE_INFINITY;
  private slow = 0;
  private longestMs = 0;
  private readonly slowMs: number;

  constructor(
    private readonly inner: StoreObserver,
    private readonly logger: SlowDiskLogger,
    heartbeatIntervalMs: number,
  ) {
    this.slowMs = Math.max(SLOW_MS, SLOW_HEARTBEATS * heartbeatIntervalMs);
  }

  nowMs(): number {
    return this.inner.nowMs();
  }

  batchWritten(elapsedMs: number, synced: boolean, withRows: boolean): void {
    this.inner.batchWritten(elapsedMs, synced, withRows);
    if (synced && elapsedMs >= this.slowMs) this.note(elapsedMs);
  }

  stateAdopted(elapsedMs: number): void {
    this.inner.stateAdopted(elapsedMs);
  }

  private note(elapsedMs: number): void {
    this.slow++;
    this.longestMs = Math.max(this.longestMs, elapsedMs);
    const nowMs = this.nowMs();
    if (nowMs - this.warnedMs < WARNING_INTERVAL_MS) return;
    const { slow, slowMs, longestMs } = this;
    this.warnedMs = nowMs;
    this.slow = 0;
    this.longestMs = 0;
    this.logger.warn(
      { durationMs: Math.round(elapsedMs), expectedMs: slowMs, slowWrites: slow, longestMs: Math.round(longestMs) },
      `slow disk: a write took ${Math.round(elapsedMs)} ms to be safe, expected less than ${slowMs}; ` +
        `${slow} since the last warning, the longest ${Math.round(longestMs)} ms. ` +
        'Give the data directory a faster disk or one of its own; see etcd_disk_wal_fsync_duration_seconds',
    );
  }
}
