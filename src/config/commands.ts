/** What `cairn` can do besides running a member: `cairn NAME ...`. The table that --help, the commands and the documents go by. */
import { mirrorFlags } from './mirrorFlags';
import { snapshotFlags } from './snapshotFlags';

/** An option of a command. Its value is text, or a whole number within the bounds; a switch has none. */
export interface CommandFlag {
  /** What stands for the value: URL, N, SECONDS, ... Undefined: it is a switch, which is given or not. */
  readonly placeholder?: string;
  /** One or two sentences. */
  readonly help: string;
  /** Undefined: it has to be given, unless it is a switch. */
  readonly default?: string;
  /** What the default is, where it is not a text that could be written. */
  readonly defaultShown?: string;
  readonly bounds?: { readonly minimum: number; readonly maximum: number };
  /** Other names for it, without dashes. */
  readonly spellings?: readonly string[];
  /** Variables that say the same where it is not given, the strongest first. */
  readonly variables?: readonly string[];
}

export interface CommandRow {
  /** A few sentences for --help and docs/configuration.md. */
  readonly help: string;
  /** What has to be given without a name, in this order: `cairn import FILE`. */
  readonly operands?: readonly string[];
  /** Undefined: it has the options of a member. */
  readonly flags?: Readonly<Record<string, CommandFlag>>;
}

const MEMBER_URL = 'http://127.0.0.1:2379';
const OWN_URL = `the first of the member's own (ETCD_LISTEN_CLIENT_URLS), or ${MEMBER_URL}`;
/** Where a command that is run beside a member finds what is not given. */
const OF_MEMBER = 'that of the member on this machine';

/** Files for https, in the words of etcdctl 2 and 3. */
const tlsFlags = {
  'ca-file': {
    placeholder: 'FILE',
    help: 'CAs of the certificates that are shown at https URLs (PEM). Also --cacert, ETCDCTL_CA_FILE, ETCDCTL_CACERT.',
    default: '',
    defaultShown: `${OF_MEMBER}, or those that Node.js trusts`,
    spellings: ['cacert'],
    variables: ['ETCDCTL_CA_FILE', 'ETCDCTL_CACERT'],
  },
  'cert-file': {
    placeholder: 'FILE',
    help: 'Certificate to show where one is demanded (PEM). Also --cert, ETCDCTL_CERT_FILE, ETCDCTL_CERT.',
    default: '',
    defaultShown: OF_MEMBER,
    spellings: ['cert'],
    variables: ['ETCDCTL_CERT_FILE', 'ETCDCTL_CERT'],
  },
  'key-file': {
    placeholder: 'FILE',
    help: 'Key of that certificate (PEM). Also --key, ETCDCTL_KEY_FILE, ETCDCTL_KEY.',
    default: '',
    defaultShown: OF_MEMBER,
    spellings: ['key'],
    variables: ['ETCDCTL_KEY_FILE', 'ETCDCTL_KEY'],
  },
} as const satisfies Record<string, CommandFlag>;

/** For commands that read or write keys. */
const keyFlags = {
  url: {
    placeholder: 'URL',
    help: 'Client URL of a member, or of a Service before them.',
    default: MEMBER_URL,
    defaultShown: OWN_URL,
  },
  timeout: {
    placeholder: 'SECONDS',
    help: 'Time that each request may take.',
    default: '30',
    bounds: { minimum: 1, maximum: 3600 },
  },
} as const satisfies Record<string, CommandFlag>;

/** Where auth is on. Never the password itself: who lists processes would see it. */
const userFlag = {
  'user-file': {
    placeholder: 'FILE',
    help: 'File with NAME:PASSWORD of a user who may do it, where auth is on. Also ETCDCTL_USER_FILE, or ETCDCTL_USER=NAME:PASSWORD.',
    default: '',
    defaultShown: 'none',
    variables: ['ETCDCTL_USER_FILE'],
  },
} as const satisfies Record<string, CommandFlag>;

/** Longer than a pod takes to end once it was told. */
export const DRAIN_MAX_S = 600;

