/** What the first and the last record of a snapshot's file say: JSON, so that later versions can say more. */
import { fieldsOf, isCount, isDateMs, isId, parseJson } from './jsonFields';

/** A member of the cluster when the snapshot was taken. */
export interface SnapshotMember {
  readonly id: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
}

export interface SnapshotHeader {
  readonly clusterId: string;
  /** Who gave it. */
  readonly memberId: string;
  readonly memberName: string;
  /** The entry of the log up to which the state is, and its term. */
  readonly index: number;
  readonly term: number;
  /** When it was taken, by the clock of the member: milliseconds since 1970. */
  readonly takenAtMs: number;
  readonly voters: readonly string[];
  readonly learners: readonly string[];
  readonly members: readonly SnapshotMember[];
  /** Keys and directories, about: some may have come or gone between the count and the state. The totals say it exactly. */
  readonly keysAbout: number;
  /** Nothing acknowledged before it was asked for is missing. False: it was taken without asking the others. */
  readonly isLinearizable: boolean;
}

export interface SnapshotTotals {
  /** Parts of the state, and the bytes of their bodies. */
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly rows: number;
  /** Keys and directories. */
  readonly keys: number;
  /** Of everything before this record, in hexadecimal. */
  readonly sha256: string;
}

/** From here no cluster ever counts elections. */
const TERM_MAX = 2 ** 47;

const SHA256 = /^[0-9a-f]{64}$/;

export function encodeJson(value: SnapshotHeader | SnapshotTotals): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Undefined for what is none. What it has besides, a later version may have put there. */
export function decodeHeader(body: Uint8Array): SnapshotHeader | undefined {
  const fields = fieldsOf(parseJson(body));
  if (fields === undefined) return undefined;
  const { clusterId, memberId, memberName, index, term, takenAtMs, voters, learners, members } = fields;
  const { keysAbout, isLinearizable } = fields;
  if (!isId(clusterId) || !isId(memberId) || typeof memberName !== 'string') return undefined;
  if (!isCount(index) || !isCount(term) || !isDateMs(takenAtMs) || !isCount(keysAbout)) return undefined;
  if (term > TERM_MAX) return undefined;
  if (typeof isLinearizable !== 'boolean' || !isListOf(isId, voters) || !isListOf(isId, learners)) return undefined;
  if (!isListOf(isMember, members)) return undefined;
  return {
    ...{ clusterId, memberId, memberName, index, term, takenAtMs, voters, learners, keysAbout, isLinearizable },
    members: members.map(({ id, name, peerURLs, clientURLs }) => ({ id, name, peerURLs, clientURLs })),
  };
}

/** Undefined for what is none. */
export function decodeTotals(body: Uint8Array): SnapshotTotals | undefined {
  const fields = fieldsOf(parseJson(body));
  if (fields === undefined) return undefined;
  const { chunks, chunkBytes, rows, keys, sha256 } = fields;
  if (!isCount(chunks) || !isCount(chunkBytes) || !isCount(rows) || !isCount(keys)) return undefined;
  return typeof sha256 === 'string' && SHA256.test(sha256) ? { chunks, chunkBytes, rows, keys, sha256 } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isMember(value: unknown): value is SnapshotMember {
  const fields = fieldsOf(value);
  if (fields === undefined || !isId(fields['id']) || !isText(fields['name'])) return false;
  return isListOf(isText, fields['peerURLs']) && isListOf(isText, fields['clientURLs']);
}

function isListOf<T>(is: (value: unknown) => value is T, value: unknown): value is T[] {
  return Array.isArray(value) && value.every(is);
}
