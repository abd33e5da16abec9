/** Members that answer wrong, half, late or not at all. The words are those of etcdctl 3.4 where it has any. */
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { FakeServer } from '../../client/fakeServer';
import { runCtl, type CtlOutcome } from './inProcess';

const server = new FakeServer();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});
beforeEach(() => {
  server.asked.length = 0;
});

const INVALID = 'client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint';
const away = (reason: string): string =>
  `Error:  client: etcd cluster is unavailable or misconfigured; error #0: ${reason}\n\nerror #0: ${reason}\n\n`;

function ctl(...args: string[]): Promise<CtlOutcome> {
  return runCtl(['--no-sync', '--endpoints', server.url, '--timeout', '5s', ...args]);
}

const LEVELS = 6000;
const deep = `${'{"key":"/x","dir":true,"nodes":['.repeat(LEVELS)}${']}'.repeat(LEVELS)}`;

it.each<[string, { status?: number; body?: unknown }, string]>([
  ['a page', { body: '<html>' }, `Error:  ${INVALID}\n`],
  ['a page that says it is not there', { status: 404, body: '<html>' }, `Error:  ${INVALID}\n`],
  ['nothing', { body: '' }, 'Error:  client: response body is empty\n'],
  ['null', { body: 'null' }, `Error:  ${INVALID}\n`],
  ['a list', { body: [] }, `Error:  ${INVALID}\n`],
  ['no node', { body: { action: 'get' } }, `Error:  ${INVALID}\n`],
  ['an action that is none', { body: { action: 5, node: {} } }, `Error:  ${INVALID}\n`],
  ['a node that is a list', { body: { action: 'get', node: [] } }, `Error:  ${INVALID}\n`],
  ['nodes without an end', { body: `{"action":"get","node":${deep}}` }, `Error:  ${INVALID}\n`],
  ['a no without a reason', { status: 400, body: {} }, 'Error:  0:  () [0]\n'],
])('%s', async (_, answer, stderr) => {
  server.answer = () => answer;
  expect(await ctl('get', '/x')).toEqual({ code: 4, stdout: '', stderr });
});

it.each([
  [500, 'has no leader'],
  [503, 'has no leader'],
  [502, 'returns server error [Bad Gateway]'],
])('status %i', async (status, words) => {
  server.answer = () => ({ status });
  const reason = `client: etcd member ${server.url} ${words}`;
  expect(await ctl('get', '/x')).toEqual({ code: 4, stdout: '', stderr: away(reason) });
  expect(await ctl('mk', '/x', '1')).toEqual({ code: 4, stdout: '', stderr: `Error:  ${reason}\n` });
});

it.each([
  [['user', 'list'], `${INVALID}\n`],
  [['role', 'get', 'x'], `${INVALID}\n`],
  [['member', 'list'], `${INVALID}\n`],
  [['member', 'add', 'x', 'http://a'], 'unexpected status code 200\n'],
  [['cluster-health'], `Error:  ${INVALID}\n`],
  [['tree'], `Error:  ${INVALID}\n`],
  [['watch', '/x'], `Error:  ${INVALID}\n`],
])('%j of what is no cluster', async (args, stderr) => {
  server.answer = () => ({ body: '<html>' });
  const outcome = await ctl(...args);
  expect([outcome.stderr, outcome.code !== 0]).toEqual([stderr, true]);
});

it('a value may be what JSON allows, and names of properties harm nobody', async () => {
  server.answer = () => ({
    body: '{"action":"get","__proto__":{"x":1},"node":{"key":"/x","value":"\\u0000\\ud800","__proto__":{"dir":true}}}',
  });
  const { code, stdout } = await ctl('get', '/x');
  expect([code, stdout]).toEqual([0, '\0\ufffd\n']);
});

describe('endpoints that fail in their own way', () => {
  let raw: Server;
  const sockets = new Set<Socket>();
  let respond: (socket: Socket) => void = () => undefined;
  let url = '';
  beforeAll(async () => {
    raw = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => {
        respond(socket);
      });
    });
    await new Promise<void>((listening) => raw.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    raw.close();
  });

  const asked = (...args: string[]): Promise<CtlOutcome> => runCtl(['--no-sync', '--endpoints', url, ...args]);

  it('an answer that ends in the middle', async () => {
    respond = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"action"');
    expect(await asked('get', '/x')).toEqual({ code: 4, stdout: '', stderr: away('unexpected EOF') });
    expect(await asked('mk', '/x', '1')).toEqual({ code: 4, stdout: '', stderr: 'Error:  unexpected EOF\n' });
  });

  it('a connection that is closed without an answer', async () => {
    respond = (socket) => socket.end();
    expect(await asked('get', '/x')).toEqual({ code: 4, stdout: '', stderr: away('EOF') });
    expect(await asked('rm', '/x')).toEqual({ code: 4, stdout: '', stderr: 'Error:  EOF\n' });
  });

  it('what is no HTTP', async () => {
    respond = (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    const { code, stderr } = await asked('get', '/x');
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^Error: {2}client: etcd cluster is unavailable .*; error #0: malformed HTTP response/),
    ]);
  });

  it('silence, within the limits', async () => {
    respond = () => undefined;
    expect(await asked('--timeout', '100ms', 'get', '/x')).toEqual({
      ...{ code: 4, stdout: '', stderr: away(`client: endpoint ${url} exceeded header timeout`) },
    });
    expect(await asked('--total-timeout', '100ms', 'get', '/x')).toEqual({
      ...{ code: 4, stdout: '', stderr: 'Error:  context deadline exceeded\n' },
    });
    expect((await asked('--total-timeout', '100ms', 'user', 'list')).stderr).toBe('context deadline exceeded\n');
  });

  it('the head in time, and the rest after the limit for heads', async () => {
    respond = (socket) => {
      const body = '{"action":"get","node":{"key":"/x","value":"1"}}';
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      setTimeout(() => socket.end(body), 300);
    };
    expect(await asked('--timeout', '100ms', 'get', '/x')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  });

  it('what may have been done is not done again elsewhere; what can be, is', async () => {
    respond = (socket) => socket.end();
    server.answer = ({ method }) => ({ body: { action: method, node: { key: '/x', value: '1' } } });
    const both = (...args: string[]): Promise<CtlOutcome> =>
      runCtl(['--no-sync', '--endpoints', `${url},${server.url}`, ...args]);
    const drawn = jest.spyOn(Math, 'random');
    const codeOf = async (number: number, command: string): Promise<number | null> => {
      // The order of the endpoints is drawn: 0 leaves it as it is.
      drawn.mockReturnValue(number);
      return (await both(...command.split(' '))).code;
    };
    for (const command of ['get /x', 'set /x 1', 'update /x 1']) expect(await codeOf(0, command)).toBe(0);
    for (const command of ['mk /x 1', 'mk --in-order /x 1', 'rm /x']) {
      expect([command, await codeOf(0, command), await codeOf(0.99, command)]).toEqual([command, 4, 0]);
    }
    drawn.mockRestore();
  });
});
