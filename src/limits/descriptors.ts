/**
 * How the file descriptors of the process are shared out. Clients can open as many connections as they like; without a
 * share of its own the database could not open its next file, and the member would have to end.
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
}

/** Links between members with their handshakes, listeners, write-ahead logs, monitoring, discovery, the runtime itself. */
const RESERVED = 128;
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
  const clients = limit - RESERVED - tableFiles;
  const waiting = Math.min(WAITING_MAX, Math.ceil(clients * WAITING_SHARE));
  return { limit, tableFiles, served: clients - waiting, waiting };
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
