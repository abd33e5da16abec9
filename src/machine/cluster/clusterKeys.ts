/**
 * The hidden keys under /_etcd by which clients of etcd 0.4 know the cluster (spec v0-api section 3, conflicts rows 24 and 25).
 * They follow the member list; clients can read but not write them.
 */
import { byteString } from '../../bytes/byteStrings';
import { DirectoryNode } from '../keyspace/node';
import { isBelow } from '../keyspace/path';
import type { Tree } from '../keyspace/tree';
import type { MemberInfo } from './members';

const CLUSTER = '/_etcd';
/** What the settings of the cluster are kept in; see clusterSettings.ts. */
export const CONFIG_PATH = '/_etcd/config';
const MACHINES = '/_etcd/machines';

/** What 0.4 shows for a cluster that was started without flags. */
const FIRST_CONFIG = '{"activeSize":9,"removeDelay":1800,"syncInterval":5}';

/** True if the path is kept by the cluster itself. The rest of /_etcd (the discovery registry, say) is anybody's. */
export function isClusterKey(path: string): boolean {
  return (
    path === CLUSTER ||
    path === CONFIG_PATH ||
    path === MACHINES ||
    isBelow(path, CONFIG_PATH) ||
    isBelow(path, MACHINES)
  );
}

/** Whether it is the key of a member, of which there is one for each that has a name. */
export function isMachineKey(path: string): boolean {
  return isBelow(path, MACHINES);
}

/** Brings the keys in line with the members; what changes gets `index`. Settings that are there are left alone. */
export function syncClusterKeys(tree: Tree, members: readonly MemberInfo[], index: number): void {
  const wanted = new Map<string, string>();
  for (const member of members) {
    if (member.name !== '') wanted.set(machinePath(member.name), machineValue(member));
  }
  for (const path of machinePaths(tree)) {
    const node = tree.find(path);
    if (!wanted.has(path) && node !== undefined) tree.remove(node, () => undefined);
  }
  if (tree.find(CONFIG_PATH) === undefined) put(tree, CONFIG_PATH, FIRST_CONFIG, index);
  for (const [path, value] of wanted) put(tree, path, value, index);
}

function machinePaths(tree: Tree): string[] {
  const directory = tree.find(MACHINES);
  const paths: string[] = [];
  if (directory?.dir !== true) return paths;
  for (const child of directory.children) paths.push(child.path);
  return paths;
}

function put(tree: Tree, path: string, value: string, index: number): void {
  const node = tree.find(path);
  if (node?.dir === false) {
    if (node.value !== value) tree.write(node, value, index);
    return;
  }
  const parent = tree.ensureDirectory(path.slice(0, path.lastIndexOf('/')), index);
  if (parent instanceof DirectoryNode && node === undefined) tree.addFile(path, parent, value, index);
}

/** Names are text, keys are bytes. */
function machinePath(name: string): string {
  return `${MACHINES}/${byteString(name).replaceAll('/', '_')}`;
}

/** `etcd=CLIENT&raft=PEER`, each URL query-encoded. */
function machineValue({ clientURLs, peerURLs }: MemberInfo): string {
  return `etcd=${queryEncoded(first(clientURLs))}&raft=${queryEncoded(first(peerURLs))}`;
}

/** Half a surrogate pair, which JSON lets through, is U+FFFD instead of an exception: an entry that is in the log must end no member. */
function queryEncoded(url: string): string {
  return encodeURIComponent(Buffer.from(url).toString());
}

/** Of etcd's lists of URLs, which are sorted, whatever order these are in. */
function first(urls: readonly string[]): string {
  return [...urls].sort()[0] ?? '';
}
