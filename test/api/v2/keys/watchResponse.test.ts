import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Drain } from '../../../../src/api/drain';
import type { KeyEvent } from '../../../../src/machine/keyspace/event';
import type { ApiUnderTest } from '../../apiUnderTest';
import { ask, startUnderTest, until } from '../../apiUnderTest';
import { event, keyError, node } from '../../fakeMember';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

interface Opened {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  text: string;
  ended: boolean;
}

/** Resolves as soon as the headers are there. */
function open(path: string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: api.clientPort, path, agent: false }, (response) => {
      const opened: Opened = { request, response, text: '', ended: false };
      response.on('data', (chunk: Buffer) => {
        opened.text += chunk.toString('latin1');
      });
      response.on('end', () => {
        opened.ended = true;
      });
      response.on('error', () => undefined);
      resolve(opened);
    });
    request.on('error', reject);
    request.end();
  });
}

function change(value: string): KeyEvent {
  return event({ action: 'set', node: node({ key: '/foo', value }) });
}

function line(value: string): string {
  return `{"action":"set","node":{"key":"/foo","value":"${value}","modifiedIndex":4,"createdIndex":4}}\n`;
}

test('the headers come at once, then one event, then the end', async () => {
  const opened = await open('/v2/keys/foo?wait=true&recursive=true&waitIndex=5');
  expect(opened.response.statusCode).toBe(200);
  expect(opened.response.headers).toMatchObject({
    'content-type': 'application/json',
    'transfer-encoding': 'chunked',
    'x-etcd-cluster-id': '6c3e73ee238ab33f',
    'x-etcd-index': '7',
    'x-raft-index': '21',
    'x-raft-term': '2',
  });
  const watch = api.member.watches[0]!;
  expect(watch).toMatchObject({ path: '/foo', options: { recursive: true, stream: false, sinceIndex: 5 } });
  expect(watch.cancelled).toBe(false);
  watch.listener(change('a'));
  watch.listener(change('b'));
  await until(() => opened.ended);
  expect(opened.text).toBe(line('a'));
  expect(watch.cancelled).toBe(true);
});

test('an event of the past answers at once', async () => {
  api.member.pastEvents = [change('old'), change('never shown')];
  const answer = await ask(api.clientPort, 'GET', '/v2/keys/foo?wait=true&waitIndex=1');
  expect(answer.body).toBe(line('old'));
  expect(answer.headers['x-etcd-index']).toBe('7');
});

test('a stream goes on, past first', async () => {
  api.member.pastEvents = [change('1'), change('2')];
  const opened = await open('/v2/keys/foo?wait=true&stream=true&waitIndex=1');
  const watch = api.member.watches[0]!;
  watch.listener(change('3'));
  watch.listener(change('4'));
  await until(() => opened.text.split('\n').length === 5);
  expect(opened.text).toBe(line('1') + line('2') + line('3') + line('4'));
  expect(opened.ended).toBe(false);
});