export const commandTable = {
  healthcheck: {
    help: 'Ask the member on this machine whether it may be sent requests; exits with 0 or 1. For the HEALTHCHECK of a container.',
    flags: {
      url: {
        placeholder: 'URL',
        help: 'Client URL of the member.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
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
      url: {
        placeholder: 'URL',
        help: 'Client URL of a member, or of a Service before them.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
      'name-prefix': {
        placeholder: 'PREFIX',
        help: 'What the names of the members begin with, such as cairn- of cairn-0.',
      },
      keep: {
        placeholder: 'N',
        help: 'How many stay: those with the ordinals 0 to N-1.',
        bounds: { minimum: 1, maximum: 1000 },
      },
      drain: {
        placeholder: 'SECONDS',
        help: 'Time for which a member sends its clients elsewhere before it is removed.',
        default: '10',
        bounds: { minimum: 0, maximum: DRAIN_MAX_S },
      },
      timeout: {
        placeholder: 'SECONDS',
        help: 'Time after which it gives up, with exit code 1; nothing more is removed then.',
        default: '240',
        bounds: { minimum: 1, maximum: 86_400 },
      },
      ...userFlag,
      ...tlsFlags,
    },
  },
  check: {
    help: 'Put, get, watch and delete a key below /cairn-check, list the members and read the metrics of a cluster.',
    flags: {
      url: {
        placeholder: 'URL',
        help: 'Client URL of a member, or of a Service before them.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
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
      ...userFlag,
      ...tlsFlags,
    },
  },
  doctor: {
    help:
      'Ask every member of a cluster, say what is wrong with it and what to do: members, leader, majority after the loss of any one, versions, ' +
      'links, followers, clocks, disks, room, certificates. Changes nothing. Exits with 1 if something is wrong; warnings are not enough for that.',
    flags: {
      url: {
        placeholder: 'URL',
        help: 'Client URL of a member, or of a Service before them.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
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
  export: {
    help:
      'Write all keys below a prefix, as they are at one moment and with their TTLs, to the standard output or into a new file (YAML or JSON), which ' +
      'cairn import reads.',
    operands: ['PREFIX'],
    flags: {
      to: {
        placeholder: 'FILE',
        help: 'Where they are written. No file is overwritten.',
        default: '',
        defaultShown: 'the standard output',
      },
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
      'Write the keys of a file that cairn export wrote, or a person. What stands in the way is told before anything is written; what somebody ' +
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
        placeholder: 'URL,...',
        help: 'Client URLs of members, or of a Service before them; the next one is asked when one does not answer.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
      ...mirrorFlags,
      ...userFlag,
      ...tlsFlags,
    },
  },
  snapshot: {
    help:
      'save: write the state of a cluster into a file, while it serves. status: say what is in one, and whether every byte is as it was ' +
      'written. verify: load it too. restore: make the data directory of a member of a new cluster from it. docs/backup.md has the details.',
    operands: ['ACTION', 'FILE'],
    flags: {
      url: {
        placeholder: 'URL',
        help: 'save: URL of a member, of a port that has the routes for operators, or its peer URL.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
      ...snapshotFlags,
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
      ...userFlag,
      ...tlsFlags,
    },
  },
  prestop: {
    help:
      'Have a member hand leadership over and send its clients elsewhere, and wait before SIGTERM ends it; it serves meanwhile. ' +
      'For the preStop hook of a pod.',
    flags: {
      url: { placeholder: 'URL', help: 'Client URL of the member.', default: MEMBER_URL, defaultShown: OWN_URL },
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
  'auth-apply': {
    help:
      'Give roles, users and guests exactly what a file says they have, make root if there is none, and switch auth on. Leaves other ' +
      'users and roles alone; can be run again at any time. docs/auth.md shows the file.',
    flags: {
      file: {
        placeholder: 'FILE',
        help: 'Roles with the keys that they may read and write, users with their roles (YAML).',
      },
      url: {
        placeholder: 'URL',
        help: 'Client URL of a member, or of a Service before them.',
        default: MEMBER_URL,
        defaultShown: OWN_URL,
      },
      timeout: {
        placeholder: 'SECONDS',
        help: 'Time after which it gives up, with exit code 1.',
        default: '120',
        bounds: { minimum: 1, maximum: 86_400 },
      },
      'user-file': {
        ...userFlag['user-file'],
        help: 'File with root:PASSWORD. Root gets this password; where auth is on it has to be the one that root has.',
        defaultShown: 'ETCDCTL_USER_FILE or ETCDCTL_USER',
      },
      ...tlsFlags,
    },
  },
  'clear-removed': {
    help:
      'Move a data directory aside if it is of a member that the cluster has removed and no longer lists, or whose state was ' +
      'found to be wrong, so that the next start joins as a new one. Leaves any other directory alone. For the init container of a pod.',
    flags: {
      'data-dir': { placeholder: 'DIR', help: 'The data directory. The member must not run.' },
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

export type CommandWord = keyof typeof commandTable;

/** Those that do something and end, with options of their own. */
export type TaskWord = Exclude<CommandWord, 'discovery' | 'ctl'>;

/** In the order of --help. */
export const commandRows: readonly (readonly [CommandWord, CommandRow])[] = Object.entries(commandTable) as [
  CommandWord,
  CommandRow,
][];

export function isCommandWord(word: string): word is CommandWord {
  return Object.hasOwn(commandTable, word);
}

/** The options of a command, by name. */
export function flagsOf(word: TaskWord): Readonly<Record<string, CommandFlag>> {
  return commandTable[word].flags;
}

/** The names of what a command has to be given without an option. */
export function operandsOf(word: TaskWord): readonly string[] {
  const row: CommandRow = commandTable[word];
  return row.operands ?? [];
}
