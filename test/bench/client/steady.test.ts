import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { JobResult, SteadyJob } from '../../../bench/client/jobs';
import { steady } from '../../../bench/client/steady';
import { makePki, type Pki } from '../../tls/support/pki';

interface Seen {
  readonly authorization: string | undefined;
  readonly socket: TLSSocket;
  readonly resumed: boolean;
}

let pki: Pki;
let server: Server;
let port: number;
let seen: Seen[];

beforeAll(async () => {
  pki = await makePki();
  const { certificate, key } = await pki.issue('server');
  server = createServer({ cert: certificate, key }, (request, response) => {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) throw new Error('not over TLS');
    seen.push({ authorization: request.headers.authorization, socket, resumed: socket.isSessionReused() });
    response.end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  seen = [];
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  pki.remove();
});

const JOB = { type: 'steady', kind: 'get', keys: 10, connections: 2, seconds: 0.3 } as const;
const LONGEST_S = 15;

/** Loads for as long as this machine needs for more than `requests`, which is 0.3 s on one that has time. */
async function steadyUntil(requests: number, access: NonNullable<SteadyJob['access']>): Promise<JobResult> {
  for (let seconds: number = JOB.seconds; ; seconds *= 4) {
    seen = [];
    const result = await steady({ ...JOB, port, access, seconds });
    if (result.requests > requests || result.errors > 0 || seconds > LONGEST_S) return result;
  }
}

test('goes over TLS, in the name of a user, on connections that stay', async () => {
  const access = { caPem: pki.ca.certificate, user: 'bench:säcret' };
  const result = await steadyUntil(2, access);
  expect(result.requests).toBeGreaterThan(2);
  expect(result.errors).toBe(0);
  expect(seen.length).toBe(result.requests);
  expect(new Set(seen.map(({ socket }) => socket)).size).toBe(2);
  const basic = `Basic ${Buffer.from('bench:säcret').toString('base64')}`;
  expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set([basic]));
});

test('opens a connection for each request where that is asked for, and offers its last session again', async () => {
  const result = await steadyUntil(4, { caPem: pki.ca.certificate, newConnections: true });
  expect(result.requests).toBeGreaterThan(4);
  expect(result.errors).toBe(0);
  expect(new Set(seen.map(({ socket }) => socket)).size).toBe(result.requests);
  // The first of each of the two has nothing to offer.
  expect(seen.filter(({ resumed }) => !resumed)).toHaveLength(2);
});

test('counts what fails when the certificate is of somebody else', async () => {
  const stranger = await makePki();
  const result = await steady({ ...JOB, port, access: { caPem: stranger.ca.certificate } });
  stranger.remove();
  expect(result.requests).toBe(0);
  expect(result.errors).toBeGreaterThan(0);
});
