/** Snapshots as etcd 0.4 wrote them. */
import { crc32 } from 'node:zlib';

const NODE = { CreatedIndex: 1, ModifiedIndex: 1, ExpireTime: '0001-01-01T00:00:00Z', ACL: '' };

export function file04(value: string): object {
  return { ...NODE, Path: '/', Value: value, Children: null };
}

export function directory04(children: Readonly<Record<string, unknown>>): object {
  return { ...NODE, Path: '/', Value: '', Children: children };
}

/** `text` behind the line with its checksum. */
export function withSum(text: string): string {
  return `${crc32(text).toString(16).padStart(8, '0')}\n${text}`;
}

export function snapshotFile04(children: Readonly<Record<string, unknown>>): string {
  const store = { Root: directory04(children), CurrentIndex: 9, CurrentVersion: 2 };
  const state = Buffer.from(JSON.stringify(store)).toString('base64');
  const peers = [{ name: 'one', connectionString: '' }];
  return withSum(JSON.stringify({ lastIndex: 9, lastTerm: 1, peers, state, path: 'snapshot/1_9.ss' }));
}
