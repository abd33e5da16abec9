import { Agent, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyBody } from './bodies';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method: string;
  /** Path and query, already percent-encoded. */
  readonly target: string;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** `NAME:PASSWORD`. */
  readonly basic?: string;
}

/** No whole answer came. `wasSent` false: the server did not even take the connection, so nothing was carried out. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    readonly wasSent: boolean,
    message: string,
  ) {
    super(message);
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
/** Of the ports that speak TLS. */
const tlsAgents = new Map<number, TlsAgent>();

/** What they were asked with before: requests may be under way. */
const oldAgents = new Set<TlsAgent>();

/** From now on the port is asked by https. */
export function speakTls(port: number, options: SecureContextOptions): void {
  const before = tlsAgents.get(port);
  if (before !== undefined) oldAgents.add(before);
  tlsAgents.set(port, new TlsAgent({ keepAlive: true, maxSockets: 256, ...options }));
}

/** One request to 127.0.0.1:`port`. Rejects with NoAnswer. */
export function call(port: number, { method, target, form, json, basic }: Call, timeoutMs = 30_000): Promise<Answer> {
  const body =
    form !== undefined ? new URLSearchParams(form).toString() : json !== undefined ? JSON.stringify(json) : '';
  const type = form !== undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const headers = {
    ...(body === '' ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
    ...(basic === undefined ? {} : { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
  };
  return new Promise((resolve, reject) => {
    const tlsAgent = tlsAgents.get(port);
    const asked = { host: '127.0.0.1', port, method, path: target, headers };
    const request =
      tlsAgent === undefined ? httpRequest({ ...asked, agent }) : httpsRequest({ ...asked, agent: tlsAgent });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const failed = (error: Error & { code?: string }): void => {
      clearTimeout(timer);
      reject(new NoAnswer(error.code !== 'ECONNREFUSED', `${method} ${target}: ${error.message}`));
    };
    request.on('error', failed);
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', failed);
      response.on('close', () => {
        clearTimeout(timer);
        if (!response.complete) failed(new Error('the answer was cut'));
        const text = Buffer.concat(pieces).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.end(body);
  });
}

/** `call` to /v2/keys, whatever the status. */
export async function callKeys(port: number, request: Call, timeoutMs?: number): Promise<KeyBody> {
  return JSON.parse((await call(port, request, timeoutMs)).text) as KeyBody;
}

/** Closes the connections that are kept; for the end of a test. */
export function closeConnections(): void {
  agent.destroy();
  for (const tlsAgent of [...tlsAgents.values(), ...oldAgents]) tlsAgent.destroy();
  tlsAgents.clear();
  oldAgents.clear();
}
