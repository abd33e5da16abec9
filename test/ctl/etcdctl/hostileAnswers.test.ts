/** Members that answer wrong, half, late or not at all. The words are those of etcdctl 3.4 where it has any. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

it.each([{}, { members: null }, { members: [] }])('nobody is healthy where the members are %j', async (body) => {
  server.answer = () => ({ body });
  const { code, stdout, stderr } = await ctl('cluster-health');
  expect([code, stderr]).toEqual([4, 'Error:  the list of members is empty\n']);
  expect(stdout).toBe('cluster may be unhealthy: failed to list members\n');
});

it.each([401, 403, 404])('a wait that is refused without a word (%i) is over', async (status) => {
  server.answer = () => ({ status, body: '' });
  expect(await ctl('watch', '/x')).toEqual({ code: 4, stdout: '', stderr: `Error:  ${INVALID}\n` });
  expect(server.asked).toHaveLength(1);
});

it('waits that are ended at once are not begun again without a pause', async () => {
  let waits = 0;
  server.answer = () => {
    waits++;
    return { body: waits < 4 ? '' : { action: 'set', node: { key: '/x', value: '1', modifiedIndex: 7 } } };
  };
  const beganMs = performance.now();
  expect(await ctl('watch', '/x')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  expect(performance.now() - beganMs).toBeGreaterThan(1400);
});

it('a change for which no program can be started is told, and the next one has its program', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-exec-watch-'));
  const file = join(folder, 'values');
  const change = (value: string, modifiedIndex: number) => ({
    action: 'set',
    node: { key: '/x\0y', value, modifiedIndex },
  });
  server.answer = ({ url }) => {
    const after = Number(new URLSearchParams(url.split('?')[1]).get('waitIndex'));
    if (after === 0) return { body: change('x'.repeat(3_000_000), 7) };
    if (after === 8) return { body: change('small\0er', 8) };
    return existsSync(file)
      ? { status: 403, body: { errorCode: 110, message: 'over', cause: '', index: 1 } }
      : { body: '' };
  };
  const program = ['sh', '-c', `printf %s "$ETCD_WATCH_KEY $ETCD_WATCH_VALUE" >${file}`];
  const outcome = await ctl('exec-watch', '/x', '--', ...program);
  expect([outcome.code, outcome.stderr]).toEqual([
    4,
    expect.stringMatching(/^exec: sh: not started for the change of \/x.* at 7: spawn E2BIG\nError: {2}110: over/),
  ]);
  expect(readFileSync(file, 'utf8')).toBe('/x small');
  rmSync(folder, { recursive: true });
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
    for (const command of [
      ...['mk /x 1', 'mk --in-order /x 1', 'rm /x', 'setdir /x', 'mkdir /x'],
      ...['set --swap-with-index 7 /x 1', 'set --swap-with-value 0 /x 1', 'rm --with-index 7 /x'],
    ]) {
      expect([command, await codeOf(0, command), await codeOf(0.99, command)]).toEqual([command, 4, 0]);
    }
    drawn.mockRestore();
  });

  it('a comparison that a member may have made is not made again; one that it was too busy for is', async () => {
    const busy = new FakeServer();
    await busy.start();
    let headers: Readonly<Record<string, string>> = {};
    busy.answer = () => ({ status: 503, headers });
    server.answer = ({ method }) => ({ body: { action: method, node: { key: '/x', value: '1' } } });
    const drawn = jest.spyOn(Math, 'random').mockReturnValue(0);
    const args = ['--no-sync', '--endpoints', `${busy.url},${server.url}`, 'set', '--swap-with-index', '7', '/x', '1'];
    const { code, stderr } = await runCtl(args);
    expect([code, stderr]).toEqual([4, expect.stringContaining('client: etcd cluster is unavailable')]);
    expect(server.asked).toEqual([]);
    headers = { 'Retry-After': '1' };
    expect((await runCtl(args)).code).toBe(0);
    drawn.mockRestore();
    busy.stop();
  });

  it('half an answer to who the members are ends cluster-health in time', async () => {
    respond = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{');
    const { code, stdout } = await asked('--total-timeout', '200ms', 'cluster-health');
    expect([code, stdout]).toEqual([4, 'cluster may be unhealthy: failed to list members\n']);
  });

  it('limits beyond what a timer can count are long, and not over at once', async () => {
    respond = (socket) => {
      const body = '{"action":"get","node":{"key":"/x","value":"1"}}';
      setTimeout(() => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`), 100);
    };
    for (const flag of ['--timeout', '--total-timeout'])
      expect(await asked(flag, '1000h', 'get', '/x')).toEqual({ code: 0, stdout: '1\n', stderr: '' });
  });
});
