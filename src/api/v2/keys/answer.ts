/** Writes the answers of the key routes: status, headers, body (spec v2-api section 3). */
import type { KeyEvent } from '../../../machine/keyspace/event';
import type { KeyReader } from '../../../member/types';
import { sendBody, sendPieces } from '../../http/longBody';
import type { FlatHeaders, Outgoing } from '../../http/outgoing';
import type { Turns } from '../../turns';
import { eventJson, eventPieces, eventStatus, isShort, shortEventJson } from './eventJson';
import type { KeyFailure } from './failure';
import type { KeptBody } from './keptBody';
import { failureJson, failurePieces, hasLongCause, statusOf } from './failure';

/**
 * A long body is made while it is sent, as fast as the client takes it, and a slice in a turn.
 *
 * @param onFailure gets what nobody foresaw after this has returned
 * @param status that of the whole event, where it is not all shown
 */
export function writeEvent(
  response: Outgoing,
  member: KeyReader,
  event: KeyEvent,
  noValueOnSuccess: boolean,
  turns: Turns,
  onFailure: (error: unknown) => void,
  status = eventStatus(event),
): void {
  const whole = noValueOnSuccess ? shortEventJson(event) : undefined;
  if (whole !== undefined || isShort(event)) {
    const body = whole ?? eventJson(event);
    writeHead(response, member, status, event.etcdIndex, ['Content-Length', body.length]);
    response.end(body, 'latin1');
    return;
  }
  sendPieces(response, headOf(response, member, status, event.etcdIndex), eventPieces(event), turns, onFailure);
}

/**
 * The answer to a read of a directory with children.
 *
 * @param pieces the body, as `eventPieces` gives it
 */
export function writeListing(
  response: Outgoing,
  member: KeyReader,
  etcdIndex: number,
  pieces: Generator<string, void, undefined>,
  turns: Turns,
  onFailure: (error: unknown) => void,
): void {
  sendPieces(response, headOf(response, member, 200, etcdIndex), pieces, turns, onFailure);
}

/** The same, with a body that is there already. */
export function writeKept(response: Outgoing, member: KeyReader, etcdIndex: number, body: KeptBody): void {
  sendBody(response, headOf(response, member, 200, etcdIndex), body.bytes);
  if (response.closed) return;
  body.use();
  response.once('close', () => {
    body.release();
  });
}

/** A flat list of names and values: Node writes it out as it is. */
function writeHead(response: Outgoing, member: KeyReader, status: number, etcdIndex: number, more: FlatHeaders): void {
  const indexes = member.indexes();
  response.writeHead(status, [
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
    ...more,
  ]);
}

/** Writes it once it is known what else belongs into it. */
function headOf(response: Outgoing, member: KeyReader, status: number, etcdIndex: number): (more: FlatHeaders) => void {
  return (more) => {
    writeHead(response, member, status, etcdIndex, more);
  };
}

/** The answer to a watch that was registered: everything but its events. */
export function writeWatchHead(response: Outgoing, member: KeyReader, etcdIndex: number): void {
  writeHead(response, member, 200, etcdIndex, []);
  response.flushHeaders();
}

/** Errors carry no X-Raft headers. The cause is short: what may be long is written by `writeAnyFailure`. */
export function writeFailure(response: Outgoing, member: KeyReader, failure: KeyFailure): void {
  const body = failureJson(failure);
  writeFailureHead(response, member, failure, ['Content-Length', body.length]);
  response.end(body, 'latin1');
}

/** The same of a cause of any length; a long one is written as `writeEvent` writes long bodies. */
export function writeAnyFailure(
  response: Outgoing,
  member: KeyReader,
  failure: KeyFailure,
  turns: Turns,
  onFailure: (error: unknown) => void,
): void {
  if (!hasLongCause(failure)) {
    writeFailure(response, member, failure);
    return;
  }
  const head = (more: FlatHeaders): void => {
    writeFailureHead(response, member, failure, more);
  };
  sendPieces(response, head, failurePieces(failure), turns, onFailure);
}

function writeFailureHead(response: Outgoing, member: KeyReader, failure: KeyFailure, more: FlatHeaders): void {
  if (failure.retryAfterSeconds !== undefined) response.setHeader('Retry-After', failure.retryAfterSeconds);
  response.writeHead(statusOf(failure), [
    'Content-Type',
    'application/json',
    'X-Etcd-Cluster-Id',
    member.clusterId,
    'X-Etcd-Index',
    failure.etcdIndex,
    ...more,
  ]);
}
