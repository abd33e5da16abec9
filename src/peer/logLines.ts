import type { PeerLogger } from './environment';

/** What a line is about; lines of one kind about one peer share a limit. */
export type LogKind =
  | 'dial'
  | 'clusterMismatch'
  | 'foundationMismatch'
  | 'memberMismatch'
  | 'unknownMember'
  | 'removed'
  | 'wire'
  | 'version'
  | 'level'
  | 'clock'
  | 'health'
  | 'lostReader'
  | 'lostWriter'
  | 'establishedReader'
  | 'establishedWriter'
  | 'protocol'
  | 'full'
  | 'snapshot';

const INTERVAL_MS = 30_000;
/** The other side names itself in a handshake, so a stranger could bring ever new names. */
const LINES_MAX = 1000;

interface Line {
  readonly writtenAtMs: number;
  suppressed: number;
}

/** Log lines about peers: at most one of a kind and peer in 30 seconds; the next one says how many were left out. */
export class LogLines {
  private readonly lines = new Map<string, Line>();

  /** How many lines the limit is kept for. */
  get remembered(): number {
    return this.lines.size;
  }

  /** @param monotonicMs milliseconds since some moment, never going back */
  constructor(
    private readonly logger: PeerLogger,
    private readonly monotonicMs: () => number,
  ) {}

  /** Never throws; `message` is all a reader needs, `peer` and `suppressed` come as fields. */
  write(level: keyof PeerLogger, kind: LogKind, peer: string, message: string): void {
    const key = `${kind} ${peer}`;
    const nowMs = this.monotonicMs();
    const line = this.lines.get(key);
    if (line !== undefined && nowMs - line.writtenAtMs < INTERVAL_MS) {
      line.suppressed += 1;
      return;
    }
    if (this.lines.size >= LINES_MAX) this.lines.clear();
    this.lines.set(key, { writtenAtMs: nowMs, suppressed: 0 });
    const suppressed = line?.suppressed ?? 0;
    this.logger[level](suppressed === 0 ? { peer } : { peer, suppressed }, message);
  }
}
