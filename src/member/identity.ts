import { createHash } from 'node:crypto';

/** Ids are the first 8 bytes of a SHA-1, as unpadded hexadecimal; made as etcd makes them, so equal configuration gives equal ids. */
function idOf(bytes: string | Buffer): string {
  return createHash('sha1').update(bytes).digest().readBigUInt64BE(0).toString(16);
}

/**
 * A member's id from its peer URLs and the cluster's token.
 * @param salt set for a member that joins a running cluster, so that it never gets an id that was in use before
 */
export function memberIdOf(peerURLs: readonly string[], token: string, salt = ''): string {
  return idOf([...peerURLs].sort().join('') + token + salt);
}

/** The cluster's id from the ids of its first members. */
export function clusterIdOf(memberIds: readonly string[]): string {
  const ids = memberIds.map((id) => BigInt(`0x${id}`)).sort((a, b) => (a < b ? -1 : 1));
  const bytes = Buffer.alloc(8 * ids.length);
  ids.forEach((id, position) => bytes.writeBigUInt64BE(id, 8 * position));
  return idOf(bytes);
}

/** A digest of what founders compute by themselves: 64 bits as hexadecimal. Equal first states give equal ones. */
export function foundationOf(firstState: object): string {
  return idOf(JSON.stringify(firstState));
}
