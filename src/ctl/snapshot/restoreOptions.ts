/** What `cairn snapshot restore` was given, in the words of a member's options. */
import { foundingConflictOf, parseInitialCluster } from '../../config/cluster';
import { formatEndpoint, parseEndpoint } from '../../config/urls';
import type { Target } from '../../snapshot/backup/target';
import type { RestoreOptions, TtlRule } from '../../snapshot/restore';
import { UsageError, type CommandArguments } from '../arguments';
import { checkedName, memberNameOf } from './memberName';

const BUMP_MAX = 2 ** 46;
const SECONDS_END = '2026-11-27T17:05:12'.length;

/** @throws UsageError */
export function restoreOptionsOf(values: CommandArguments, nowMs: number): Omit<RestoreOptions, 'progressOf'> {
  if (!values.has('data-dir')) throw new UsageError('--data-dir is missing: the directory that the member is to have');
  const name = memberNameOf(values);
  const listed = values.has('initial-cluster') ? values.text('initial-cluster') : undefined;
  const advertised = values.has('initial-advertise-peer-urls') ? values.text('initial-advertise-peer-urls') : undefined;
  const cluster = parseInitialCluster(listed ?? listOf(name, advertised ?? 'http://localhost:2380'));
  const said = listed === undefined && advertised !== undefined ? '--initial-advertise-peer-urls' : '--initial-cluster';
  if (!cluster.ok) throw new UsageError(`${said}: ${cluster.message}`);
  for (const each of cluster.value.keys()) checkedName('initial-cluster', each);
  const own = cluster.value.get(name) ?? [];
  const conflict = foundingConflictOf(cluster.value, {
    name,
    peerUrls: advertised === undefined ? own : urlsOf(advertised),
  });
  if (conflict !== undefined) throw new UsageError(`--initial-cluster: ${conflict}`);
  return {
    dataDir: values.text('data-dir'),
    name,
    members: [...cluster.value].map(([each, urls]) => ({ name: each, peerURLs: urls.map(formatEndpoint) })),
    token: values.text('initial-cluster-token'),
    bumpIndex: bumpOf(values.text('bump-index')),
    ttl: ttlOf(values, cluster.value.size, nowMs),
    nowMs,
  };
}

function listOf(name: string, urls: string): string {
  return urls
    .split(',')
    .map((url) => `${name}=${url.trim()}`)
    .join(',');
}

function urlsOf(text: string) {
  return text.split(',').map((each) => {
    const url = parseEndpoint(each.trim(), 'advertise');
    if (url.ok) return url.value;
    throw new UsageError(`--initial-advertise-peer-urls: ${url.message}`);
  });
}

function bumpOf(text: string): number {
  const bump = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (bump >= 1 && bump <= BUMP_MAX) return bump;
  throw new UsageError(`--bump-index ${JSON.stringify(text)}: give a whole number from 1 to ${BUMP_MAX}`);
}

/** Members that are restored one after the other have to agree on the time, to the millisecond. */
function ttlOf(values: CommandArguments, members: number, nowMs: number): TtlRule {
  const kind = values.choice('ttl', ['keep-date', 'keep-left']);
  const atMs = values.has('now') ? dateOf('now', values.text('now')) : undefined;
  if (kind === 'keep-date') {
    if (atMs === undefined) return { kind };
    throw new UsageError('--now is for --ttl keep-left: leave it out');
  }
  if (atMs === undefined && members > 1) {
    throw new UsageError(
      '--now is missing: with --ttl keep-left all members have to be given the same date, such as 2026-11-27T17:05:12Z',
    );
  }
  return { kind, atMs: atMs ?? nowMs };
}

/** Which state of a backup is meant; undefined: nothing is said about it. @throws UsageError */
export function targetOf(values: CommandArguments): Target | undefined {
  const [index, time] = [values.has('at-index'), values.has('at-time')];
  if (index && time) throw new UsageError('--at-index and --at-time are two ways to say the same: give one of them');
  if (index) return { kind: 'index', index: indexOf(values.text('at-index')) };
  return time ? { kind: 'time', dateMs: dateOf('at-time', values.text('at-time')) } : undefined;
}

function indexOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(
    `--at-index ${JSON.stringify(text)}: give a whole number, as X-Etcd-Index and modifiedIndex are`,
  );
}

function dateOf(name: string, text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : NaN;
  // A day that no month has is taken for one of the next.
  if (Number.isFinite(ms) && new Date(ms).toISOString().slice(0, SECONDS_END) === text.slice(0, SECONDS_END)) return ms;
  throw new UsageError(`--${name} ${JSON.stringify(text)}: give a date like 2026-11-27T17:05:12Z`);
}
