/** Member records as rows, and cluster changes as the data of configuration entries. Both are JSON: rare, and readable. */
import { DecodeError } from '../bytes';
import { faultOfUrls } from '../commandRules';
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

const ID = /^(?:0|[1-9a-f][0-9a-f]{0,15})$/;

/** @throws DecodeError for bytes that are not a proposed change, or one that the API would not have let in */
export function decodeChange(data: Uint8Array): ProposedChange {
  const { origin, run, sequence, change } = recordOf(parse(data, 'cluster change'));
  if (!isId(origin) || !isCount(run) || !isCount(sequence)) throw new DecodeError('a cluster change of nobody');
  return { origin, run, sequence, change: checkedChange(recordOf(change)) };
}

function checkedChange({ type, id, peerURLs, learner, onlyIfLost }: Readonly<Record<string, unknown>>): ClusterChange {
  if (!isId(id)) throw new DecodeError('a cluster change without a member id');
  switch (type) {
    case 'addMember': {
      if (!isTexts(peerURLs) || typeof learner !== 'boolean') throw new DecodeError('an added member without URLs');
      const fault = faultOfUrls(peerURLs, 1);
      if (fault !== undefined) throw new DecodeError(fault);
      return { type, id, peerURLs, learner };
    }
    case 'promoteMember':
      return { type, id };
    case 'removeMember':
      // Dropped by mistake, it would make a removal of one that is to be spared while it runs.
      if (onlyIfLost !== undefined && onlyIfLost !== true) throw new DecodeError('a removal that is not clear');
      return onlyIfLost === true ? { type, id, onlyIfLost } : { type, id };
    default:
      throw new DecodeError('a cluster change of an unknown kind');
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new DecodeError('a cluster change is no record');
  return value as Readonly<Record<string, unknown>>;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Whether it is a number of things, or one that counts them. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
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
  const stored = parse(Buffer.from(value, 'latin1'), 'member row');
  if (!isStoredMember(stored)) throw new DecodeError('a member row is not a member');
  if (stored.removed) {
    cluster.restoreRemoved(id);
    return;
  }
  // Rows of before there were levels have none.
  const { name, peerURLs, clientURLs, learner, version, level } = stored;
  cluster.restore({ id, name, peerURLs, clientURLs, learner, version, level });
}

function parse(data: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    throw new DecodeError(`a ${what} is not JSON`);
  }
}

function isStoredMember(value: unknown): value is StoredMember {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get('removed') === true) return true;
  return (
    fields.get('removed') === false &&
    ['name', 'version'].every((name) => typeof fields.get(name) === 'string') &&
    ['peerURLs', 'clientURLs'].every((name) => isTexts(fields.get(name))) &&
    typeof fields.get('learner') === 'boolean' &&
    (fields.get('level') === undefined || isCount(fields.get('level')))
  );
}
