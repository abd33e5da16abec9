/** /v2/stats/store as metrics, under the names of etcd 3.4. */
import type { StoreStats } from '../../machine/keyspace/stats';
import type { Readings } from '../readings';
import { counter, gauge, labelled, type Row } from '../row';

const STATS = '/v2/stats/store';

type Outcome = 'Success' | 'Fail';

/** The actions as the metrics call them, and as /v2/stats/store does. */
const WRITES = [
  ['create', 'create'],
  ['set', 'sets'],
  ['update', 'update'],
  ['delete', 'delete'],
  ['compareAndSwap', 'compareAndSwap'],
  ['compareAndDelete', 'compareAndDelete'],
] as const;

/** As in etcd, the totals have the failures in them. */
const BOTH = ['Success', 'Fail'] as const;

function reads(
  outcomes: readonly Outcome[],
): (readings: Readings) => readonly (readonly [readonly string[], number])[] {
  return ({ store, report }) => {
    const gets = outcomes.reduce((sum, outcome) => sum + store[`gets${outcome}`], 0);
    const recursive = outcomes.reduce((sum, outcome) => sum + report[`recursiveGets${outcome}`], 0);
    return [
      [['get'], gets - recursive],
      [['getRecursive'], recursive],
    ];
  };
}

function writes(
  outcomes: readonly Outcome[],
): (readings: Readings) => readonly (readonly [readonly string[], number])[] {
  const sumOf = (store: StoreStats, stat: (typeof WRITES)[number][1]): number =>
    outcomes.reduce((sum, outcome) => sum + store[`${stat}${outcome}`], 0);
  return ({ store }) => WRITES.map(([action, stat]) => [[action], sumOf(store, stat)]);
}

const ACTION = ['action'] as const;

export const storeRows: readonly Row[] = [
  labelled('counter', 'etcd_debugging_store_reads_total', ACTION, ['Reads of the local tree', STATS], reads(BOTH)),
  labelled(
    'counter',
    'etcd_debugging_store_reads_failed_total',
    ACTION,
    ['Reads of the local tree that found nothing', STATS],
    reads(['Fail']),
  ),
  labelled(
    'counter',
    'etcd_debugging_store_writes_total',
    ACTION,
    ['Writes that were applied, refused ones too', STATS],
    writes(BOTH),
  ),
  labelled(
    'counter',
    'etcd_debugging_store_writes_failed_total',
    ACTION,
    ['Writes that were refused when they were applied', STATS],
    writes(['Fail']),
  ),
  counter('etcd_debugging_store_expires_total', ['Keys that expired', STATS], ({ store }) => store.expireCount),
  counter(
    'etcd_debugging_store_watch_requests_total',
    ['Watches that were asked for', 'the member'],
    ({ report }) => report.watchRequests,
  ),
  gauge('etcd_debugging_store_watchers', ['Watches that wait', STATS], ({ store }) => store.watchers),
];
