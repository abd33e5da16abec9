/** Answers `/metrics`, `/livez` and `/readyz` over HTTP. It says nothing of keys and values, and listens only where it was told to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { registryOf } from './metrics';
import type { MirrorStatus } from './status';

/** What scrapers and probes need; whoever takes more takes from them only. */
const CONNECTIONS_MAX = 32;
const REQUEST_TIMEOUT_MS = 10_000;
const IDLE_MS = 60_000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Rejects as listening does. */
export async function serveMetrics(status: MirrorStatus, { host, port }: Address): Promise<Server> {
  const registry = registryOf(status);
  const serve = async ({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (method !== 'GET' && method !== 'HEAD') {
      answer(response, 405, 'only GET and HEAD are served here');
      return;
    }
    switch (url.replace(/\?.*/s, '')) {
      case '/metrics':
        response.setHeader('Content-Type', registry.contentType);
        response.end(await registry.metrics());
        return;
      case '/livez':
        answer(response, 200, 'ok');
        return;
      case '/readyz':
        if (status.isReady) answer(response, 200, 'ok');
        else answer(response, 503, 'nothing was written yet that may be read');
        return;
      default:
        answer(response, 404, 'only /metrics, /livez and /readyz are served here');
    }
  };
  const server = createServer(
    { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: IDLE_MS },
    (request, response) => {
      request.resume();
      serve(request, response).catch(() => response.destroy());
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
