/** What probes and Prometheus are answered by a process that is no member: a standby or a proxy. */
import type { IncomingMessage, ServerResponse } from 'node:http';

const PLAIN = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8';

export interface MonitoringStatus {
  /** Why it can do nothing for a client now; undefined: it can. */
  readonly notReady: string | undefined;
  /** Text for Prometheus. */
  readonly metrics: () => string | Promise<string>;
}

/** `/livez`, `/readyz` and `/metrics`: true if it was one of these. */
export function answerMonitoring(
  request: IncomingMessage,
  response: ServerResponse,
  { notReady, metrics }: MonitoringStatus,
): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const [path = ''] = (request.url ?? '').split('?', 1);
  switch (path) {
    case '/livez':
      writeText(response, 200, PLAIN, 'ok\n');
      return true;
    case '/readyz':
      if (notReady === undefined) writeText(response, 200, PLAIN, 'ok\n');
      else writeText(response, 503, PLAIN, `${notReady}\n`);
      return true;
    case '/metrics':
      void answerMetrics(response, metrics);
      return true;
    default:
      return false;
  }
}

export function answerNotFound(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  writeText(response, 404, PLAIN, '404 page not found\n');
}

export function writeText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, ['Content-Type', type, 'Content-Length', String(Buffer.byteLength(text))]).end(text);
}

async function answerMetrics(response: ServerResponse, metrics: MonitoringStatus['metrics']): Promise<void> {
  try {
    writeText(response, 200, METRICS, await metrics());
  } catch {
    // Something of it cannot be had now, as where there are no descriptors left for /proc; the next scrape comes soon.
    writeText(response, 500, PLAIN, 'the metrics cannot be read now\n');
  }
}
