/** The options of `cairn snapshot`; which action has which is in src/ctl/snapshot/snapshot.ts. */
import type { CommandFlag } from './row';

/** For follow alone. */
export const followFlags = {
  'full-every': {
    placeholder: 'SECONDS',
    help: 'follow: time after which a full snapshot is taken again; the log goes on meanwhile.',
    default: '86400',
    bounds: { minimum: 60, maximum: 31_536_000 },
  },
  keep: {
    placeholder: 'N',
    help: 'follow: how many full snapshots are kept; older ones go, and logs that only lead to them.',
    default: '7',
    bounds: { minimum: 1, maximum: 1000 },
  },
} as const satisfies Record<string, CommandFlag>;

/** For restore alone; where a member has an option of the name it says the same. */
export const restoreFlags = {
  'data-dir': {
    placeholder: 'DIR',
    help: 'restore: the data directory of the new member. It is made; one that has data is refused.',
    default: '',
    defaultShown: 'none, it has to be given',
  },
  name: { placeholder: 'NAME', help: 'restore: name of the member.', default: 'default' },
  'initial-cluster': {
    placeholder: 'NAME=URL,...',
    help: 'restore: all members of the new cluster with their peer URLs.',
    default: '',
    defaultShown: 'this member alone',
  },
  'initial-advertise-peer-urls': {
    placeholder: 'URL,...',
    help: 'restore: peer URLs of this member.',
    default: '',
    defaultShown: 'those of the list, or http://localhost:2380',
  },
  'initial-cluster-token': {
    placeholder: 'TOKEN',
    help: 'restore: another token makes another cluster of the same file.',
    default: 'etcd-cluster',
  },
  'bump-index': {
    placeholder: 'N',
    help: 'restore: indexes go on so far above those of the snapshot. It has to be more than the old cluster has given since.',
    default: '1000000000',
  },
  ttl: {
    placeholder: 'WHAT',
    help: 'restore: keep-date: keys with a TTL go when they would have gone; keep-left: they have what was left of it at the snapshot.',
    default: 'keep-date',
  },
  'at-index': {
    placeholder: 'N',
    help: 'restore, of the directory of a backup: the state right after the change with this X-Etcd-Index.',
    default: '',
    defaultShown: 'the newest state',
  },
  'at-time': {
    placeholder: 'DATE',
    help: 'restore, of the directory of a backup: the state before the first change that is dated later, such as 2026-11-27T17:05:12Z.',
    default: '',
    defaultShown: 'the newest state',
  },
  now: {
    placeholder: 'DATE',
    help: 'restore: from when on keep-left counts, the same for all members, such as 2026-11-27T17:05:12Z.',
    default: '',
    defaultShown: 'now, for a member alone',
  },
} as const satisfies Record<string, CommandFlag>;

export const snapshotFlags = {
  output: { placeholder: 'FORM', help: 'text, or json for programs.', default: 'text' },
  replace: {
    help: 'save: a file of that name is replaced, once the new one is whole. Without it no file is overwritten.',
  },
  'without-quorum': {
    help:
      'save: take what the one member has, without asking the others, as is needed when most of them are lost. It may lack what they ' +
      'acknowledged last.',
  },
  ...followFlags,
  ...restoreFlags,
} as const satisfies Record<string, CommandFlag>;
