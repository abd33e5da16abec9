import type { PeerLogger } from './environment';

/** What a line is about; lines of one kind about one peer share a limit. */
export type LogKind =
  | 'dial'
  | 'starting'
  | 'tls'
  | 'clusterMismatch'
  | 'foundationMismatch'
  | 'memberMismatch'
  | 'unknownMember'
  | 'removed'
  | 'unconfirmed'
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
/** Names of one kind that get a line of their own in an interval: more peers than a cluster has. */
const NAMES_MAX = 20;

interface Kind {
  readonly sinceMs: number;
  names: number;
  suppressed: number;
}

interface Line {
  readonly writtenAtMs: number;
  suppressed: number;
}

/**
 * Log lines about peers: at most one of a kind and peer, and of a kind about 20 peers, in 30 seconds; the next one says how many
 * were left out.
 */
export class LogLines {
  private readonly lines = new Map<string, Line>();
  private readonly kinds = new Map<LogKind, Kind>();

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
    const ofKind = this.kindAt(kind, nowMs);
    if (ofKind.names >= NAMES_MAX) {
      ofKind.suppressed += 1;
      return;
    }
    ofKind.names += 1;
    if (this.lines.size >= LINES_MAX) this.lines.clear();
    this.lines.set(key, { writtenAtMs: nowMs, suppressed: 0 });
    const suppressed = (line?.suppressed ?? 0) + ofKind.suppressed;
    ofKind.suppressed = 0;
    this.logger[level](suppressed === 0 ? { peer } : { peer, suppressed }, message);
  }

  private kindAt(kind: LogKind, nowMs: number): Kind {
    const found = this.kinds.get(kind);
    if (found !== undefined && nowMs - found.sinceMs < INTERVAL_MS) return found;
    const next = { sinceMs: nowMs, names: 0, suppressed: found?.suppressed ?? 0 };
    this.kinds.set(kind, next);
    return next;
  }
}
