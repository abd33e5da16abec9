/** After the storm: everyone has to be well and of one mind. */
import type { Cluster } from '../cluster';
import type { ClusterMember } from '../clusterMember';
import { call } from '../httpClient';
import { until } from '../waiting';
import type { KeysInUse } from './clients';
import { QUEUE, ROOT, SHORT_LIVED } from './clients';
import type { Record } from './record';
import type { Watcher } from './watcher';

const AGREE_WITHIN_MS = 30_000;
const WATCHED_WITHIN_MS = 60_000;

interface Node {
  readonly key: string;
  readonly value?: string;
  readonly modifiedIndex: number;
  readonly nodes?: readonly Node[];
}

/** Waits until the keys with a TTL are gone: what happens after the last watch has ended, nobody is told. */
export async function expireAll(cluster: Cluster): Promise<void> {
  await until('all keys with a TTL have expired', AGREE_WITHIN_MS, async () => {
    const answer = await cluster.members[0]?.get(`/v2/keys${SHORT_LIVED}?quorum=true`);
    return answer?.text.includes('"expiration"') === false || undefined;
  });
}

/** The members' trees with all indexes, once they are the same; notes a violation if they do not become so. */
export async function agree(cluster: Cluster, record: Record): Promise<string | undefined> {
  let texts: readonly string[] = [];
  const agreed = await until('all members agree', AGREE_WITHIN_MS, async () => {
    texts = await Promise.all(cluster.members.map(listing));
    return texts.every((text) => text === texts[0]) || undefined;
  }).catch(() => false);
  if (agreed) return texts[0];
  record.violation('members disagree', texts.map((text) => `${text.length} bytes, ${text.slice(0, 300)}`).join('\n'));
  return undefined;
}

/** Index and every node of a member's own tree, as of a moment at which it has caught up. */
async function listing(member: ClusterMember): Promise<string> {
  const answer = await member.get('/v2/keys/?recursive=true&sorted=true&quorum=true');
  return `${String(answer.headers['x-etcd-index'])} ${answer.text}`;
}

/** What every key is in the end counts as one more read of it, by everybody. */
export async function readAll(cluster: Cluster, keys: KeysInUse, record: Record): Promise<void> {
  const startMs = performance.now();
  const answer = await cluster.members[0]?.get(`/v2/keys${ROOT}?recursive=true&quorum=true`);
  const endMs = performance.now();
  if (answer?.status !== 200) throw new Error('the last listing failed');
  const found = new Map<string, Node>();
  collect(JSON.parse(answer.text).node as Node, found);
  const index = Number(answer.headers['x-etcd-index']);
  for (const key of new Set([...keys.all, ...found.keys()])) {
    const node = found.get(key);
    const version = node === undefined ? undefined : { value: node.value ?? '', modifiedIndex: node.modifiedIndex };
    const action = { type: 'read', key, linearizable: true } as const;
    record.operations.push({ client: 'last', action, startMs, endMs, result: { type: 'seen', index, version } });
  }
}

function collect(node: Node, found: Map<string, Node>): void {
  if (node.nodes === undefined && node.value !== undefined) found.set(node.key, node);
  for (const child of node.nodes ?? []) collect(child, found);
}

/** One last write below every watched path, which every watcher has to be told of. Answers the index of the first of them. */
export async function finishWatches(cluster: Cluster, watchers: readonly Watcher[], record: Record): Promise<number> {
  const startMs = performance.now();
  const value = 'the.end';
  const { clientPort } = await cluster.leader();
  const answer = await call(clientPort, { method: 'POST', target: `/v2/keys${QUEUE}`, form: { value } });
  const { key, modifiedIndex } = JSON.parse(answer.text).node as Node;
  const result = { type: 'written', key, index: modifiedIndex, previous: null } as const;
  const action = { type: 'append', directory: QUEUE, value } as const;
  record.operations.push({ client: 'last', action, startMs, endMs: performance.now(), result });
  for (const watcher of watchers) {
    await until(
      `${watcher.watcher} is told everything`,
      WATCHED_WITHIN_MS,
      () => watcher.reached >= modifiedIndex || undefined,
    ).catch((error: unknown) =>
      record.violation('watch stuck', `${String(error)}; it is at ${watcher.reached} of ${modifiedIndex}`),
    );
    watcher.stop();
  }
  return modifiedIndex;
}
