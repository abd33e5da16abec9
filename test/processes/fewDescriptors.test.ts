/** A member that may have few files open, and more clients than that. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, makeCertificate } from '../../src/tls/makeCertificates';
import { call, closeConnections } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { parseExposed, sumOf } from '../metrics/exposed';
import { stablePort } from '../support/ports';

const suite = whyMissing('cairn') === undefined ? describe : describe.skip;

const CLIENTS = 400;

suite('a member with 256 descriptors', () => {
  let member: ServerProcess;
  let metricsPort: number;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    metricsPort = await stablePort();
    const metrics = ['--listen-metrics-urls', `http://127.0.0.1:${metricsPort}`];
    member = await ServerProcess.start('cairn', { openFilesMax: 256, moreArguments: metrics });
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    closeConnections();
    await member.remove();
  });

  test('goes on writing, opens files of its database, and can be monitored while 400 clients watch', async () => {
    let closed = 0;
    for (let n = 0; n < CLIENTS; n++) {
      const socket = connect(member.clientPort, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => closed++);
      // The end of a connection is heard of once what came before it was read.
      socket.resume();
      socket.write('GET /v2/keys/nothing?wait=true HTTP/1.1\r\nHost: localhost\r\n\r\n');
      sockets.push(socket);
    }
    const metric = async (name: string): Promise<number> => {
      const { text } = await call(metricsPort, { method: 'GET', target: '/metrics' });
      return sumOf(parseExposed(text), name);
    };
    // Those that are let go were refused, or made room: whoever comes later may take the place of a connection that rests.
    await until('all have come', 60_000, async () => {
      const [served, waiting] = await Promise.all([
        metric('etcd_client_connections'),
        metric('etcd_client_connections_waiting'),
      ]);
      return served + waiting + closed >= CLIENTS;
    });
    expect(await metric('etcd_client_connections_refused_total')).toBeGreaterThan(200);
    expect(await metric('etcd_client_connections')).toBe(await metric('etcd_client_connections_limit'));
    // Some of those that have a place go: those that wait are served, and who writes finds one.
    for (const socket of sockets.filter(({ destroyed }) => !destroyed).slice(0, 30)) socket.destroy();
    const value = 'x'.repeat(1024 * 1024);
    const write = (key: string): Promise<number> =>
      call(member.clientPort, { method: 'PUT', target: `/v2/keys/${key}`, form: { value } }).then(
        ({ status }) => status,
      );
    await until('there is a place', 60_000, async () => (await write('nothing')) < 300);
    // More than a memtable holds, so that the database has to open new files.
    for (let n = 0; n < 20; n++) expect(await write(`key${n}`)).toBe(201);
    expect(member.isRunning()).toBe(true);
    expect(await metric('process_open_fds')).toBeLessThan(256);
    expect(member.logs()).toContain('nearly as many client connections as the limit on open files has room for');
  });
});

suite('a member with 256 descriptors, with strangers at its other ports', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-few-'));
  const value = 'x'.repeat(1024 * 1024);
  let member: ServerProcess;
  let metricsPort: number;
  let sockets: Socket[] = [];

  beforeAll(async () => {
    const { certificate, key } = await makeCertificate(
      { commonName: 'member', hosts: ['127.0.0.1'], years: 1, nowMs: Date.now() },
      await makeAuthority({ commonName: 'CA', years: 1, nowMs: Date.now() }),
    );
    const at = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text, { mode: 0o600 });
      return join(directory, name);
    };
    metricsPort = await stablePort();
    const peerPort = await stablePort();
    const peerUrl = `https://127.0.0.1:${peerPort}`;
    member = await ServerProcess.start('cairn', {
      openFilesMax: 256,
      peerPort,
      initialCluster: `default=${peerUrl}`,
      moreArguments: [
        ...['--listen-metrics-urls', `http://127.0.0.1:${metricsPort}`],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ...['--peer-cert-file', at('peer.crt', certificate), '--peer-key-file', at('peer.key', key)],
      ],
    });
  });

  afterAll(async () => {
    closeConnections();
    await member.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    ['connections to the metrics port', () => metricsPort, 'GET /metrics HTTP/1.1\r\n'],
    [
      'requests to the metrics port, whose connections rest',
      () => metricsPort,
      'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    ['half handshakes at the peer port', () => member.peerPort, '\x16\x03\x01'],
    ['requests without TLS to the peer port', () => member.peerPort, 'GET /members HTTP/1.1\r\n'],
  ])('goes on writing and opens files of its database during 400 %s', async (_what, portOf, bytes) => {
    sockets = Array.from({ length: CLIENTS }, () => {
      const socket = connect(portOf(), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(bytes, 'latin1');
      return socket;
    });
    // More than a memtable holds, so that the database has to open new files.
    for (let n = 0; n < 20; n++) {
      const put = { method: 'PUT', target: `/v2/keys/key${n}`, form: { value } } as const;
      expect((await call(member.clientPort, put)).status).toBeLessThan(300);
    }
    expect(member.isRunning()).toBe(true);
    for (const socket of sockets) socket.destroy();
    await until('the port answers again', 60_000, async () => {
      const { text } = await call(metricsPort, { method: 'GET', target: '/metrics' }).catch(() => ({ text: '' }));
      return text !== '' && sumOf(parseExposed(text), 'process_open_fds') < 128;
    });
  });
});

suite('a member with fewer descriptors than it needs', () => {
  test('says so and ends with a code of its own', async () => {
    const member = await ServerProcess.start('cairn', { openFilesMax: 100, readyWithinMs: 0 });
    const { code } = await member.whenExited();
    expect(code).toBe(9);
    expect(member.logs()).toContain('this process may have only 100 files and connections open');
    await member.remove();
  });
});
