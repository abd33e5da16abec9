/** Starts the API around a fake member on free loopback ports, and speaks to it over real sockets. */
import { request as httpRequest } from 'node:http';
import type { Agent, IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import type { WebRules } from '../../src/api/connection/webRules';
import type { ApiOptions, LogLevel } from '../../src/api/options';
import { PeerPort } from '../../src/api/peerPort';
import type { ApiServer } from '../../src/api/server';
import { startApi } from '../../src/api/server';
import { FakeMember, NOW_MS } from './fakeMember';

/** What its discovery service makes. */
export const TOKEN = '00112233445566778899aabbccddeeff';

/** Raw requests of tests give the host any short name. */
export const ANY_NAME: WebRules = { cors: [], crossSiteWrites: false, hosts: undefined };

export interface ApiUnderTest {
  readonly options: ApiOptions;
  readonly member: FakeMember;
  readonly server: ApiServer;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly levels: LogLevel[];
  /** Lines that were logged, as objects. */
  readonly logged: Record<string, unknown>[];
}

export async function startUnderTest(options: Partial<ApiOptions> = {}): Promise<ApiUnderTest> {
  const member = new FakeMember();
  const levels: LogLevel[] = [];
  const logged: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    logged.push(JSON.parse(line));
  };
  const limits = {
    maxHeaderBytes: 1024 * 1024,
    headerTimeoutMs: 5000,
    bodyTimeoutMs: 5000,
    logger: pino({ level: 'debug' }, { write }),
  };
  const peerPort = await PeerPort.open([{ host: '127.0.0.1', port: 0 }], limits, () => undefined);
  const whole: ApiOptions = {
    ...limits,
    member,
    surface: 'all',
    discovery: { urlPrefix: '', makeToken: () => TOKEN, tokenTtlSeconds: 60, isReady: () => true },
    clientAddresses: [{ host: '127.0.0.1', port: 0 }],
    peerPort,
    web: ANY_NAME,
    maxRequestBytes: 10 * 1024 * 1024,
    now: () => NOW_MS,
    setLogLevel: (level) => levels.push(level),
    ...options,
  };
  const server = await startApi(whole).catch(async (error: unknown) => {
    await peerPort.close(0);
    throw error;
  });
  const clientPort = server.clientAddresses[0]!.port;
  return { options: whole, member, server, clientPort, peerPort: peerPort.listeners[0]!.address.port, levels, logged };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** A byte string. */
  readonly body: string;
}

/** One request on a connection of its own, or on one of an agent where thousands are sent to which connections do not matter. */
export function ask(
  port: number,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
  agent: Agent | false = false,
): Promise<Answer> {
  const formHeader = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, agent, headers: { ...formHeader, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('latin1');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body === undefined ? undefined : Buffer.from(body, 'latin1'));
  });
}

/** Sends bytes as they are and collects everything until the server closes the connection. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('error', reject);
    socket.write(bytes, 'latin1');
  });
}

const HANG_MS = 60_000;

/** Waits until `condition` holds; fails the test if that takes longer than a machine that is busy with other things. */
export async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + HANG_MS;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`not within a minute: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
