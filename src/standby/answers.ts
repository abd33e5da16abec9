/** What a standby answers (spec v0-api section 7): clients are sent to the leader, and whoever asks for this process is told of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

const PLAIN = 'text/plain; charset=utf-8';

/** What a standby says of itself. */
export interface StandbyStatus {
  /** An origin; undefined while nobody knows of a leader. */
  readonly leaderURL: string | undefined;
  /** Text for Prometheus. */
  readonly metrics: () => string;
}

/** For a client port: probes and metrics are of this process, and everything else is the leader's, by its client URL. */
export function answerClient(request: IncomingMessage, response: ServerResponse, status: StandbyStatus): void {
  const { leaderURL } = status;
  request.resume();
  if (answerMonitoring(request, response, status)) return;
  const target = request.url ?? '';
  if (leaderURL === undefined) {
    const cause = 'this process is a standby, and no member that it can reach knows of a leader';
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
export function answerMonitoring(
  request: IncomingMessage,
  response: ServerResponse,
  { leaderURL, metrics }: StandbyStatus,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const [path = ''] = (request.url ?? '').split('?', 1);
  switch (path) {
    case '/livez':
      write(response, 200, PLAIN, 'ok\n');
      return true;
    case '/readyz':
      if (leaderURL !== undefined) write(response, 200, PLAIN, 'ok\n');
      else write(response, 503, PLAIN, 'a standby that knows of no leader\n');
      return true;
    case '/metrics':
      write(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metrics());
      return true;
    default:
      return false;
  }
}

export function answerNotFound(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  write(response, 404, PLAIN, '404 page not found\n');
}

function write(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(text))]).end(text);
}
