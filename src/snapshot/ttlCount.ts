import { DecodeError } from '../machine/bytes';
import { expirationOf } from '../machine/keyspace/nodeRow';
import type { StoredRow } from '../storage/stateChunk';

/** How many keys and directories have a TTL of their own. */
export interface Ttls {
  readonly keysWithTtl: number;
  /** Of them: whose date has passed. A member drops them as soon as it leads. */
  readonly ttlsOver: number;
}

/** Counts them in a state row by row, and holds none. */
export class TtlCount implements Ttls {
  keysWithTtl = 0;
  ttlsOver = 0;

  constructor(private readonly nowMs: number) {}

  readonly add = (rows: readonly StoredRow[]): void => {
    for (const { table, value } of rows) {
      const expirationMs = table === 'node' ? endOf(value) : undefined;
      if (expirationMs === undefined) continue;
      this.keysWithTtl += 1;
      if (expirationMs <= this.nowMs) this.ttlsOver += 1;
    }
  };
}

/** What is no node has no end: to say what is wrong with a state is for who loads it. */
function endOf(row: string): number | undefined {
  try {
    return expirationOf(row);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
