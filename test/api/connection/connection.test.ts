/** One request of a connection at a time, in order, whatever way the bytes come. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { AuditTrail } from '../../../src/api/audit';
import type { Command } from '../../../src/machine/command';
import type { ApiUnderTest } from '../apiUnderTest';
import { startUnderTest, until } from '../apiUnderTest';
import { event, keyError, node } from '../fakeMember';

let api: ApiUnderTest;
const sockets: Socket[] = [];

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await api.server.close(100);
});

/** A connection, and what came back on it. */
interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly isClosed: () => boolean;
}

async function open(port = api.clientPort): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  for (const name of ['end', 'close']) socket.on(name, () => (closed = true));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, text: () => text, isClosed: () => closed };
}

/** A member with one key, whose writes and reads take a while and are noted when they begin and end. */
function slowMember(): string[] {
  const log: string[] = [];
  let value: string | undefined;
  let delayMs = 12;
  api.member.onPropose = async (command: Command) => {
    const label = command.type === 'set' ? `set ${command.value}` : command.type;
    log.push(`(${label}`);
    // Each is quicker than the one before, so that side by side they would end the other way round.
    delayMs = Math.max(0, delayMs - 3);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    value = command.type === 'set' ? command.value : undefined;
    log.push(`${label})`);
    return event({ action: command.type === 'set' ? 'set' : 'delete', node: node({ key: '/a', value }) });
  };
  api.member.onGet = () => {
    log.push(`get ${value}`);
    return value === undefined ? keyError(100, '/a') : event({ node: node({ key: '/a', value }) });
  };
  return log;
}

const GET = 'GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n';
const VERSION = 'GET /version HTTP/1.1\r\nHost: x\r\n\r\n';
const DELETE = 'DELETE /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n';
const WATCH = 'GET /v2/keys/a?wait=true HTTP/1.1\r\nHost: x\r\n\r\n';
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n';

function put(value: string): string {
  return `PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n${FORM}Content-Length: ${value.length + 6}\r\n\r\nvalue=${value}`;
}

function putChunked(value: string): string {
  return `PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n${FORM}Transfer-Encoding: chunked\r\n\r\n6\r\nvalue=\r\n${value.length.toString(16)}\r\n${value}\r\n0\r\n\r\n`;
}

/** Asks for another protocol, which no client port has. */
const UPGRADE = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
const UPGRADING_GET = GET.replace('\r\n\r\n', `\r\n${UPGRADE}\r\n`);

function statuses(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]!);
}

const ORDER = ['(set 1', 'set 1)', 'get 1', '(set 2', 'set 2)', 'get 2', '(delete', 'delete)', 'get undefined'];
const ANSWERS = ['200', '200', '200', '200', '200', '404'];

/** The requests of the order above, in different clothes. */
const SEQUENCES = [
  ['lengths', [put('1'), GET, put('2'), GET, DELETE, GET].join('')],
  ['chunks', [putChunked('1'), GET, putChunked('2'), GET, DELETE, GET].join('')],
  [
    'expectations',
    [put('1').replace('Host: x', 'Host: x\r\nExpect: 100-continue'), GET, put('2'), GET, DELETE, GET].join(''),
  ],
] as const;

describe.each(SEQUENCES)('writes and reads in one go (%s)', (_kind, bytes) => {
  // A set of an existing key answers 200; the fake says so only with a previous node.
  const normalize = (text: string): string[] =>
    statuses(text.replaceAll('HTTP/1.1 100 Continue', '')).map((code) => (code === '201' ? '200' : code));

  test.each([1, 2, 3, 7, 50, 10_000])('in pieces of %i bytes are carried out in their order', async (size) => {
    const log = slowMember();
    const { socket, text } = await open();
    for (let start = 0; start < bytes.length; start += size) {
      socket.write(bytes.slice(start, start + size), 'latin1');
      // So that the pieces arrive as such.
      if (size < 50) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => normalize(text()).length === 6);
    expect(log).toEqual(ORDER);
    expect(normalize(text())).toEqual(ANSWERS);
  });
});

