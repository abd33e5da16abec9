/** The flags that stand before the command: how the cluster is reached, and in which form answers are shown. */
import { clientVariables } from '../clientVariables';
import type { CtlFlags } from './row';

export const DEFAULT_ENDPOINTS = 'http://127.0.0.1:2379,http://127.0.0.1:4001';

export const globalFlags = {
  debug: { kind: 'switch', help: 'Say on the standard error which requests are sent, as curl would send them.' },
  'no-sync': { kind: 'switch', help: 'Ask the given endpoints only, and not the members that they name.' },
  output: {
    kind: 'text',
    placeholder: 'FORM',
    help: 'Form of the answer: simple, extended or json.',
    spellings: ['o'],
    default: 'simple',
  },
  'discovery-srv': {
    kind: 'text',
    placeholder: 'DOMAIN',
    help: 'Domain whose SRV records (_etcd-client, _etcd-client-ssl) name the endpoints.',
    spellings: ['D'],
    variables: clientVariables['discovery-srv'],
  },
  'insecure-discovery': {
    kind: 'switch',
    help: 'Take http endpoints of SRV records too; otherwise only https ones count.',
    variables: clientVariables['insecure-discovery'],
  },
  peers: {
    kind: 'text',
    placeholder: 'URLS',
    help: 'The older name of --endpoints.',
    spellings: ['C'],
    variables: clientVariables.peers,
  },
  endpoint: {
    kind: 'text',
    placeholder: 'URLS',
    help: 'Another older name of --endpoints.',
    variables: clientVariables.endpoint,
  },
  endpoints: {
    kind: 'text',
    placeholder: 'URLS',
    help: `Client URLs of members, separated by commas; http:// may be left out. Without it: ${DEFAULT_ENDPOINTS}.`,
    variables: clientVariables.endpoints,
  },
  'cert-file': {
    kind: 'text',
    placeholder: 'FILE',
    help: 'Certificate to show where one is demanded (PEM).',
    spellings: ['cert'],
    variables: clientVariables['cert-file'],
  },
  'key-file': {
    kind: 'text',
    placeholder: 'FILE',
    help: 'Key of that certificate (PEM).',
    spellings: ['key'],
    variables: clientVariables['key-file'],
  },
  'ca-file': {
    kind: 'text',
    placeholder: 'FILE',
    help: 'CAs of the certificates that members show (PEM); without it those that Node.js trusts.',
    spellings: ['cacert'],
    variables: clientVariables['ca-file'],
  },
  username: {
    kind: 'text',
    placeholder: 'NAME[:PASSWORD]',
    help:
      'User to ask as. The password is asked for where it is not given; on the command line others may see it, so leave it out ' +
      'there or use --user-file.',
    spellings: ['u'],
    variables: clientVariables.username,
  },
  'user-file': {
    kind: 'text',
    placeholder: 'FILE',
    help: 'File with one line NAME:PASSWORD.',
    variables: clientVariables['user-file'],
  },
  timeout: {
    kind: 'duration',
    placeholder: 'DURATION',
    help: 'Time in which a member has to begin its answer.',
    default: '2s',
  },
  'total-timeout': {
    kind: 'duration',
    placeholder: 'DURATION',
    help: 'Time for a request to all endpoints in turn; a watch has no limit.',
    default: '5s',
  },
} as const satisfies CtlFlags;
