/**
 * What dashboards and alerts for etcd 3.x ask for: requests of the v2 API under the names of the gRPC calls that do the
 * same. A read is a Range, a write a Put, a comparison a Txn, a watch a stream.
 */
import { GRPC } from '../buckets';
import type { KeyRequests } from '../keyRequests';
import type { Readings } from '../readings';
import { labelled, labelledHistogram, type Row } from '../row';
import { failuresByStatus, groupedBy, receivedCount } from './http';

const ROUTES = 'the key routes';
const LABELS = ['grpc_service', 'grpc_method', 'grpc_type'] as const;
const KV = 'etcdserverpb.KV';
const WATCH = ['etcdserverpb.Watch', 'Watch', 'bidi_stream'] as const;
/** There are no leases in the v2 API; the dashboards subtract these two. */
const LEASE = ['etcdserverpb.Lease', 'LeaseKeepAlive', 'bidi_stream'] as const;

const CODES = ['OK', 'InvalidArgument', 'Unavailable', 'Unknown'] as const;
type Code = (typeof CODES)[number];

/** A key that is not there and a comparison that fails are answers, and OK, in the v3 API. */
function codeOf(status: number): Code {
  if (status === 404 || status === 412) return 'OK';
  if (status >= 500) return 'Unavailable';
  return status >= 400 ? 'InvalidArgument' : 'Unknown';
}

function callOf({ kind }: KeyRequests): string {
  switch (kind) {
    case 'get':
    case 'quorumGet':
      return 'Range';
    case 'delete':
      return 'DeleteRange';
    case 'compareAndSwap':
    case 'compareAndDelete':
      return 'Txn';
    default:
      return 'Put';
  }
}

function unaryCalls({ recorded }: Readings): ReturnType<typeof groupedBy<string>> {
  return groupedBy(
    recorded.keyRequests.all().filter(({ kind }) => kind !== 'watch'),
    callOf,
  );
}

function watchRequests({ recorded }: Readings): readonly KeyRequests[] {
  return recorded.keyRequests.all().filter(({ kind }) => kind === 'watch');
}

/** How many ended with each code; every code is shown from the start. */
function byCode(succeeded: number, requests: readonly KeyRequests[]): readonly (readonly [Code, number])[] {
  const counts = new Map<Code, number>(CODES.map((code) => [code, code === 'OK' ? succeeded : 0]));
  for (const [status, count] of failuresByStatus(requests)) {
    const code = codeOf(status);
    counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return [...counts];
}

function handled(readings: Readings): readonly (readonly [readonly string[], number])[] {
  const watches = watchRequests(readings);
  const failed = [...failuresByStatus(watches).values()].reduce((sum, count) => sum + count, 0);
  const ended = receivedCount(watches) - failed - readings.recorded.watchesOpen;
  return [
    ...unaryCalls(readings).flatMap(([call, requests]) => {
      const succeeded = requests.reduce((sum, { successes }) => sum + successes.countUpTo(Infinity), 0);
      return byCode(succeeded, requests).map(([code, count]) => [[KV, call, 'unary', code], count] as const);
    }),
    ...byCode(ended, watches).map(([code, count]) => [[...WATCH, code], count] as const),
    [[...LEASE, 'OK'], 0],
  ];
}

/** Shown with --metrics=basic too. */
export const grpcRows: readonly Row[] = [
  labelled(
    'counter',
    'grpc_server_started_total',
    LABELS,
    ['Requests on the key routes, as the gRPC calls that do the same', ROUTES],
    (readings) => [
      ...unaryCalls(readings).map(([call, requests]) => [[KV, call, 'unary'], receivedCount(requests)] as const),
      [WATCH, receivedCount(watchRequests(readings))],
      [LEASE, 0],
    ],
  ),
  labelled(
    'counter',
    'grpc_server_handled_total',
    [...LABELS, 'grpc_code'],
    ['Requests on the key routes that were answered, as the gRPC calls that do the same', ROUTES],
    handled,
  ),
];

/** Not shown with --metrics=basic, as in etcd. */
export const extensiveRows: readonly Row[] = [
  labelledHistogram(
    'grpc_server_handling_seconds',
    LABELS,
    ['How long requests on the key routes took, as the gRPC calls that do the same; watches are not counted', ROUTES],
    GRPC,
    (readings) => [
      ...unaryCalls(readings).map(([call, requests]) => ({
        labels: [KV, call, 'unary'],
        parts: requests.flatMap(({ successes, failures }) => [successes, failures]),
      })),
    ],
  ),
];
