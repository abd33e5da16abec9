import type { ActiveOption } from './types';

/** What Prometheus finds. */
export const metricsOptions = {
  metrics: {
    status: 'active',
    group: 'Metrics',
    kind: { type: 'enum', values: ['basic', 'extensive'] },
    default: 'extensive',
    help: 'How much /metrics shows. basic leaves out grpc_server_handling_seconds, as etcd does unless it is asked.',
  },
  'listen-metrics-urls': {
    status: 'active',
    group: 'Metrics',
    kind: { type: 'urls', use: 'listen', mayBeEmpty: true },
    default: '',
    help:
      'URLs to serve /metrics, /health, /livez, /readyz and /version on, and nothing else but with --operator-routes metrics ' +
      'what operators need, the whole state among it. The client URLs have the five in any case. ' +
      'A standby and a proxy have /metrics, /livez and /readyz there, about themselves.',
  },
  'metrics-legacy-names': {
    status: 'active',
    group: 'Metrics',
    kind: { type: 'boolean' },
    default: 'false',
    help: 'Show metrics under the names of etcd 2.3 as well, for its dashboards and alerts.',
  },
} as const satisfies Record<string, ActiveOption>;
