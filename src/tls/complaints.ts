/** Log lines about connections that cannot be served: whoever sends many must not fill the log. */
import type { Logger } from 'pino';
import type { Clock } from '../platform/clock';

const INTERVAL_MS = 30_000;
/** Kinds come from this program and from OpenSSL's list of errors; should that ever not hold, memory stays bounded. */
const KINDS_MAX = 100;

/** One line of a kind in 30 seconds; the next one says how many were left out. */
export class Complaints {
  private readonly kinds = new Map<string, { writtenAtMs: number; suppressed: number }>();

  constructor(
    private readonly log: Pick<Logger, 'warn'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /** @param from the address of one of those it is about */
  write(kind: string, from: string | undefined, message: string): void {
    const nowMs = this.clock.monotonicMs();
    const known = this.kinds.get(kind);
    if (known !== undefined && nowMs - known.writtenAtMs < INTERVAL_MS) {
      known.suppressed += 1;
      return;
    }
    if (this.kinds.size >= KINDS_MAX) this.kinds.clear();
    this.kinds.set(kind, { writtenAtMs: nowMs, suppressed: 0 });
    const suppressed = known?.suppressed ?? 0;
    this.log.warn(suppressed === 0 ? { from } : { from, suppressed }, message);
  }
}
