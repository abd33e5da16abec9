/** Tells a member that is silent from one that only failed a request: what it began to answer may have no end, and none that anybody sees. */
import { request as httpRequest } from 'node:http';
import { boundInterimAnswers } from '../platform/interimAnswers';
import type { Connections } from './connections';
import type { Endpoint } from './endpoints';

/** Asked of a member that failed a request; it costs nothing, and needs no right. */
const SIGN_PATH = '/version';
const SIGN_WITHIN_MS = 5000;

export class Suspects {
  private readonly asked = new Set<Endpoint>();

  /** @param onSilent it gave no sign of life at all */
  constructor(
    private readonly connections: Connections,
    private readonly onSilent: (endpoint: Endpoint) => void,
  ) {}

  /** It failed a request. */
  ask(endpoint: Endpoint): void {
    if (this.asked.has(endpoint)) return;
    this.asked.add(endpoint);
    const { host, port } = endpoint;
    const agent = this.connections.agentFor(endpoint, true);
    const request = httpRequest({ agent, host, port, path: SIGN_PATH });
    const timer = setTimeout(() => request.destroy(), SIGN_WITHIN_MS);
    boundInterimAnswers(request);
    let isThere = false;
    request.on('response', (answer) => {
      isThere = true;
      answer.resume();
    });
    request.on('error', () => undefined);
    request.on('close', () => {
      clearTimeout(timer);
      this.asked.delete(endpoint);
      if (!isThere) this.onSilent(endpoint);
    });
    request.end();
  }
}
