import type { ActiveOption } from './types';

/** Who this member is, where it keeps its data and where clients find it. */
export const memberOptions = {
  name: {
    status: 'active',
    group: 'Member',
    kind: {
      type: 'string',
      // The name is half of an entry of --initial-cluster and the last part of a key under /_etcd/machines. U+FFFD stands for
      // bytes that are no UTF-8; half a surrogate pair would become it. Marks of direction make a name look like another one.
      matches: /^(?!\.{1,2}$)[^\s=,/\p{Cc}\p{Cs}\p{Bidi_Control}\ufffd]+$/u,
      bytesMax: 255,
      expected:
        'give 1 to 255 bytes of UTF-8 without blanks, control characters, "=", "," or "/"; "." and ".." are no names',
    },
    default: 'default',
    help: 'Name of this member. Every member of a cluster needs a different one.',
    spellings: [{ name: 'n', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'data-dir': {
    status: 'active',
    group: 'Member',
    kind: {
      type: 'string',

      matches: /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,4096}$/,
      expected: 'give the path of a directory',
    },
    default: { shown: '<name>.etcd', derive: (textOf) => `${textOf('name')}.etcd` },
    help: 'Directory for everything this member stores. It is created if it does not exist, and used by one process.',
    spellings: [{ name: 'd', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'listen-client-urls': {
    status: 'active',
    group: 'Member',
    kind: { type: 'urls', use: 'listen' },
    default: 'http://localhost:2379,http://localhost:4001',
    help: 'URLs to listen on for clients. If it is given, --advertise-client-urls has to be given too.',
    spellings: [
      { name: 'bind-addr', era: '0.4', env: 'ETCD_BIND_ADDR', shape: 'value', convert: 'address' },
      { name: 'cl', era: '0.1', shape: 'value', convert: 'address' },
    ],
  },
  'advertise-client-urls': {
    status: 'active',
    group: 'Member',
    kind: { type: 'urls', use: 'advertise' },
    default: 'http://localhost:2379,http://localhost:4001',
    help: 'URLs under which clients reach this member from where they are. The other members pass them on.',
    spellings: [
      { name: 'addr', era: '0.4', env: 'ETCD_ADDR', shape: 'value', convert: 'address' },
      { name: 'c', era: '0.1', shape: 'value', convert: 'address' },
    ],
  },
  'snapshot-count': {
    status: 'active',
    group: 'Member',
    kind: { type: 'integer', minimum: 1, maximum: 10_000_000, unit: 'count' },
    default: '10000',
    help:
      'Number of applied entries that stay in the log, so that a member that was away can catch up without receiving ' +
      'the whole store. A restart keeps a fifth of them.',
    spellings: [{ name: 'snapshotCount', era: '0.4', env: 'ETCD_SNAPSHOTCOUNT', shape: 'value', convert: 'same' }],
  },
  'quota-bytes': {
    status: 'active',
    group: 'Member',
    kind: { type: 'integer', minimum: 0, maximum: 1_099_511_627_776, unit: 'bytes' },
    default: '0',
    help:
      'How large the store may become in memory; beyond it only what makes it smaller is taken. 0: two fifths of the heap of ' +
      'Node.js (--max-old-space-size), or less in a small container; half as much again at most. The lowest of all members counts.',
    spellings: [
      { name: 'quota-backend-bytes', era: '2.3', env: 'ETCD_QUOTA_BACKEND_BYTES', shape: 'value', convert: 'same' },
    ],
  },
  'history-length': {
    status: 'active',
    group: 'Member',
    kind: { type: 'integer', minimum: 1, maximum: 1_000_000, unit: 'count' },
    default: '1000',
    help: 'Number of past events that a watch can start from, of 32 MiB at most (4 MiB with a small heap); an older waitIndex gets error 401.',
  },
} as const satisfies Record<string, ActiveOption>;
