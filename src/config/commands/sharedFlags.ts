/** Options that several commands have: where the cluster is, and who asks. */
import { clientVariables, placeVariables } from '../clientVariables';
import type { CommandFlag } from './row';

const MEMBER_URL = 'http://127.0.0.1:2379';
const OWN_URL = `the first of the member's own (ETCD_LISTEN_CLIENT_URLS), or ${MEMBER_URL}`;
/** Where a command that is run beside a member finds what is not given. */
const OF_MEMBER = 'that of the member on this machine';

/** Files for https, in the words of etcdctl 2 and 3. */
export const tlsFlags = {
  'ca-file': {
    placeholder: 'FILE',
    help: 'CAs of the certificates that are shown at https URLs (PEM). Also --cacert, ETCDCTL_CA_FILE, ETCDCTL_CACERT.',
    default: '',
    defaultShown: `${OF_MEMBER}, or those that Node.js trusts`,
    spellings: ['cacert'],
    variables: clientVariables['ca-file'],
    isLeftOutOfUsage: true,
  },
  'cert-file': {
    placeholder: 'FILE',
    help: 'Certificate to show where one is demanded (PEM). Also --cert, ETCDCTL_CERT_FILE, ETCDCTL_CERT.',
    default: '',
    defaultShown: OF_MEMBER,
    spellings: ['cert'],
    variables: clientVariables['cert-file'],
    isLeftOutOfUsage: true,
  },
  'key-file': {
    placeholder: 'FILE',
    help: 'Key of that certificate (PEM). Also --key, ETCDCTL_KEY_FILE, ETCDCTL_KEY.',
    default: '',
    defaultShown: OF_MEMBER,
    spellings: ['key'],
    variables: clientVariables['key-file'],
    isLeftOutOfUsage: true,
  },
} as const satisfies Record<string, CommandFlag>;

/**
 * --url of the member that a command is run beside. No variable says another: whether that member may be sent requests is not to be asked of
 * the cluster that ETCDCTL_ENDPOINTS names for others.
 */
export function memberUrlFlag(help: string): CommandFlag {
  return { placeholder: 'URL', help, default: MEMBER_URL, defaultShown: OWN_URL };
}

/** --url of a cluster, which the variables of etcdctl name too. */
export function urlFlag(help: string): CommandFlag {
  return {
    ...memberUrlFlag(help),
    defaultShown: `what ETCDCTL_ENDPOINTS (or _ENDPOINT, _PEERS, _DISCOVERY_SRV) names, or else ${OWN_URL}`,
    variables: placeVariables,
  };
}

/** For commands that any member can answer. */
export const clusterUrl = { url: urlFlag('Client URL of a member, or of a Service before them.') };

/** For commands to which the variables would not say which of two clusters they mean. */
export const targetUrl = { url: memberUrlFlag('Client URL of a member of this cluster.') };

/** For commands that read or write keys. */
export const keyFlags = {
  ...clusterUrl,
  timeout: {
    placeholder: 'SECONDS',
    help: 'Time that each request may take.',
    default: '30',
    bounds: { minimum: 1, maximum: 3600 },
  },
} as const satisfies Record<string, CommandFlag>;

/** Where auth is on. Never the password itself: who lists processes would see it. */
export const userFlag = {
  'user-file': {
    placeholder: 'FILE',
    help: 'File with NAME:PASSWORD of a user who may do it, where auth is on. Also ETCDCTL_USER_FILE, or ETCDCTL_USERNAME or ETCDCTL_USER as NAME:PASSWORD.',
    default: '',
    defaultShown: 'none',
    variables: clientVariables['user-file'],
    isLeftOutOfUsage: true,
  },
} as const satisfies Record<string, CommandFlag>;
