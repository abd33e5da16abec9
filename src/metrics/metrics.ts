import { watchEventLoop } from './eventLoop';
import { exposeRow } from './exposition';
import type { Readings } from './readings';
import { Recorders } from './recorders';
import type { Row } from './row';
import { runtimeRegistry } from './runtime';
import { families } from './table';

export interface MetricsOptions {
  /** `basic` leaves out the durations of gRPC calls, as in etcd. */
  readonly detail: 'basic' | 'extensive';
  /** Adds the names of etcd 2.3. */
  readonly legacyNames: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

/** Everything but what is recorded. */
export type LookUp = () => Promise<Omit<Readings, 'recorded'>>;

/** What /metrics shows. The recorders count from the start; what is looked up comes with `connect`. */
export class Metrics {
  /** Text format 0.0.4: gauges whose names end in `_total` are not allowed in later ones. */
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly recorders: Recorders;
  private readonly rows: readonly Row[];
  private readonly runtime = runtimeRegistry();
  private readonly eventLoop: { stop(): void };
  private lookUp: LookUp | undefined;

  constructor(options: MetricsOptions) {
    this.recorders = new Recorders(options.nowMs);
    this.rows = rowsFor(options);
    this.eventLoop = watchEventLoop(this.recorders.eventLoop, options.nowMs);
  }

  connect(lookUp: LookUp): void {
    this.lookUp = lookUp;
  }

  /** Rejects if what is looked up cannot be had. */
  async metrics(): Promise<string> {
    if (this.lookUp === undefined) return '';
    const [looked, runtime] = await Promise.all([this.lookUp(), this.runtime.metrics()]);
    this.recorders.keepMembers(new Set(looked.peers.map(({ id }) => id)));
    const readings = { ...looked, recorded: this.recorders };
    return this.rows.map((row) => exposeRow(row, readings)).join('') + runtime;
  }

  stop(): void {
    this.eventLoop.stop();
  }
}

/** In the order of their names, as etcd has them. */
function rowsFor({ detail, legacyNames }: MetricsOptions): readonly Row[] {
  const wanted = families.filter(({ shown }) => {
    switch (shown) {
      case 'always':
        return true;
      case 'extensive':
        return detail === 'extensive';
      case 'legacyNames':
        return legacyNames;
    }
  });
  return wanted.flatMap(({ rows }) => rows).sort((one, other) => (one.name < other.name ? -1 : 1));
}
