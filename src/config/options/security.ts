import { CIPHER_SUITES } from '../../tls/cipherSuites';
import type { ActiveOption, Kind } from './types';

/** May be empty. */
const path = {
  type: 'string',
  matches: /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{0,4096}$/,
  expected: 'give the path of a file in PEM form',
} as const satisfies Kind;

const names = {
  type: 'strings',
  placeholder: 'NAME,...',
  matches: /^[^\s,\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,253}$/,
} as const;

const hosts = { ...names, expected: 'give names of hosts separated by commas' } as const satisfies Kind;
const suites = new RegExp(`^(?:${CIPHER_SUITES.join('|')})$`);

const common = { status: 'active', group: 'Security' } as const;

/** TLS of the client port and of the metrics port, then of the peer port, then of both. Names and defaults are those of etcd. */
export const securityOptions = {
  'cert-file': {
    ...common,
    kind: path,
    default: '',
    help: 'Certificate for https client and metrics URLs (PEM, with its intermediate CAs). Read again when it changes, as are all files of TLS.',
    spellings: [{ name: 'clientCert', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'key-file': {
    ...common,
    kind: path,
    default: '',
    help: 'Private key of --cert-file (PEM, without a passphrase).',
    spellings: [{ name: 'clientKey', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'trusted-ca-file': {
    ...common,
    kind: path,
    default: '',
    help: 'CAs that clients have their certificates from (PEM, one or more). Alone it asks nobody for a certificate.',
    spellings: [
      { name: 'clientCAFile', era: '0.1', shape: 'value', convert: 'authorities' },
      { name: 'ca-file', era: '0.4', env: 'ETCD_CA_FILE', shape: 'value', convert: 'authorities' },
    ],
  },
  'client-cert-auth': {
    ...common,
    kind: { type: 'boolean' },
    default: 'false',
    help: 'Serve only clients whose certificate a CA of --trusted-ca-file has signed.',
  },
  'client-crl-file': {
    ...common,
    kind: path,
    default: '',
    help: 'Lists of certificates that CAs of --trusted-ca-file have revoked (PEM, one list of each CA). Needs --client-cert-auth.',
  },
  'client-cert-allowed-hostname': {
    ...common,
    kind: hosts,
    default: '',
    help: 'Serve only clients whose certificate is valid for one of these host names. Needs --client-cert-auth.',
  },
  'auto-tls': {
    ...common,
    kind: { type: 'boolean' },
    default: 'false',
    help: 'Without --cert-file, serve https client URLs with a certificate that is made at the first start and kept in the data directory. For trying it out: clients cannot know whose it is.',
  },
  'peer-cert-file': {
    ...common,
    kind: path,
    default: '',
    help: 'Certificate for https peer URLs, which is also shown to the other members (PEM, for serverAuth and clientAuth).',
    spellings: [{ name: 'serverCert', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peer-key-file': {
    ...common,
    kind: path,
    default: '',
    help: 'Private key of --peer-cert-file (PEM, without a passphrase).',
    spellings: [{ name: 'serverKey', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peer-trusted-ca-file': {
    ...common,
    kind: path,
    default: '',
    help: 'CAs that members have their certificates from (PEM, one or more). What is dialed has to show a certificate of one of them.',
    spellings: [
      { name: 'serverCAFile', era: '0.1', shape: 'value', convert: 'authorities' },
      { name: 'peer-ca-file', era: '0.4', env: 'ETCD_PEER_CA_FILE', shape: 'value', convert: 'authorities' },
    ],
  },
  'peer-client-cert-auth': {
    ...common,
    kind: { type: 'boolean' },
    default: 'false',
    help: 'Let only members in whose certificate a CA of --peer-trusted-ca-file has signed.',
  },
  'peer-crl-file': {
    ...common,
    kind: path,
    default: '',
    help: 'Lists of certificates that CAs of --peer-trusted-ca-file have revoked (PEM, one list of each CA). Needs --peer-client-cert-auth.',
  },
  'peer-cert-allowed-cn': {
    ...common,
    kind: { ...names, expected: 'give common names separated by commas' },
    default: '',
    help: 'Let only members in, and dial only those, whose certificate has one of these common names. Needs --peer-client-cert-auth.',
  },
  'peer-cert-allowed-hostname': {
    ...common,
    kind: hosts,
    default: '',
    help: 'Let only members in whose certificate is valid for one of these host names. Needs --peer-client-cert-auth.',
  },
  'peer-auto-tls': {
    ...common,
    kind: { type: 'boolean' },
    default: 'false',
    help: 'Without --peer-cert-file, encrypt between members with certificates that each makes for itself and keeps in its data directory. It keeps listeners out, not strangers: nobody is verified.',
  },
  'self-signed-cert-validity': {
    ...common,
    kind: { type: 'integer', minimum: 1, maximum: 100, unit: 'count' },
    default: '1',
    help: 'Years for which a certificate of --auto-tls or --peer-auto-tls is valid. At a start in its last tenth a new one is made.',
  },
  'tls-min-version': {
    ...common,
    kind: { type: 'enum', values: ['TLS1.2', 'TLS1.3'] },
    default: 'TLS1.2',
    help: 'Lowest version of TLS that is spoken. TLS 1.3 is used wherever the other side has it.',
  },
  'tls-max-version': {
    ...common,
    kind: { type: 'enum', values: ['', 'TLS1.2', 'TLS1.3'] },
    default: '',
    help: 'Highest version of TLS that is spoken. Empty: the newest.',
  },
  'cipher-suites': {
    ...common,
    kind: {
      type: 'strings',
      placeholder: 'SUITE,...',
      matches: suites,
      expected: `give names of the standard like ${CIPHER_SUITES.find((name) => name.includes('_WITH_')) ?? ''} separated by commas; docs/tls.md lists them`,
    },
    default: '',
    help: 'Cipher suites of TLS 1.2, by the names of the standard. Empty: those with forward secrecy and authenticated encryption. The suites of TLS 1.3 are always on.',
  },
} as const satisfies Record<string, ActiveOption>;