test('a thousand requests in one go are answered in their order, and so is what comes after', async () => {
  slowMember();
  const { socket, text } = await open();
  const one = (value: number): string => put(String(value)) + GET;
  socket.write(Array.from({ length: 500 }, (_value, position) => one(position)).join(''), 'latin1');
  for (let attempt = 0; attempt < 150 && statuses(text()).length < 1000; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const values = [...text().matchAll(/"action":"get","node":\{"key":"\/a","value":"(\d+)"/g)].map((match) =>
    Number(match[1]),
  );
  expect(values).toEqual(Array.from({ length: 500 }, (_value, position) => position));
  socket.write(GET + VERSION, 'latin1');
  await until(() => statuses(text()).length === 1002);
  expect(text()).toMatch(/etcdcluster[^\n]*$/);
});

test('what comes behind a watch waits for its event', async () => {
  const log = slowMember();
  const { socket, text } = await open();
  socket.write(put('1') + WATCH + put('2') + GET, 'latin1');
  await until(() => api.member.watches.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(log).toEqual(['(set 1', 'set 1)']);
  api.member.watches[0]!.listener(event({ action: 'set', node: node({ key: '/a', value: 'w' }) }));
  await until(() => statuses(text()).length === 4);
  expect(log).toEqual(['(set 1', 'set 1)', '(set 2', 'set 2)', 'get 2']);
});

test('a watch with requests behind it ends when its client is gone, and they are not carried out', async () => {
  const log = slowMember();
  const { socket } = await open();
  socket.write(WATCH + put('2') + put('3'), 'latin1');
  await until(() => api.member.watches.length === 1);
  socket.resetAndDestroy();
  await until(() => api.member.watches[0]!.cancelled);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(log).toEqual([]);
});

test('a watch with requests behind it ends when its client has sent all it will, and they are answered', async () => {
  const log = slowMember();
  const { socket, text, isClosed } = await open();
  socket.end(WATCH + put('2') + GET, 'latin1');
  await until(isClosed);
  expect(log).toEqual(['(set 2', 'set 2)', 'get 2']);
  expect(statuses(text())).toHaveLength(3);
});

test('nothing behind Connection: close is carried out', async () => {
  const log = slowMember();
  const { socket, text, isClosed } = await open();
  socket.write(put('1') + GET.replace('Host: x', 'Host: x\r\nConnection: close') + put('2') + GET, 'latin1');
  await until(isClosed);
  expect(log).toEqual(['(set 1', 'set 1)', 'get 1']);
  expect(statuses(text())).toHaveLength(2);
});

test.each([[GET], [UPGRADING_GET]])(
  'the last answer arrives whole though its client goes on sending: %j',
  async (get) => {
    const value = 'x'.repeat(2 * 1024 * 1024);
    api.member.onGet = () => event({ node: node({ key: '/a', value }) });
    const { socket, text, isClosed } = await open();
    socket.pause();
    socket.write(get.replace('Host: x', 'Host: x\r\nConnection: close'), 'latin1');
    // The machine has it all: what it has of it not sent yet goes when the connection is reset.
    await until(() => api.server.clientTraffic().sentBytes > value.length);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (let count = 0; count < 5; count += 1) {
      socket.write('z'.repeat(20_000), 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    socket.resume();
    await until(isClosed);
    expect(text().length).toBeGreaterThan(value.length);
  },
);

test('nothing behind an answer that ends the connection is carried out, and the answer arrives', async () => {
  const log = slowMember();
  const { socket, text, isClosed } = await open();
  socket.write(GET + 'GET /v2/keys/a%zz HTTP/1.1\r\nHost: x\r\n\r\n' + put('2').repeat(2000), 'latin1');
  await until(isClosed);
  expect(statuses(text())).toEqual(['404', '400']);
  expect(log).toEqual(['get undefined']);
});

test('nothing behind such an answer is carried out, also if the answer came before the body', async () => {
  await api.server.close(100);
  api = await startUnderTest({ audit: new AuditTrail(() => undefined, Date.now) });
  const log = slowMember();
  const bad = put('1').replace('PUT /v2/keys/a', 'POST /v2/keys/%zz');
  const { socket, text, isClosed } = await open();
  socket.write(`${VERSION}${bad}${put('2')}`, 'latin1');
  await until(isClosed);
  const other = await open();
  other.socket.write(bad + put('2'), 'latin1');
  await until(other.isClosed);
  expect(statuses(text())).toEqual(['200', '400']);
  expect(statuses(other.text())).toEqual(['400']);
  expect(log).toEqual([]);
});

test.each([10_000, 17_000, 40_000, 150_000])(
  'a long body of which %i bytes came before its turn is read to its end',
  async (early) => {
    const log = slowMember();
    const { socket, text } = await open();
    socket.write(VERSION, 'latin1');
    await until(() => statuses(text()).length === 1);
    const long = put('2'.repeat(200_000));
    socket.write(put('1'), 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(long.slice(0, early), 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 40));
    socket.write(long.slice(early), 'latin1');
    await until(() => statuses(text()).length === 3);
    expect(log).toHaveLength(4);
  },
);

test('the end of a body and the head of another, while an answer waits to be taken, are parsed when it was', async () => {
  const nodes = Array.from({ length: 200 }, (_nothing, at) => node({ key: `/big/${at}`, value: 'v'.repeat(30_000) }));
  slowMember();
  const before = api.member.onGet;
  api.member.onGet = (path) =>
    path === '/big' ? event({ node: node({ key: '/big', dir: true, nodes }) }) : before(path);
  const { socket, text } = await open();
  socket.write(VERSION, 'latin1');
  await until(() => statuses(text()).length === 1);
  socket.pause();
  const [one, two] = [put('12345678'), put('2')];
  socket.write(GET.replace('/a', '/big') + one.slice(0, -5), 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.write(one.slice(-5) + two, 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.resume();
  await until(() => statuses(text()).length === 4);
});

test('HEAD and GET side by side: a body only where one belongs', async () => {
  slowMember();
  const { socket, text } = await open();
  socket.write(put('1') + GET.replace('GET', 'HEAD') + GET + GET.replace('GET', 'HEAD') + VERSION, 'latin1');
  await until(() => statuses(text()).length === 5);
  expect(text().match(/"action":"get"/g)).toHaveLength(1);
});

test.each([
  ['in one go', GET + put('1') + 'NONSENSE\r\n\r\n'],
  ['after a watch', put('1') + WATCH + 'NONSENSE\r\n\r\n'],
])('what is valid is answered before what is not (%s)', async (_name, bytes) => {
  const log = slowMember();
  const { socket, text, isClosed } = await open();
  socket.write(bytes, 'latin1');
  await until(() => log.includes('set 1)'));
  if (bytes.includes('wait')) {
    await until(() => api.member.watches.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isClosed()).toBe(false);
    api.member.watches[0]!.listener(event({ action: 'set', node: node({ key: '/a', value: 'w' }) }));
  }
  await until(isClosed);
  expect(statuses(text()).at(-1)).toBe('400');
  expect(statuses(text())).toHaveLength(3);
});

test('a client that closes its half gets the answers to all it has asked', async () => {
  const log = slowMember();
  const { socket, text, isClosed } = await open();
  socket.end(put('1') + GET + put('2') + GET + DELETE + GET, 'latin1');
  await until(isClosed);
  expect(log).toEqual(ORDER);
  expect(statuses(text())).toHaveLength(6);
});

test('a client that closes its half later gets the answers too', async () => {
  const log = slowMember();
  const { socket, text, isClosed } = await open();
  socket.write(put('1') + GET + put('2'), 'latin1');
  await until(() => log.length > 0);
  socket.end(GET + DELETE + GET, 'latin1');
  await until(isClosed);
  expect(log).toEqual(ORDER);
  expect(statuses(text())).toHaveLength(6);
});

test('a client that does not read gets nothing more computed, and nothing more is read from it', async () => {
  const value = 'x'.repeat(256 * 1024);
  let computed = 0;
  api.member.onGet = () => {
    computed += 1;
    return event({ node: node({ key: '/a', value }) });
  };
  const { socket } = await open();
  socket.pause();
  socket.write(GET.repeat(300), 'latin1');
  await until(() => computed > 0);
  // What the machine takes for the client, and one that waits: no more comes to it for a while.
  let before = 0;
  while (before !== computed) {
    before = computed;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(computed).toBeLessThan(50);
  socket.write(GET.repeat(200_000), 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(computed).toBe(before);
  expect(api.server.clientTraffic().receivedBytes).toBeLessThan(1_000_000);
  let taken = 0;
  socket.on('data', (chunk: string) => {
    taken += chunk.length;
  });
  socket.resume();
  await until(() => taken > 100 * value.length);
});

test.each(['/version', '/metrics', '/v2/stats/self'])(
  'between requests of one client for %s others get their turn',
  async (path) => {
    await api.server.close(100);
    const order: string[] = [];
    api = await startUnderTest({
      metrics: { contentType: 'text/plain', metrics: () => Promise.resolve('x 1\n') },
    });
    const [greedy, other] = [await open(), await open()];
    other.socket.on('data', () => order.push('other'));
    greedy.socket.on('data', () => order.push('greedy'));
    greedy.socket.write(VERSION.replace('/version', path).repeat(2000), 'latin1');
    other.socket.write(VERSION, 'latin1');
    await until(() => order.includes('other'));
    expect(statuses(greedy.text()).length).toBeLessThan(1000);
    await until(() => statuses(greedy.text()).length === 2000);
  },
);

test('much behind what is no request does not take away the answers before it', async () => {
  slowMember();
  const client = await open();
  const errors: unknown[] = [];
  client.socket.on('error', (error) => errors.push(error));
  client.socket.write(put('a') + put('b') + 'what is this\r\n');
  for (let sent = 0; sent < 20; sent++) {
    client.socket.write('x'.repeat(50_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(errors).toEqual([]);
  expect(client.socket.writableLength).toBe(0);
  expect(statuses(client.text())).toEqual(['201', '201', '400']);
});

test('the peer port keeps the order too', async () => {
  const { socket, text } = await open(api.peerPort);
  socket.write(
    VERSION + VERSION.replace('/version', '/members') + VERSION.replace('/version', '/nothing') + VERSION,
    'latin1',
  );
  await until(() => statuses(text()).length === 4);
  expect(statuses(text())).toEqual(['200', '200', '404', '200']);
});

describe('a request that asks for another protocol is answered as if it had not', () => {
  test('one after the other, on one connection', async () => {
    slowMember();
    const client = await open();
    for (let count = 1; count <= 3; count++) {
      client.socket.write(UPGRADING_GET);
      await until(() => statuses(client.text()).length === count);
    }
    client.socket.write(put('a'));
    await until(() => statuses(client.text()).length === 4);
    expect(client.isClosed()).toBe(false);
  });

  test.each([
    ['of one read', [UPGRADING_GET + VERSION], ['404']],
    ['whose body comes with it', [put('a').replace(FORM, FORM + UPGRADE) + VERSION], ['201']],
    [
      'whose body comes later',
      [
        ...put('a')
          .replace(FORM, FORM + UPGRADE)
          .split(/(?=value)/),
        VERSION,
      ],
      ['201'],
    ],
    ['of one read, behind another', [GET + UPGRADING_GET + VERSION], ['404', '404']],
    ['whose headers end in the next read', [UPGRADING_GET.slice(0, -1), `\n${VERSION}`], ['404']],
    ['whose headers end a little later', [UPGRADING_GET.slice(0, -3), `\n\r\n${VERSION}`], ['404']],
  ])('%s: what Node throws away behind it is not waited for in vain', async (_, pieces, answers) => {
    slowMember();
    const client = await open();
    for (const piece of pieces) {
      client.socket.write(piece, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => client.isClosed());
    expect(statuses(client.text())).toEqual(answers);
    expect(client.text()).toMatch(/\r\nConnection: close\r\n/);
  });

  test('what came behind it is no request from its middle on', async () => {
    const log = slowMember();
    const client = await open();
    client.socket.write(UPGRADING_GET + put(DELETE).slice(0, -DELETE.length));
    client.socket.write(DELETE);
    await until(() => client.isClosed());
    expect(statuses(client.text())).toEqual(['404']);
    expect(log).toEqual(['get undefined']);
  });

  test('what was sent ahead before it is all answered', async () => {
    slowMember();
    const client = await open();
    client.socket.write(put('a'));
    client.socket.write(put('b') + UPGRADING_GET);
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.write(VERSION);
    await until(() => statuses(client.text()).length >= 3);
    expect(statuses(client.text()).slice(0, 3)).toEqual(['201', '201', '200']);
  });
});
