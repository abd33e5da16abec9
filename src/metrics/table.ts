/** The table of metrics: /metrics, docs/metrics.md and the checks against etcd are all made from it. */
import type { Row } from './row';
import { diskRows } from './table/disk';
import { extensiveRows, grpcRows } from './table/grpc';
import { httpRows } from './table/http';
import { legacyRows } from './table/legacy';
import { networkRows } from './table/network';
import { ownRows, processRows } from './table/own';
import { standbyRows } from './table/standby';
import { serverRows } from './table/server';
import { storeRows } from './table/store';

/** Rows that are shown under the same condition. */
export interface Family {
  readonly title: string;
  readonly shown: 'always' | 'extensive' | 'legacyNames';
  readonly rows: readonly Row[];
}

export const families: readonly Family[] = [
  { title: 'The member', shown: 'always', rows: serverRows },
  { title: 'Storage', shown: 'always', rows: diskRows },
  { title: 'Members and clients', shown: 'always', rows: networkRows },
  { title: 'The store', shown: 'always', rows: storeRows },
  { title: 'Requests', shown: 'always', rows: httpRows },
  { title: 'Requests as gRPC calls', shown: 'always', rows: grpcRows },
  { title: 'Durations of gRPC calls', shown: 'extensive', rows: extensiveRows },
  { title: "Cairn's own", shown: 'always', rows: ownRows },
  { title: 'Of members and standbys', shown: 'always', rows: standbyRows },
  { title: 'The process', shown: 'always', rows: processRows },
  { title: 'Names of etcd 2.3', shown: 'legacyNames', rows: legacyRows },
];
