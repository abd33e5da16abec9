/**
 * The snapshot that etcd 0.4 leaves in its data directory (snapshot/TERM_INDEX.ss), as keys. Pure.
 *
 * A line with the CRC-32 (IEEE) of the rest in eight hexadecimal digits, then JSON whose `state` is the store, as JSON in base64 once more:
 * a tree of nodes, of which those with `Children` are directories (spec: etcd 2.x migrate/snapshot.go, which reads the same files).
 */
import { crc32 } from 'node:zlib';
import { isRecord } from '../../client/json';
import { KeyFileError, type Expiry, type KeyEntry } from './keyDocument';

const CHECKSUM = /^([0-9a-f]{8})\n/;
/** What etcd 0.4 kept of itself: its machines and its configuration. */
const ITS_OWN = '_etcd';
/** Go's time of nothing: such a key stays. */
const NO_EXPIRY = '0001-01-01T00:00:00Z';

/** Whether it begins as such a file does. */
export function isEtcd04Snapshot(text: string): boolean {
  return CHECKSUM.test(text);
}

/** All keys but those of etcd itself, hidden ones too; each directory before what is in it, in the order of their names. @throws KeyFileError */
export function parseEtcd04Snapshot(text: string, nowMs: number): readonly KeyEntry[] {
  const checksum = CHECKSUM.exec(text)?.[1] ?? '';
  const rest = text.slice(checksum.length + 1);
  if (crc32(rest) !== Number.parseInt(checksum, 16))
    throw new KeyFileError(
      'its checksum is wrong: this snapshot of etcd 0.4 is damaged, or was cut off; take an older one',
    );
  const snapshot = jsonOf('it', rest);
  const state = isRecord(snapshot) ? snapshot['state'] : undefined;
  if (typeof state !== 'string') throw new KeyFileError('it has no state: a snapshot of etcd 0.4 was expected');
  const store = jsonOf('its state', Buffer.from(state, 'base64').toString('utf8'));
  const root = isRecord(store) ? store['Root'] : undefined;
  if (!isRecord(root) || !isRecord(root['Children']))
    throw new KeyFileError('its state has no directory Root: a snapshot of etcd 0.4 was expected');
  return entriesBelow(root['Children'], nowMs);
}

type Children = Readonly<Record<string, unknown>>;

/** Without recursion: how deep it goes is up to the file. */
function entriesBelow(children: Children, nowMs: number): readonly KeyEntry[] {
  const entries: KeyEntry[] = [];
  const waiting = namesOf(children, '').filter(({ key }) => key !== `/${ITS_OWN}`);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { key, node } = next;
    if (!isRecord(node)) throw new KeyFileError(`${key}: a node was expected`);
    const place = { key, ...expiryOf(key, node['ExpireTime'], nowMs) };
    if (isRecord(node['Children'])) {
      entries.push({ ...place, directory: true });
      // One by one: a hundred thousand of them are more than one call takes as arguments.
      for (const each of namesOf(node['Children'], key)) waiting.push(each);
    } else {
      if (typeof node['Value'] !== 'string') throw new KeyFileError(`${key}: it has neither Value nor Children`);
      entries.push({ ...place, value: node['Value'] });
    }
  }
  return entries;
}

/** Last name first, as they are taken from the end. */
function namesOf(children: Children, above: string): { readonly key: string; readonly node: unknown }[] {
  const names = Object.keys(children).sort().reverse();
  return names.map((name) => {
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      throw new KeyFileError(`${JSON.stringify(name)} in ${above}/ is no name of a key`);
    return { key: `${above}/${name}`, node: children[name] };
  });
}

/** The file does not say when it was written: what is left is counted from now. */
function expiryOf(key: string, date: unknown, nowMs: number): { readonly expiry?: Expiry } {
  if (date === undefined || date === NO_EXPIRY) return {};
  const atMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  if (typeof date !== 'string' || Number.isNaN(atMs)) throw new KeyFileError(`${key}: ExpireTime is no date`);
  return { expiry: { ttlS: Math.max(1, Math.ceil((atMs - nowMs) / 1000)), date } };
}

function jsonOf(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KeyFileError(`${what} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
}
