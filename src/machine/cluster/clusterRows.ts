/** Member records as rows, and cluster changes as the data of configuration entries. Both are JSON: rare, and readable. */
import { DecodeError } from '../bytes';
import type { Row } from '../rows';
import type { ClusterChange, ClusterState, MemberRecord } from './clusterState';

type StoredMember = { readonly removed: true } | ({ readonly removed: false } & MemberRecord);

/** A change, and who waits for it (see CommandBatch). */
export interface ProposedChange {
  readonly origin: string;
  readonly run: number;
  readonly sequence: number;
  readonly change: ClusterChange;
}

export function encodeChange(proposed: ProposedChange): Buffer {
  return Buffer.from(JSON.stringify(proposed));
}

/** @throws DecodeError for bytes that are not a proposed change */
export function decodeChange(data: Uint8Array): ProposedChange {
  return parse(data, 'cluster change') as ProposedChange;
}

/** Changed members as rows; a removed member keeps a row that says so. */
export function takeMemberRows(cluster: ClusterState, rows: Row[]): void {
  for (const id of cluster.takeChanged()) {
    const record = cluster.find(id);
    const stored: StoredMember = record === undefined ? { removed: true } : { removed: false, ...record };
    rows.push({ table: 'member', key: id, value: Buffer.from(JSON.stringify(stored)).latin1Slice() });
  }
}

/** @throws DecodeError for a row that is not a member */
export function loadMemberRow(cluster: ClusterState, id: string, value: string): void {
  const stored = parse(Buffer.from(value, 'latin1'), 'member row') as StoredMember;
  if (stored.removed) {
    cluster.restoreRemoved(id);
    return;
  }
  const { name, peerURLs, clientURLs, learner, version } = stored;
  cluster.restore({ id, name, peerURLs, clientURLs, learner, version });
}

function parse(data: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    throw new DecodeError(`a ${what} is not JSON`);
  }
}
