import type { UnavailableOption } from './types';

const tls =
  'this release does not encrypt, and ignoring it would mean plain text; remove it and put a TLS proxy in front';
const discovery = 'members speak to the discovery service directly; remove it and let them reach it';
const peers = 'it is the way of etcd 0.4; list the members with --initial-cluster NAME=URL,NAME=URL';

const value = { status: 'unavailable', shape: 'value', harmless: [] } as const;
const flag = { status: 'unavailable', shape: 'switch', harmless: [] } as const;

/** Refused with a clear sentence: each would change what the server protects or where its data goes. */
export const unavailableOptions = {
  'cert-file': {
    ...value,
    because: tls,
    spellings: [{ name: 'clientCert', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'key-file': {
    ...value,
    because: tls,
    spellings: [{ name: 'clientKey', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'ca-file': {
    ...value,
    because: tls,
    spellings: [{ name: 'clientCAFile', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'trusted-ca-file': { ...value, because: tls },
  'client-cert-auth': { ...flag, because: tls },
  'client-crl-file': { ...value, because: tls },
  'client-cert-allowed-hostname': { ...value, because: tls },
  'auto-tls': { ...flag, because: tls },
  'peer-cert-file': {
    ...value,
    because: tls,
    spellings: [{ name: 'serverCert', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peer-key-file': {
    ...value,
    because: tls,
    spellings: [{ name: 'serverKey', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peer-ca-file': {
    ...value,
    because: tls,
    spellings: [{ name: 'serverCAFile', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peer-trusted-ca-file': { ...value, because: tls },
  'peer-client-cert-auth': { ...flag, because: tls },
  'peer-crl-file': { ...value, because: tls },
  'peer-cert-allowed-cn': { ...value, because: tls },
  'peer-cert-allowed-hostname': { ...value, because: tls },
  'peer-auto-tls': { ...flag, because: tls },
  'discovery-proxy': { ...value, because: discovery },
  peers: {
    ...value,
    because: peers,
    spellings: [{ name: 'C', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peers-file': {
    ...value,
    because: peers,
    spellings: [{ name: 'CF', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'unsafe-no-fsync': {
    ...flag,
    harmless: ['false'],
    because: 'an acknowledged write is always synced to the disk; remove it',
  },
  config: {
    ...value,
    because: 'the TOML file of etcd 0.4 is not read; write its settings as YAML and give it with --config-file',
  },
} as const satisfies Record<string, UnavailableOption>;
