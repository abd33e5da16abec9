/** For whoever runs a cluster. */
import { snapshotFlags } from './snapshotFlags';
import type { CommandRow } from './row';
import { clusterUrl, tlsFlags, urlFlag, userFlag } from './sharedFlags';

export const operatorCommands = {
  check: {
    help:
      'Put, get, watch and delete a key below /cairn-check, list the members and read the metrics of a cluster. WHAT is nothing, or perf: put a bounded load on it, ' +
      'below /cairn-check too, and say whether requests are answered quickly enough; or security: say what of it an outsider sees, and what to do. docs/operating.md has both.',
    operands: ['[WHAT]'],
    firstWords: ['perf', 'security'],
    flags: {
      ...clusterUrl,
      members: {
        placeholder: 'N',
        help: 'How many members there have to be. 0: any number.',
        default: '0',
        bounds: { minimum: 0, maximum: 1000 },
      },
      timeout: {
        placeholder: 'SECONDS',
        help: 'Time that each request may take.',
        default: '10',
        bounds: { minimum: 1, maximum: 3600 },
      },
      load: {
        placeholder: 'SIZE',
        help: 'perf: s is 100 writes and 100 reads a second for 10 s, m 500 and 500 for 30 s, l 2000 and 2000 for a minute.',
        default: 's',
      },
      yes: { help: 'perf: put a load on it that others who use the cluster will feel (m and l).' },
      output: { placeholder: 'FORM', help: 'perf and security: text, or json for programs.', default: 'text' },
      ...userFlag,
      ...tlsFlags,
    },
  },
  doctor: {
    help:
      'Ask every member of a cluster, say what is wrong with it and what to do: members, leader, majority after the loss of any one, versions, ' +
      'links, followers, clocks, disks, room, certificates. Changes nothing. Exits with 1 if something is wrong; warnings are not enough for that.',
    flags: {
      ...clusterUrl,
      output: { placeholder: 'FORM', help: 'text, or json for programs.', default: 'text' },
      timeout: {
        placeholder: 'SECONDS',
        help: 'Time that each request may take.',
        default: '5',
        bounds: { minimum: 1, maximum: 3600 },
      },
      ...tlsFlags,
    },
  },
  snapshot: {
    help:
      'The state of a cluster as a file. ACTION is save, status, verify, restore or follow. save: write it while the cluster serves. status: say what is in one, and whether every byte is as it was ' +
      'written. verify: load it too. restore: make the data directory of a member of a new cluster from it. follow: keep a directory up to date, until it is stopped: full snapshots, and in between the ' +
      'log, so that status, verify and restore can be given the directory, and any state of the past. docs/backup.md has the details.',
    operands: ['ACTION', 'FILE'],
    firstWords: ['save', 'status', 'verify', 'restore', 'follow'],
    severalUrlsFor: ['follow'],
    flags: {
      url: urlFlag(
        'save, follow: URL of a member, of a port that has the routes for operators, or its peer URL. follow: of several members, parted by commas.',
      ),
      ...snapshotFlags,
      ...userFlag,
      ...tlsFlags,
    },
  },
  'auth-apply': {
    help:
      'Give roles, users and guests exactly what a file says they have, make root if there is none, and switch auth on. Leaves other ' +
      'users and roles alone; can be run again at any time. docs/auth.md shows the file.',
    flags: {
      file: {
        placeholder: 'FILE',
        help: 'Roles with the keys that they may read and write, users with their roles (YAML).',
      },
      ...clusterUrl,
      timeout: {
        placeholder: 'SECONDS',
        help: 'Time after which it gives up, with exit code 1.',
        default: '120',
        bounds: { minimum: 1, maximum: 86_400 },
      },
      'user-file': {
        ...userFlag['user-file'],
        help: 'File with root:PASSWORD. Root gets this password; where auth is on it has to be the one that root has.',
        defaultShown: 'ETCDCTL_USER_FILE, ETCDCTL_USERNAME or ETCDCTL_USER',
      },
      ...tlsFlags,
    },
  },
  certs: {
    help:
      'Make a CA, a certificate for servers (members, proxies) and one for clients, to try TLS out. A CA that is in the directory ' +
      'already signs again; no file is overwritten. Says how to use them. Keep ca.key away from the servers.',
    flags: {
      directory: {
        placeholder: 'DIR',
        help: 'Where the files are put. It is made if it is not there.',
        default: 'certs',
      },
      hosts: {
        placeholder: 'HOST,...',
        help: 'Names and addresses that the server is called by.',
        default: 'localhost,127.0.0.1,::1',
        defaultShown: 'localhost,127.0.0.1,::1 and the name of this machine',
      },
      server: { placeholder: 'NAME', help: 'Names the files and is the common name.', default: 'server' },
      client: { placeholder: 'NAME', help: 'The same for the client.', default: 'client' },
      existing: {
        placeholder: 'WHAT',
        help:
          'What to do if there are certificates of these names: refuse, or keep those that still fit and make what is missing, ' +
          'so that it can be run at every start.',
        default: 'refuse',
      },
      'ca-key': {
        placeholder: 'WHAT',
        help: 'keep: the key of a new CA is put there too, to sign with it again; discard: it is not, and nobody ever can.',
        default: 'keep',
      },
      years: {
        placeholder: 'YEARS',
        help: 'For how long the certificates are valid; the CA is for ten times as long.',
        default: '1',
        bounds: { minimum: 1, maximum: 10 },
      },
    },
  },
} as const satisfies Record<string, CommandRow>;
