import { HEADER_BYTES_MAX, REQUEST_BYTES_MAX } from '../../platform/sizes';
import { failure, success } from '../result';
import type { Result } from '../result';
import { quote } from '../text';
import type { ActiveOption } from './types';

const SECONDS = /^\d{1,9}(\.\d{1,9})?$/;

/** etcd 0.4 took its HTTP limits in seconds, with a fraction if wanted. */
function secondsToMilliseconds(text: string): Result<string | undefined> {
  if (!SECONDS.test(text)) return failure(`${quote(text)} is not a number of seconds; write it like 300 or 0.5`);
  return success(String(Math.round(Number(text) * 1000)));
}

/** Limits and rules for what clients send. */
export const requestOptions = {
  'max-request-bytes': {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'integer', minimum: 1024, maximum: REQUEST_BYTES_MAX, unit: 'bytes' },
    default: '10485760',
    help: 'Largest body of a request. A larger one is refused with error 210.',
  },
  'max-header-bytes': {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'integer', minimum: 1024, maximum: HEADER_BYTES_MAX, unit: 'bytes' },
    default: '1048576',
    help: 'Largest request line with headers. Larger ones are refused with status 431.',
  },
  'request-header-timeout': {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'duration', minimum: 100, maximum: 3_600_000 },
    default: '10000',
    help: 'Longest time a client may take to send the headers of a request.',
  },
  'request-receive-timeout': {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'duration', minimum: 100, maximum: 3_600_000 },
    default: '60000',
    help:
      'Longest time a client may take to send a whole request. It does not limit how long a watch waits for its answer. ' +
      'At least --request-header-timeout.',
    spellings: [
      {
        name: 'http-read-timeout',
        era: '0.4',
        env: 'ETCD_HTTP_READ_TIMEOUT',
        shape: 'value',
        convert: secondsToMilliseconds,
      },
    ],
  },
  cors: {
    status: 'active',
    group: 'Client requests',
    kind: {
      type: 'strings',
      placeholder: 'ORIGIN,...',
      matches: /^(\*|https?:\/\/[^\s/?#@,]{1,253})$/i,
      expected: 'give origins like https://example.com:8080 separated by commas, or *',
    },
    default: '',
    help: 'Web pages that may use the API from a browser: a list of origins, or * for all. Empty: none.',
  },
  'cross-site-writes': {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'boolean' },
    default: 'false',
    help:
      'Let pages of every web site write through the browsers of people who can reach this member, as etcd does. Otherwise only ' +
      'those of --cors may, and the others get status 403.',
  },
  dashboard: {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'boolean' },
    default: 'true',
    help: 'Serve the dashboard, a page for operators, at /mod/dashboard/ of the client URLs.',
  },
  'host-whitelist': {
    status: 'active',
    group: 'Client requests',
    kind: {
      type: 'strings',
      placeholder: 'NAME,...',
      matches: /^(\*|[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_.])?|\[?[0-9a-f:.]{2,45}\]?)$/i,
      expected: 'give host names without ports separated by commas, or *',
    },
    default: '',
    help:
      'Names in the Host header under which this member answers without TLS, beside addresses, localhost, its own name and its ' +
      'advertised ones; others get status 421. Empty: names are looked at where it listens on a loopback address. *: any name.',
  },
  'operator-routes': {
    status: 'active',
    group: 'Client requests',
    kind: { type: 'enum', values: ['client', 'metrics', 'peer'] },
    default: 'client',
    help:
      'On which port what only operators need is served: PUT /config/local/drain and /config/local/log, changes of /v2/members ' +
      'and below /v2/admin, /debug/vars and /new (with client, /v2/admin is on the peer port too, as in etcd 0.4). On the others it gets status 403 or 404. Members that join by themselves change /v2/members on the ' +
      'client port: add them by hand where it is not there.',
  },
} as const satisfies Record<string, ActiveOption>;
