/**
 * How the file descriptors of the process are shared out. Anybody can open as many connections to any of its ports as he likes; without
 * a share of its own the database could not open its next file, and the member would have to end.
 */
import { readFileSync } from 'node:fs';

/** Who may have how many descriptors open. */
export interface DescriptorShares {
  /** What the operating system allows. */
  readonly limit: number;
  /** Table files that the database keeps open. */
  readonly tableFiles: number;
  /** Client connections that are served. */
  readonly served: number;
  /** Client connections that are accepted and wait until one of those ends. */
  readonly waiting: number;
  /** The same of the ports for monitoring. */
  readonly monitoring: { readonly served: number; readonly waiting: number };
  /** Connections to the peer port that have not shown to be a member's. */
  readonly strangers: number;
  /** Those of them whose TLS handshake is not done, which are beside the others. */
  readonly handshakes: number;
}

interface Bounds {
  readonly share: number;
  readonly min: number;
  readonly max: number;
}

/** Links between members, listeners, write-ahead logs, discovery, the runtime itself. */
const RESERVED: Bounds = { share: 1 / 8, min: 72, max: 128 };
/** Probes and monitoring are a handful; the others are for who floods the port, so that probes find a place among them. */
const MONITORING: Bounds = { share: 1 / 32, min: 16, max: 1024 };
const MONITORING_SERVED_SHARE = 3 / 4;
/** A handshake takes a round trip or two, and a request of somebody who is no member not much more. */
const STRANGERS: Bounds = { share: 1 / 16, min: 24, max: 256 };
const HANDSHAKES: Bounds = { share: 1 / 32, min: 16, max: 1000 };
/** More tables than any sensible store has are reopened when they are needed. */
const TABLE_FILES_MAX = 256;
const TABLE_FILES_SHARE = 1 / 4;
const WAITING_MAX = 256;
const WAITING_SHARE = 1 / 8;
/** Below this hardly a client could be served. */
const LIMIT_MIN = 192;
/** Where the system does not say; the usual default of Linux. */
const LIMIT_ASSUMED = 1024;

/** The process may open too few files to run. The message is for its operator. */
export class TooFewDescriptorsError extends Error {
  override readonly name = 'TooFewDescriptorsError';

  constructor(limit: number) {
    super(
      `this process may have only ${limit} files and connections open, and a member needs at least ${LIMIT_MIN}; raise the ` +
        'limit (`ulimit -n`, LimitNOFILE= of systemd, --ulimit nofile= of Docker); 65536 serves every purpose',
    );
  }
}

/** @param limit 0: unknown. @throws TooFewDescriptorsError */
export function shareDescriptors(limit: number): DescriptorShares {
  if (limit === 0) return shareDescriptors(LIMIT_ASSUMED);
  if (limit < LIMIT_MIN) throw new TooFewDescriptorsError(limit);
  const tableFiles = Math.min(TABLE_FILES_MAX, Math.floor(limit * TABLE_FILES_SHARE));
  const [monitoring, strangers, handshakes] = [
    within(MONITORING, limit),
    within(STRANGERS, limit),
    handshakesMax(limit),
  ];
  const clients = limit - within(RESERVED, limit) - monitoring - strangers - handshakes - tableFiles;
  const waiting = Math.min(WAITING_MAX, Math.ceil(clients * WAITING_SHARE));
  const monitored = Math.floor(monitoring * MONITORING_SERVED_SHARE);
  return {
    limit,
    tableFiles,
    served: clients - waiting,
    waiting,
    monitoring: { served: monitored, waiting: monitoring - monitored },
    strangers,
    handshakes,
  };
}

/** `handshakes` of the shares, also where there are too few for anything. @param limit 0: unknown */
export function handshakesMax(limit: number): number {
  return within(HANDSHAKES, limit === 0 ? LIMIT_ASSUMED : limit);
}

function within({ share, min, max }: Bounds, limit: number): number {
  return Math.min(max, Math.max(min, Math.floor(limit * share)));
}

/** How many descriptors this process may have open; 0 where the system does not say. Node raises its soft limit to the hard one. */
export function descriptorLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return Number(limit?.[1] ?? 0);
  } catch {
    return 0;
  }
}
