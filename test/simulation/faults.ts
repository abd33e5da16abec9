/** Everything that can go wrong in a simulation. Each is counted where it takes effect, not where it is planned. */
export const FAULT_KINDS = [
  'message lost',
  'message doubled',
  'message reordered',
  'delay spike',
  'link clogged',
  'partition symmetric',
  'partition one-way',
  'partition partial',
  'message cut off',
  'crash',
  'crash at submit',
  'crash with a write in flight',
  'crash in the sync of earlier writes',
  'crash right after a write',
  'torn write kept',
  'torn write lost',
  'unsynced writes lost',
  'torn end of the log cut',
  'hole in unsynced writes cut',
  'failed write kept',
  'synced page lost, start refused',
  'disk full',
  'disk error',
  'disk slow',
  'process paused',
  'member wrongly thought gone',
  'clock skew',
  'clock jump forward',
  'clock jump back',
  'data lost and member replaced',
  'founder lost its disk',
  'beginner lost its disk',
  'member added',
  'member promoted',
  'member removed',
  'leader removed',
  'leadership transferred',
  'log compacted',
  'state streamed',
  'state stream cut',
  'rolling restart',
  'restart',
  'leader changed',
  'newcomer leads, unknown to somebody',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export class FaultCounts {
  private readonly counts: Map<FaultKind, number>;

  constructor(entries: Iterable<readonly [FaultKind, number]> = []) {
    this.counts = new Map(entries);
  }

  count(kind: FaultKind, by = 1): void {
    this.counts.set(kind, this.of(kind) + by);
  }

  of(kind: FaultKind): number {
    return this.counts.get(kind) ?? 0;
  }

  addAll(other: FaultCounts): void {
    for (const kind of FAULT_KINDS) this.count(kind, other.of(kind));
  }

  get entries(): [FaultKind, number][] {
    return [...this.counts];
  }

  get missing(): FaultKind[] {
    return FAULT_KINDS.filter((kind) => this.of(kind) === 0);
  }
}
