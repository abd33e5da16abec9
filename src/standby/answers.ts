/** What a standby answers (spec v0-api section 7): clients are sent to the leader, and whoever asks for this process is told of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerMonitoring,
  answerNotFound,
  writeText as write,
  type MonitoringStatus,
} from '../platform/monitoringAnswers';

const PLAIN = 'text/plain; charset=utf-8';

/** What a standby says of itself. */
export interface StandbyStatus extends Pick<MonitoringStatus, 'metrics'> {
  /** Origins of the leader; none while nobody knows of one. */
  readonly leaderURLs: readonly string[];
}

/**
 * For a client port: probes and metrics are of this process, and everything else is the leader's, by its client URL. Who came over TLS is
 * sent to no URL without it, where a password would be readable on the way.
 */
export function answerClient(request: IncomingMessage, response: ServerResponse, status: StandbyStatus): void {
  const { leaderURLs } = status;
  request.resume();
  if (answerProbe(request, response, status)) return;
  const isEncrypted = 'encrypted' in request.socket;
  const secure = leaderURLs.find((url) => url.startsWith('https:'));
  const leaderURL = isEncrypted ? secure : (leaderURLs.find((url) => url.startsWith('http:')) ?? secure);
  const target = request.url ?? '';
  if (leaderURL === undefined) {
    const cause =
      leaderURLs.length > 0
        ? 'this process is a standby, and the leader has no https URL for clients: who came over TLS is not sent to one without it'
        : 'this process is a standby, and no leader is known by a majority of the members that it knows';
    write(
      response,
      400,
      'application/json',
      `${JSON.stringify({ errorCode: 402, message: 'Standby Internal Error', cause, index: 0 })}\n`,
    );
  } else if (!target.startsWith('/')) {
    write(response, 400, PLAIN, '400 Bad Request');
  } else {
    response.writeHead(307, ['Location', `${leaderURL}${target}`, 'Content-Length', '0']).end();
  }
}

/** `/livez`, `/readyz` and `/metrics`: true if it was one of these. Ready means that clients are sent somewhere. */
export function answerProbe(request: IncomingMessage, response: ServerResponse, status: StandbyStatus): boolean {
  const { leaderURLs, metrics } = status;
  const notReady = leaderURLs.length > 0 ? undefined : 'a standby that knows of no leader';
  return answerMonitoring(request, response, { notReady, metrics });
}

/** For a peer port: nothing but which cluster this process waits for, so that a leader makes room for nobody who does not. */
export function answerPeer(request: IncomingMessage, response: ServerResponse, clusterId: string): void {
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (path !== '/standby' || request.method !== 'GET') {
    answerNotFound(request, response);
    return;
  }
  request.resume();
  write(response, 200, 'application/json', `${JSON.stringify({ waitsFor: clusterId })}\n`);
}
