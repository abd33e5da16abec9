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
  'discovery-token-ttl': {
    status: 'active',
    group: 'Discovery service',
    kind: { type: 'integer', minimum: 0, maximum: 315_360_000, unit: 'count' },
    default: '604800',
    help:
      'Seconds after which a token that /new made ends, with its registrations; a week by default. Clusters that have ' +
      'formed do not need it any more. 0: never. Tokens of --discovery-tokens have no end.',
  },
  'discovery-tokens': {
    status: 'active',
    secret: true,
    group: 'Discovery service',
    kind: {
      type: 'strings',
      placeholder: 'TOKEN=SIZE,...',
      matches: /^[0-9a-f]{32}=([1-9][0-9]{0,2}|1000)$/,
      expected:
        'give 32 digits from 0 to 9 and a to f, "=" and the number of members of its cluster, 1 to 1000, as TOKEN=SIZE',
    },
    default: '',
    help:
      'Tokens that are made at start unless they are there, with the number of members of their clusters. A token that ' +
      'is there keeps its size.',
  },
  'discovery-cluster-file': {
    status: 'active',
    group: 'Discovery service',
    kind: {
      type: 'string',
      matches: /^([^\p{Cc}\u2028\u2029]{1,4096}=([1-9][0-9]{0,2}|1000))?$/u,
      expected: 'give the path of a file, "=" and the number of members of its cluster, 1 to 1000, as FILE=SIZE',
    },
    default: '',
    help:
      'FILE=SIZE: makes a token for a cluster of SIZE members at the first start and writes its discovery URL into FILE, which is a ' +
      'configuration file for the members (ETCD_CONFIG_FILE). A file that is there keeps its token. The URL begins with ' +
      '--discovery-prefix or the first of --advertise-client-urls.',
  },
} as const satisfies Record<string, ActiveOption>;
