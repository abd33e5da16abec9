import type { AuthState } from '../../src/machine/auth/authState';
import type { KeyEvent, NodeView } from '../../src/machine/keyspace/event';
import type { Machine } from '../../src/machine/machine';
import type { TreeNode } from '../../src/machine/keyspace/node';
import { encodeNode } from '../../src/machine/keyspace/nodeRow';
import type { RowTable } from '../../src/machine/rows';

const PRIME = 0x01000193;

/** One row as a number below 2^52; the digest of a state is the sum of its rows, whatever their order. */
export function rowDigest(table: RowTable, key: string, value: string): number {
  let low = 0x811c9dc5 ^ table.charCodeAt(0);
  let high = 0x01234567 ^ table.charCodeAt(1);
  for (let at = 0; at < key.length; at++) {
    low = Math.imul(low ^ key.charCodeAt(at), PRIME);
    high = Math.imul(high + key.charCodeAt(at), 0x85ebca6b) ^ (high >>> 13);
  }
  for (let at = 0; at < value.length; at++) {
    low = Math.imul(low ^ value.charCodeAt(at), PRIME);
    high = Math.imul(high + value.charCodeAt(at), 0xc2b2ae35) ^ (high >>> 15);
  }
  return (low >>> 0) + ((high >>> 0) & 0xfffff) * 2 ** 32;
}

/** Sums of row digests stay exact: they are kept below 2^52. */
export function addDigest(sum: number, digest: number): number {
  const total = sum + digest;
  return total >= 2 ** 52 ? total - 2 ** 52 : total;
}

export function subtractDigest(sum: number, digest: number): number {
  const total = sum - digest;
  return total < 0 ? total + 2 ** 52 : total;
}

/** The digest of everything a machine holds but its history, read from its own tree and not from rows. */
export function digestOf(machine: Machine): number {
  let sum = 0;
  const pending: TreeNode[] = [...machine.keySpace.tree.root.children];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    sum = addDigest(sum, rowDigest('node', node.path, String(encodeNode(node))));
    if (node.dir) pending.push(...node.children);
  }
  const { cluster, keySpace } = machine;
  sum = addDigest(sum, textDigest('member', JSON.stringify(cluster.members())));
  sum = addDigest(sum, textDigest('member', [...cluster.removedIds()].sort().join()));
  sum = addDigest(sum, authDigest(machine.auth));
  return addDigest(sum, textDigest('meta', `${keySpace.index} ${cluster.version} ${cluster.level}`));
}

/** The digest of users and roles, as whoever is asked would show them. */
export function authDigest({ settings, users, roles }: AuthState): number {
  return textDigest(
    'meta',
    JSON.stringify([settings, users, roles.map(({ name, permissions }) => [name, permissions])]),
  );
}

export function textDigest(table: RowTable, text: string): number {
  return rowDigest(table, text, '');
}

/** An event as text, for comparing what members say of the same index. */
export function eventText(event: KeyEvent | undefined): string {
  if (event === undefined) return '-';
  const { action, node, prevNode, etcdIndex, refresh } = event;
  return `${etcdIndex} ${action}${refresh ? ' refresh' : ''} ${viewText(node)} was ${viewText(prevNode)}`;
}

function viewText(view: NodeView | undefined): string {
  if (view === undefined) return '-';
  const { key, value, dir, createdIndex, modifiedIndex, expirationMs } = view;
  return `${key}${dir ? '/' : ''}=${value ?? '-'}@${createdIndex},${modifiedIndex},${expirationMs ?? '-'}`;
}
