/** Beside a member: what containers and pods run, and what runs instead of a member. */
import type { CommandRow } from './row';
import { restoreFlags } from './snapshotFlags';
import { clusterUrl, memberUrlFlag, tlsFlags, userFlag } from './sharedFlags';

/** Longer than a pod takes to end once it was told, in seconds. */
export const DRAIN_MAX_S = 600;

export const memberCommands = {
  healthcheck: {
    help: 'Ask the member on this machine whether it may be sent requests; exits with 0 or 1. For the HEALTHCHECK of a container.',
    flags: {
      url: memberUrlFlag('Client URL of the member.'),
      ...tlsFlags,
    },
  },
  ctl: {
    help:
      'Read, write and watch keys, and look after a cluster, as etcdctl does for the v2 API: `cairn ctl get KEY`. The program ' +
      'cairnctl is the same; docs/cairnctl.md has its commands.',
  },
  discovery: {
    help:
      'Run a discovery service and nothing else: members of new clusters find each other through it. Takes the options of ' +
      'a member; its defaults are http://localhost:8087 for clients, the name discovery, and any free peer port.',
  },
  retire: {
    help:
      'Remove members from a cluster before their pods go: those named --name-prefix and an ordinal of --keep or more, one by ' +
      'one, the highest first, never the last quorum. Each sends its clients elsewhere before.',
    flags: {
      ...clusterUrl,
      'name-prefix': {
        placeholder: 'PREFIX',
        help: 'What the names of the members begin with, such as cairn- of cairn-0.',
      },
      keep: {
        placeholder: 'N',
        help: 'How many stay: those with the ordinals 0 to N-1. With 0 only members of other names do, and without any nobody is removed.',
        bounds: { minimum: 0, maximum: 1000 },
      },
      drain: {
        placeholder: 'SECONDS',
        help: 'Time for which a member sends its clients elsewhere before it is removed.',
        default: '10',
        bounds: { minimum: 0, maximum: DRAIN_MAX_S },
      },
      timeout: {
        placeholder: 'SECONDS',
        help: 'Time after which it gives up, with exit code 1; nothing more is removed then. Longer than --drain.',
        default: '240',
        bounds: { minimum: 1, maximum: 86_400 },
      },
      ...userFlag,
      ...tlsFlags,
    },
  },
  prestop: {
    help:
      'Have a member hand leadership over and send its clients elsewhere, and wait before SIGTERM ends it; it serves meanwhile. ' +
      'For the preStop hook of a pod.',
    flags: {
      url: memberUrlFlag('Client URL of the member.'),
      seconds: {
        placeholder: 'SECONDS',
        help: 'How long to wait, so that load balancers turn to the other members.',
        default: '5',
        bounds: { minimum: 0, maximum: DRAIN_MAX_S },
      },
      ...userFlag,
      ...tlsFlags,
    },
  },
  'restore-once': {
    help:
      'Begin the member of a new release with the snapshot FILE, unless its place has begun before: a member that lost its data gets ' +
      'the state of the others, never an old one. For the init container of a pod; docs/backup.md says how it knows.',
    operands: ['FILE'],
    flags: {
      record: {
        placeholder: 'PATH',
        help: 'File, on another volume than the data, that says that this place of this release has begun. It is written.',
      },
      'data-dir': { placeholder: 'DIR', help: 'The data directory. DIR.restored beside it remembers the restore.' },
      name: { placeholder: 'NAME', help: 'Name of the member.' },
      'initial-cluster': {
        placeholder: 'NAME=URL,...',
        help: 'All members that the restored cluster begins with. Any other is left alone: it joins.',
      },
      'initial-cluster-token': { placeholder: 'TOKEN', help: 'Text that no other release has.' },
      'bump-index': restoreFlags['bump-index'],
      ttl: restoreFlags.ttl,
      now: restoreFlags.now,
      ...tlsFlags,
    },
  },
  'clear-removed': {
    help:
      'Move a data directory aside if it is of a member that the cluster has removed and no longer lists, or whose state was ' +
      'found to be wrong. What begins there begins as its options say after a removal, and in the same cluster after a wrong state. Leaves any ' +
      'other directory alone. For the init container of a pod.',
    flags: {
      'data-dir': { placeholder: 'DIR', help: 'The data directory. The member must not run.' },
      ...tlsFlags,
    },
  },
} as const satisfies Record<string, CommandRow>;
