/** Requests on the key routes, under the names of etcd 2.x and 3.4. */
import { HTTP } from '../buckets';
import type { KeyRequests } from '../keyRequests';
import { labelled, labelledHistogram, type Row } from '../row';

const ROUTES = 'the key routes';

/** A linearizable GET is a method of its own, as in etcd. */
export function methodOf({ method, kind }: KeyRequests): string {
  return method === 'GET' && kind === 'quorumGet' ? 'QGET' : method;
}

/** The rows of the table of requests that belong together, with what they share. */
export function groupedBy<Key>(
  requests: readonly KeyRequests[],
  keyOf: (request: KeyRequests) => Key,
): readonly (readonly [key: Key, requests: readonly KeyRequests[]])[] {
  const groups = new Map<Key, KeyRequests[]>();
  for (const request of requests) {
    const key = keyOf(request);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [request]);
    else group.push(request);
  }
  return [...groups];
}

export function receivedCount(requests: readonly KeyRequests[]): number {
  return requests.reduce((sum, { receivedCount: count }) => sum + count, 0);
}

/** How many failed, by status. */
export function failuresByStatus(requests: readonly KeyRequests[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const { failuresByStatus: failures } of requests) {
    for (const [status, count] of failures) sums.set(status, (sums.get(status) ?? 0) + count);
  }
  return sums;
}

export const httpRows: readonly Row[] = [
  labelled(
    'counter',
    'etcd_http_received_total',
    ['method'],
    ['Requests on the key routes that were understood; QGET is a linearizable GET', ROUTES],
    ({ recorded }) =>
      groupedBy(recorded.keyRequests.all(), methodOf).map(([method, requests]) => [[method], receivedCount(requests)]),
  ),
  labelled(
    'counter',
    'etcd_http_failed_total',
    ['method', 'code'],
    ['Requests on the key routes that were answered with an error', ROUTES],
    ({ recorded }) =>
      groupedBy(recorded.keyRequests.all(), methodOf).flatMap(([method, requests]) =>
        [...failuresByStatus(requests)].map(([status, count]) => [[method, String(status)], count] as const),
      ),
  ),
  labelledHistogram(
    'etcd_http_successful_duration_seconds',
    ['method'],
    ['How long a successful request on the key routes took, watches not counted', ROUTES],
    HTTP,
    ({ recorded }) =>
      groupedBy(recorded.keyRequests.all(), methodOf).map(([method, requests]) => ({
        labels: [method],
        parts: requests.map(({ successes }) => successes),
      })),
  ),
];
