import { listItems } from '../text';
import { faultOfUrl } from '../urls';
import type { ActiveOption } from './types';

/** How this member finds the others and agrees with them. */
export const clusteringOptions = {
  'listen-peer-urls': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'urls', use: 'listen' },
    default: 'http://localhost:2380,http://localhost:7001',
    help: 'URLs to listen on for the other members.',
    spellings: [
      { name: 'peer-bind-addr', era: '0.4', env: 'ETCD_PEER_BIND_ADDR', shape: 'value', convert: 'address' },
      { name: 'sl', era: '0.1', shape: 'value', convert: 'address' },
    ],
  },
  'initial-advertise-peer-urls': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'urls', use: 'advertise' },
    default: 'http://localhost:2380,http://localhost:7001',
    help: 'URLs under which the other members reach this one when it joins.',
    spellings: [
      { name: 'peer-addr', era: '0.4', env: 'ETCD_PEER_ADDR', shape: 'value', convert: 'address' },
      { name: 's', era: '0.1', shape: 'value', convert: 'address' },
    ],
  },
  'initial-cluster': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'cluster' },
    default: {
      shown: '<name>=<initial-advertise-peer-urls>',
      derive: (textOf) =>
        listItems(textOf('initial-advertise-peer-urls'))
          .map((url) => `${textOf('name')}=${url}`)
          .join(','),
    },
    help:
      'Members of the cluster this one belongs to when it first starts, as NAME=URL,NAME=URL; a member with several ' +
      'URLs has several entries. This member is one of them.',
  },
  'initial-cluster-state': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'enum', values: ['new', 'existing'] },
    default: 'new',
    help: 'Whether a member without data forms a new cluster with the others or joins one that already runs.',
  },
  'initial-cluster-token': {
    status: 'active',
    group: 'Clustering',
    kind: {
      type: 'string',

      matches: /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,1024}$/,
      expected: 'give 1 to 1024 characters on one line',
    },
    default: 'etcd-cluster',
    help: 'Text that the ids of a new cluster are made from. Clusters with different tokens never mix.',
  },
  'cluster-active-size': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'integer', minimum: 0, maximum: 1_000_000, unit: 'count' },
    default: '0',
    help:
      'How many members are to vote; the least is 3. Whoever joins by itself beyond it waits as a standby, and takes the place of a member ' +
      'that is silent. 0: as the cluster has it. Sets the settings of a cluster that has none; see docs/clustering.md.',
    spellings: [
      { name: 'maxsize', era: '0.1', shape: 'value', convert: 'same' },
      { name: 'max-cluster-size', era: '0.4', shape: 'value', convert: 'same' },
    ],
  },
  'cluster-remove-delay': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'integer', minimum: 0, maximum: 1_000_000_000, unit: 'count' },
    default: '0',
    help: 'Seconds of silence after which a member is replaced by a standby; the least is 2. 0: as the cluster has it.',
  },
  'cluster-sync-interval': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'integer', minimum: 0, maximum: 1_000_000, unit: 'count' },
    default: '0',
    help: 'Seconds between two looks of a standby whether there is room for it; the least is 1. 0: as the cluster has it.',
  },
  peers: {
    status: 'active',
    group: 'Clustering',
    kind: {
      type: 'strings',
      placeholder: 'HOST:PORT,...',
      matches: /^(?:https?:\/\/)?(?:\[[0-9a-f:.]{2,45}\]|[^\s/?#@,:[\]]{1,253}):\d{1,5}$/i,
      expected: 'give peer addresses like HOST:PORT separated by commas',
      faultOf: (item) => faultOfUrl(item.includes('://') ? item : `http://${item}`),
    },
    default: '',
    help:
      'Peers of a running cluster, one of which a member without data waits for and joins, the way of etcd 0.4. None but its own: it ' +
      'begins as it is configured otherwise. --discovery comes first. Better use --join-urls or --initial-cluster.',
    spellings: [{ name: 'C', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'peers-file': {
    status: 'active',
    group: 'Clustering',
    kind: {
      type: 'string',
      matches: /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{0,4096}$/,
      expected: 'give the path of a file',
    },
    default: '',
    help: 'File with such peers, separated by commas or line breaks; not with --peers.',
    spellings: [{ name: 'CF', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'heartbeat-interval': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'duration', minimum: 1, maximum: 10_000 },
    default: '100',
    help: 'Time between two signs of life of the leader. About the round trip between the members.',
  },
  'election-timeout': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'duration', minimum: 5, maximum: 50_000 },
    default: '1000',
    help: 'Time without a leader after which a member stands for election. At least five heartbeat intervals.',
  },
  'strict-reconfig-check': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'boolean' },
    default: 'true',
    help: 'Refuse changes of the membership that would leave the cluster without a quorum.',
  },
  'auto-rejoin': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'boolean' },
    default: 'true',
    help: 'Let a member that lost its data directory take its old place in a running cluster under a new id.',
  },
  'force-new-cluster': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'boolean' },
    default: 'false',
    help:
      'Make the data of this one survivor a cluster of one, when most other members are lost for good. The others are removed. ' +
      'Remove it once the member runs.',
  },
  'max-uncommitted-bytes': {
    status: 'active',
    group: 'Clustering',
    kind: { type: 'integer', minimum: 65_536, maximum: 4_294_967_296, unit: 'bytes' },
    default: '67108864',
    help: 'Bytes of writes that may wait for a majority. Beyond it the leader refuses new ones until some are done.',
  },
} as const satisfies Record<string, ActiveOption>;
