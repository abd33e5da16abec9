import type { ActiveOption } from './types';

/** Every member is a discovery service too; `cairn discovery` is nothing else. */
export const discoveryServiceOptions = {
  'discovery-prefix': {
    status: 'active',
    group: 'Discovery service',
    kind: {
      type: 'string',
      matches: /^(https?:\/\/[^\s/?#@][^\s?#]{0,1000})?$/i,
      expected: 'give a URL like https://discovery.example.com without a query',
    },
    default: '',
    help:
      'What /new puts before a token it made. Needed behind a proxy that serves another address or TLS; empty: ' +
      'http:// and the Host header of the request.',
  },
  'discovery-tokens': {
    status: 'active',
    group: 'Discovery service',
    kind: {
      type: 'strings',
      placeholder: 'TOKEN=SIZE,...',
      matches: /^[0-9a-f]{32}=([1-9][0-9]?|100)$/,
      expected:
        'give 32 digits from 0 to 9 and a to f, "=" and the number of members of its cluster, 1 to 100, as TOKEN=SIZE',
    },
    default: '',
    help:
      'Tokens that are made at start unless they are there, with the number of members of their clusters. A token that ' +
      'is there keeps its size.',
  },
} as const satisfies Record<string, ActiveOption>;
