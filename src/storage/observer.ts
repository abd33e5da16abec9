/** Told how long the member's store takes. Called for every batch: it has to be quick, and may not throw. */
export interface StoreObserver {
  /** Milliseconds of a clock that never goes back. */
  nowMs(): number;
  /** A batch was taken by the engine. `synced`: it has log entries or hard state and is on disk; `withRows`: it has rows. */
  batchWritten(elapsedMs: number, synced: boolean, withRows: boolean): void;
  /** The change over to a received state is on disk. */
  stateAdopted(elapsedMs: number): void;
}
