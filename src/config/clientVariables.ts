/**
 * The variables of clients, in the words of etcdctl 2 and 3: by the flag of cairnctl that says the same. Of those that say where, or as whom, the upper one wins. cairnctl and the
 * commands of cairn go by this one table. A flag wins over them; an empty one counts as not set.
 */
export const clientVariables = {
  'discovery-srv': ['ETCDCTL_DISCOVERY_SRV'],
  'insecure-discovery': ['ETCDCTL_INSECURE_DISCOVERY'],
  endpoints: ['ETCDCTL_ENDPOINTS'],
  endpoint: ['ETCDCTL_ENDPOINT'],
  peers: ['ETCDCTL_PEERS'],
  'ca-file': ['ETCDCTL_CA_FILE', 'ETCDCTL_CACERT'],
  'cert-file': ['ETCDCTL_CERT_FILE', 'ETCDCTL_CERT'],
  'key-file': ['ETCDCTL_KEY_FILE', 'ETCDCTL_KEY'],
  'user-file': ['ETCDCTL_USER_FILE'],
  username: ['ETCDCTL_USERNAME', 'ETCDCTL_USER'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ClientVariableFlag = keyof typeof clientVariables;

/** Those that say where the cluster is. */
export const placeVariables: readonly string[] = (
  [
    'endpoints',
    'endpoint',
    'peers',
    'discovery-srv',
    'insecure-discovery',
  ] as const satisfies readonly ClientVariableFlag[]
).flatMap((flag) => clientVariables[flag]);
