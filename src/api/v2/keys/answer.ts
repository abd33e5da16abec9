/** Writes the answers of the key routes: status, headers, body (spec v2-api section 3). */
import type { ServerResponse } from 'node:http';
import type { KeyEvent } from '../../../machine/keyspace/event';
import type { Member } from '../../../member/types';
import { errorStatus } from '../../errors';
import { eventBody, eventStatus, shortEventJson } from './eventJson';
import type { KeyFailure } from './failure';
import { failureJson } from './failure';

export function writeEvent(response: ServerResponse, member: Member, event: KeyEvent, noValueOnSuccess: boolean): void {
  const body = noValueOnSuccess ? shortEventJson(event) : eventBody(event);
  const indexes = member.indexes();
  // A flat list of names and values: Node writes it out as it is.
  response.writeHead(eventStatus(event), [
    'Content-Type',
    'application/json',
    'X-Etcd-Cluster-Id',
    member.clusterId,
    'X-Etcd-Index',
    event.etcdIndex,
    'X-Raft-Index',
    indexes.raftIndex,
    'X-Raft-Term',
    indexes.raftTerm,
    'Content-Length',
    body.length,
  ]);
  response.end(body, 'latin1');
}

/** The answer to a watch that was registered: everything but its events. */
export function writeWatchHead(response: ServerResponse, member: Member, etcdIndex: number): void {
  const indexes = member.indexes();
  response.writeHead(200, [
    'Content-Type',
    'application/json',
    'X-Etcd-Cluster-Id',
    member.clusterId,
    'X-Etcd-Index',
    etcdIndex,
    'X-Raft-Index',
    indexes.raftIndex,
    'X-Raft-Term',
    indexes.raftTerm,
  ]);
  response.flushHeaders();
}

/** Errors carry no X-Raft headers. */
export function writeFailure(response: ServerResponse, member: Member, failure: KeyFailure): void {
  const body = failureJson(failure);
  if (failure.retryAfterSeconds !== undefined) response.setHeader('Retry-After', failure.retryAfterSeconds);
  response.writeHead(failure.httpStatus ?? errorStatus(failure.code), [
    'Content-Type',
    'application/json',
    'X-Etcd-Cluster-Id',
    member.clusterId,
    'X-Etcd-Index',
    failure.etcdIndex,
    'Content-Length',
    body.length,
  ]);
  response.end(body, 'latin1');
}
