import type { ActiveOption } from './types';

/** A process that is no member and forwards to those that are. Names and defaults are those of etcd 2.3. */
export const proxyOptions = {
  proxy: {
    status: 'active',
    group: 'Proxy',
    kind: { type: 'enum', values: ['off', 'on', 'readonly'] },
    default: 'off',
    help:
      'Serve the client URLs by forwarding to the members that --initial-cluster or --discovery names, instead of being ' +
      'one. With readonly, only GET is forwarded.',
  },
  'proxy-failure-wait': {
    status: 'active',
    group: 'Proxy',
    kind: { type: 'duration', minimum: 1, maximum: 3_600_000 },
    default: '5000',
    help: 'Time for which a member that failed is not tried again.',
  },
  'proxy-refresh-interval': {
    status: 'active',
    group: 'Proxy',
    kind: { type: 'duration', minimum: 100, maximum: 86_400_000 },
    default: '30000',
    help: 'Time after which the proxy asks again who the members are.',
  },
  'proxy-dial-timeout': {
    status: 'active',
    group: 'Proxy',
    kind: { type: 'duration', minimum: 1, maximum: 600_000 },
    default: '1000',
    help: 'Longest time to wait for a connection to a member before the next one is tried.',
  },
} as const satisfies Record<string, ActiveOption>;
