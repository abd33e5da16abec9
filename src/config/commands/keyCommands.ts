/** Keys as files, and from one cluster to another. */
import { mirrorFlags } from './mirrorFlags';
import type { CommandRow } from './row';
import { keyFlags, targetUrl, tlsFlags, urlFlag, userFlag } from './sharedFlags';

export const keyCommands = {
  export: {
    help:
      'Write all keys below a prefix, as they are at one moment and with their TTLs, to the standard output or into a file (YAML or JSON), which ' +
      'cairn import reads.',
    operands: ['PREFIX'],
    flags: {
      to: {
        placeholder: 'FILE',
        help: 'Where they are written.',
        default: '',
        defaultShown: 'the standard output',
      },
      replace: { help: 'The file may be there already.' },
      output: { placeholder: 'FORM', help: 'yaml or json.', default: 'yaml' },
      hidden: {
        placeholder: 'KEY,...',
        help: 'Keys below the prefix that are hidden (a part of the name begins with _) and are to be written too; members do not list them.',
        default: '',
        defaultShown: 'none',
      },
      ...keyFlags,
      ...userFlag,
      ...tlsFlags,
    },
  },
  import: {
    help:
      'Write the keys of a file that cairn export wrote, or a person, or of a snapshot of etcd 0.4 (snapshot/TERM_INDEX.ss in its data directory). What stands in the way is told before anything is written; what somebody ' +
      'else changes meanwhile is left alone.',
    operands: ['FILE'],
    flags: {
      prefix: {
        placeholder: 'PREFIX',
        help: 'Below what they are written.',
        default: '',
        defaultShown: 'the prefix that the file names',
      },
      existing: {
        placeholder: 'WHAT',
        help: 'What becomes of keys that are there with another value: refuse (nothing is written then), keep or replace.',
        default: 'refuse',
      },
      ttl: {
        placeholder: 'WHAT',
        help: 'When keys with a TTL go: at the date that the file says (date), once what was left then is over (left), or never (none).',
        default: 'date',
      },
      ...keyFlags,
      ...userFlag,
      ...tlsFlags,
    },
  },
  sync: {
    help:
      'Make the keys below a prefix what a directory of files says: each file is a key, its content the value; names that begin with a dot are ' +
      'passed over. Shows what differs, asks, and writes by compare-and-swap.',
    operands: ['DIR', 'PREFIX'],
    flags: {
      prune: { help: 'Keys that no file names are deleted. Those with a TTL never are.' },
      'dry-run': { help: 'Only show what differs.' },
      yes: { help: 'Do not ask.' },
      'names-only': { help: 'Show no values: they may be secrets.' },
      'trim-newline': { help: 'The line end at the end of a file is not part of the value.' },
      ...keyFlags,
      ...userFlag,
      ...tlsFlags,
    },
  },
  mirror: {
    help:
      'Keep a directory of files as what is below a prefix of keys: a file for each key, or one for all. All change at once, as Kubernetes does it ' +
      'with ConfigMaps; readers never see a part. The last state stays while the cluster is away. docs/mirror.md has the details.',
    operands: ['PREFIX'],
    flags: {
      to: { placeholder: 'DIR', help: 'The directory. It is made if it is not there.' },
      url: {
        ...urlFlag(
          'Client URLs of members, or of a Service before them; the next one is asked when one does not answer.',
        ),
        placeholder: 'URL,...',
      },
      ...mirrorFlags,
      ...userFlag,
      ...tlsFlags,
    },
  },
  migrate: {
    help:
      'Copy a living store of etcd 2.x, 3.x (v2) or Cairn into this cluster and repeat each change, until Enter is pressed or SIGUSR1 comes; then give keys their ' +
      'TTLs, compare everything, and end. Indexes go on above those of the source. Users, roles and hidden keys are not copied.',
    flags: {
      from: { placeholder: 'URL,...', help: 'Client URLs of the source.' },
      'from-user-file': {
        placeholder: 'FILE',
        help: 'File with NAME:PASSWORD of a user who may read all keys of the source, where auth is on there.',
        default: '',
        defaultShown: 'none',
      },
      overwrite: { help: 'The cluster may hold keys already; those that the source does not have are deleted.' },
      once: { help: 'Do not follow: copy and end. Nothing may write to the source meanwhile.' },
      ...keyFlags,
      ...targetUrl,
      ...userFlag,
      ...tlsFlags,
    },
  },
} as const satisfies Record<string, CommandRow>;
