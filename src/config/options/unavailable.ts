import type { UnavailableOption } from './types';

const discovery = 'members speak to the discovery service directly; remove it and let them reach it';

const value = { status: 'unavailable', shape: 'value', harmless: [] } as const;
const flag = { status: 'unavailable', shape: 'switch', harmless: [] } as const;

/** Refused with a clear sentence: each would change what the server protects or where its data goes. */
export const unavailableOptions = {
  'discovery-proxy': { ...value, because: discovery },
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