/** What a client gets that reads to the end, however the end comes. */
async function rawWatch(query: string, act: () => void | Promise<void>, half = false): Promise<string> {
  const socket = connect({ port: api.clientPort, host: '127.0.0.1', allowHalfOpen: half });
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const ended = new Promise((resolve) => socket.once('end', resolve));
  socket.on('error', () => undefined);
  socket.write(`GET /v2/keys/foo?wait=true${query} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await until(() => text.includes('\r\n\r\n'));
  await act();
  await ended;
  socket.destroy();
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

/** The end of a chunked answer: without it a client knows that there was to be more. */
const FINAL_CHUNK = '0\r\n\r\n';

test.each(['', '&stream=true'])(
  'a server that stops cuts the answer, so that nobody takes it for one (%s)',
  async (query) => {
    expect(await rawWatch(query, () => api.server.close(1000))).toBe('');
    expect(api.member.watches[0]!.cancelled).toBe(true);
  },
);

test('a server that stops cuts a stream behind the events that were written', async () => {
  const body = await rawWatch('&stream=true', async () => {
    api.member.watches[0]!.listener(change('1'));
    await api.server.close(1000);
  });
  expect(body).toContain('"value":"1"');
  expect(body).not.toContain(FINAL_CHUNK);
});

test('a member that ends a watch, as when it is removed, cuts the answer', async () => {
  expect(await rawWatch('', () => api.member.watches[0]!.listener(undefined))).toBe('');
});

test('a member that is drained cuts its watches when another one leads', async () => {
  await api.server.close(100);
  const log: string[] = [];
  const giveUp = (): Promise<void> => {
    log.push(`handed over, watch ${api.member.watches[0]?.cancelled === true ? 'cut' : 'open'}`);
    return Promise.resolve();
  };
  api = await startUnderTest({ drain: new Drain(() => 1000, giveUp) });
  const body = await rawWatch('&stream=true', async () => {
    await ask(api.clientPort, 'PUT', '/config/local/drain', '{"Seconds":30}');
  });
  expect(body).toBe('');
  expect(log).toEqual(['handed over, watch open']);
});

test.each(['', '&stream=true'])(
  'a client that closes its half waits no more, and its answer ends properly (%s)',
  async (query) => {
    let client: Socket | undefined;
    const body = await new Promise<string>((resolve) => {
      client = connect({ port: api.clientPort, host: '127.0.0.1', allowHalfOpen: true });
      let text = '';
      client.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      client.on('end', () => {
        resolve(text);
      });
      client.end(`GET /v2/keys/foo?wait=true${query} HTTP/1.1\r\nHost: x\r\n\r\n`);
    });
    expect(body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(body.endsWith(`\r\n\r\n${FINAL_CHUNK}`)).toBe(true);
    expect(api.member.watches[0]!.cancelled).toBe(true);
  },
);

test('a client that goes away cancels its watch', async () => {
  const opened = await open('/v2/keys/foo?wait=true');
  opened.request.destroy();
  await until(() => api.member.watches[0]!.cancelled);
});

test('a refused watch is an ordinary error', async () => {
  api.member.watchError = keyError(401, 'the requested history has been cleared [5/1]');
  const answer = await ask(api.clientPort, 'GET', '/v2/keys/foo?wait=true&waitIndex=1');
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('"errorCode":401');
});

test('a long past reaches a slow reader whole, with what happened meanwhile behind it', async () => {
  const large = 'x'.repeat(200_000);
  api.member.pastEvents = Array.from({ length: 50 }, (_, position) => change(`${position}:${large}`));
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.pause();
  socket.write('GET /v2/keys/foo?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => api.member.watches.length === 1);
  api.member.watches[0]!.listener(change('live'));
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.resume();
  await until(() => text.includes('"live"'));
  const values = [...text.matchAll(/"value":"(\d+):/g)].map((match) => Number(match[1]));
  expect(values).toEqual(Array.from({ length: 50 }, (_, position) => position));
  expect(text.indexOf('"live"')).toBeGreaterThan(text.lastIndexOf('49:'));
  socket.destroy();
});

describe('readers and bursts', () => {
  let nowMs = 0;

  beforeEach(() => {
    nowMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function idleReader(): Promise<Socket> {
    const socket = connect(api.clientPort, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET /v2/keys/foo?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => api.member.watches.length === 1);
    return socket;
  }

  /** The machine has taken what it takes for a reader that does not read. */
  async function untilNothingLeaves(): Promise<void> {
    let before = -1;
    for (let same = 0; same < 5;) {
      const { sentBytes } = api.server.clientTraffic();
      same = sentBytes === before ? same + 1 : 0;
      before = sentBytes;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const large = change('x'.repeat(1_000_000));

  test('a burst far beyond 8 MiB reaches a reader that reads, whole', async () => {
    const opened = await open('/v2/keys/foo?wait=true&stream=true');
    const watch = api.member.watches[0]!;
    for (let count = 0; count < 40; count += 1) watch.listener(large);
    await until(() => opened.text.length === line('x'.repeat(1_000_000)).length * 40);
    expect(watch.cancelled).toBe(false);
  });

  test('a reader that takes nothing for a while is not cut for that', async () => {
    const socket = await idleReader();
    const watch = api.member.watches[0]!;
    for (let count = 0; count < 40; count += 1) watch.listener(large);
    nowMs = 9000;
    watch.listener(large);
    expect(watch.cancelled).toBe(false);
    socket.destroy();
  });

  test('a reader with much to read that takes nothing for ten seconds is cut', async () => {
    const socket = await idleReader();
    const watch = api.member.watches[0]!;
    for (let count = 0; count < 40; count += 1) watch.listener(large);
    await untilNothingLeaves();
    nowMs = 10_000;
    watch.listener(large);
    expect(watch.cancelled).toBe(true);
    socket.destroy();
  });

  test.each([
    ['the usual memory', false, undefined],
    ['little memory', true, 1_000_000],
  ])('with %s a reader that takes nothing and is some megabytes behind is cut: %j', async (_, isCut, bound) => {
    await api.server.close(100);
    api = await startUnderTest(bound === undefined ? {} : { watchBehindBytesMax: bound });
    const socket = await idleReader();
    const watch = api.member.watches[0]!;
    for (let count = 0; count < 10; count += 1) watch.listener(large);
    await untilNothingLeaves();
    nowMs = 10_000;
    watch.listener(change('small'));
    expect(watch.cancelled).toBe(isCut);
    socket.destroy();
  });

  test('a reader that takes some of it, and is far behind for a minute all the same, is cut', async () => {
    const socket = await idleReader();
    const watch = api.member.watches[0]!;
    for (let count = 0; count < 40; count += 1) watch.listener(large);
    let takenBytes = 0;
    socket.on('data', (chunk: Buffer) => {
      takenBytes += chunk.length;
      socket.pause();
    });
    while (nowMs < 60_000) {
      expect(watch.cancelled).toBe(false);
      // It takes as much as comes.
      const target = takenBytes + 5_000_000;
      while (takenBytes < target) {
        socket.resume();
        await new Promise((resolve) => setImmediate(resolve));
      }
      nowMs += 5000;
      for (let count = 0; count < 5; count += 1) watch.listener(large);
    }
    expect(watch.cancelled).toBe(true);
    socket.destroy();
  });

  test('a large event is in a socket that nobody reads only in part', async () => {
    const socket = await idleReader();
    api.member.watches[0]!.listener(change('x'.repeat(20_000_000)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(api.server.clientTraffic().sentBytes).toBeLessThan(10_000_000);
    socket.destroy();
  });
});

test('many small events at once reach a reader that reads', async () => {
  const opened = await open('/v2/keys/foo?wait=true&stream=true');
  const watch = api.member.watches[0]!;
  for (let count = 0; count < 5000; count += 1) watch.listener(change('v'));
  await until(() => opened.text.length === line('v').length * 5000);
  expect(watch.cancelled).toBe(false);
});
