/** What of a stored state goes over into a new cluster, row by row. Pure. */
import { withExpirationMoved } from '../machine/keyspace/nodeRow';
import { isClusterKey, isMachineKey } from '../machine/cluster/clusterKeys';
import type { StoredRow } from '../storage/stateChunk';

/**
 * The rows that stay. The history is of another cluster's past, and the members are others; the rows that say so are made anew.
 *
 * @param ttlShiftMs by how much later keys with a TTL go than they would have
 */
export function keptRows(rows: readonly StoredRow[], ttlShiftMs: number): StoredRow[] {
  return rows.filter(isKept).map((row) => {
    if (row.table !== 'node' || ttlShiftMs === 0) return row;
    const value = withExpirationMoved(row.value, ttlShiftMs);
    return value === row.value ? row : { ...row, value };
  });
}

/** The others, with the directories that they lie in. */
export function droppedRows(rows: readonly StoredRow[]): StoredRow[] {
  return rows.filter((row) => !isKept(row) || (row.table === 'node' && isClusterKey(row.key)));
}

function isKept({ table, key }: StoredRow): boolean {
  switch (table) {
    case 'event':
    case 'member':
      return false;
    case 'node':
      return !isMachineKey(key);
    case 'meta':
      return true;
  }
}
