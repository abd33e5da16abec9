/** Operation counters of one member's key space, in the order in which /v2/stats/store prints them. */
export interface StoreStats {
  readonly getsSuccess: number;
  readonly getsFail: number;
  readonly setsSuccess: number;
  readonly setsFail: number;
  readonly deleteSuccess: number;
  readonly deleteFail: number;
  readonly updateSuccess: number;
  readonly updateFail: number;
  readonly createSuccess: number;
  readonly createFail: number;
  readonly compareAndSwapSuccess: number;
  readonly compareAndSwapFail: number;
  readonly compareAndDeleteSuccess: number;
  readonly compareAndDeleteFail: number;
  readonly expireCount: number;
  readonly watchers: number;
}

/** Without the reads, which change nothing and so are counted where they come from. */
export type ChangeStats = Omit<StoreStats, 'getsSuccess' | 'getsFail'>;
