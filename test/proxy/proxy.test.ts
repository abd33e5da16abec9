import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { connect } from 'node:net';
import { stablePort } from '../support/ports';
import { open, send } from '../support/exchange';
import { startFairClock } from '../support/fairClock';
import { until } from '../cluster/waiting';
import { headerOf } from '../support/responseReader';
import type { ProxyUnderTest, Upstream } from './proxyUnderTest';
import {
  startProxyUnderTest,
  startRawUpstream,
  startSwallowing,
  startUnreading,
  startUpstream,
} from './proxyUnderTest';

const upstreams: Upstream[] = [];
let proxy: ProxyUnderTest;

afterEach(async () => {
  await proxy.stop();
  for (const upstream of upstreams.splice(0)) await upstream.close();
});

async function upstream(handler: RequestListener): Promise<Upstream> {
  const started = await startUpstream(handler);
  upstreams.push(started);
  return started;
}

async function rawUpstream(...parameters: Parameters<typeof startRawUpstream>): Promise<Upstream> {
  const started = await startRawUpstream(...parameters);
  upstreams.push(started);
  return started;
}

async function nobody(): Promise<string> {
  return `http://127.0.0.1:${await stablePort()}`;
}

function get(target = '/v2/keys/a', headers: readonly (readonly [string, string])[] = []) {
  return send(proxy.port, { method: 'GET', target, headers });
}

function put(body: string, headers: readonly (readonly [string, string])[] = []) {
  return send(proxy.port, { method: 'PUT', target: '/v2/keys/a?x=%20', headers, body: Buffer.from(body) });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

const hello: RequestListener = (_request, response) => response.end('hello');

describe('what is passed on', () => {
  test('method, target, body, status and headers, without those of the connection', async () => {
    let headers: IncomingMessage['headers'] = {};
    let body = '';
    const member = await upstream((request, response) => {
      headers = request.headers;
      void bodyOf(request).then((bytes) => {
        body = bytes.toString();
        response.writeHead(201, 'Made', [
          ...['X-Etcd-Index', '7', 'Connection', 'close, X-Own', 'X-Own', '1', 'Content-Length', '2'],
        ]);
        response.end('ok');
      });
    });
    proxy = await startProxyUnderTest([member.url]);
    const answer = await put('value=b', [
      ...([
        ['Host', 'cluster:2379'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Connection', 'keep-alive, X-Private'],
        ['X-Private', '1'],
        ['Proxy-Authorization', 'Basic x'],
        ['X-Forwarded-For', '10.0.0.9'],
      ] as const),
    ]);
    expect(member.seen).toEqual(['PUT /v2/keys/a?x=%20']);
    expect(body).toBe('value=b');
    expect(headers).toMatchObject({
      host: 'cluster:2379',
      'content-length': '7',
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': '10.0.0.9, 127.0.0.1',
    });
    expect(headers['x-private']).toBeUndefined();
    expect(headers['proxy-authorization']).toBeUndefined();
    expect([answer.status, answer.head.reason, answer.body]).toEqual([201, 'Made', 'ok']);
    expect(answer.header('X-Etcd-Index')).toBe('7');
    expect(answer.header('X-Own')).toBeUndefined();
    expect(answer.header('Connection')).not.toBe('close, X-Own');
    expect(answer.head.headers.filter(([name]) => name === 'Date')).toHaveLength(1);
  });

  test('a body in chunks, also of a method that seldom has one', async () => {
    const bodies: string[] = [];
    const member = await upstream((request, response) => {
      void bodyOf(request).then((bytes) => {
        bodies.push(`${request.headers['transfer-encoding']} ${bytes.toString()}`);
        response.end();
      });
    });
    proxy = await startProxyUnderTest([member.url]);
    for (const method of ['PUT', 'DELETE']) {
      const chunks = Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
      await send(proxy.port, { method, target: '/a', headers: [['Transfer-Encoding', 'chunked']], body: chunks });
    }
    expect(bodies).toEqual(['chunked abcde', 'chunked abcde']);
    expect(member.seen).toEqual(['PUT /a', 'DELETE /a']);
  });

  test('megabytes in both directions', async () => {
    const member = await upstream((request, response) => request.pipe(response));
    proxy = await startProxyUnderTest([member.url]);
    const body = randomBytes(8 * 1024 * 1024);
    const response = await fetch(`http://127.0.0.1:${proxy.port}/`, { method: 'POST', body });
    const back = Buffer.from(await response.arrayBuffer());
    expect(createHash('sha256').update(back).digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
  });

  test('HEAD, with the length and without the body', async () => {
    const member = await upstream((_request, response) => {
      response.writeHead(200, { 'Content-Length': 1234 });
      response.end();
    });
    proxy = await startProxyUnderTest([member.url]);
    const answer = await send(proxy.port, { method: 'HEAD', target: '/', headers: [] });
    expect([answer.status, answer.header('Content-Length'), answer.body]).toEqual([200, '1234', '']);
  });

  test('an early answer to a long body reaches the client', async () => {
    const member = await upstream((request, response) => {
      response.writeHead(413);
      response.end('too long');
      request.resume();
    });
    proxy = await startProxyUnderTest([member.url]);
    expect(await put('x'.repeat(4 * 1024 * 1024))).toMatchObject({ status: 413, body: 'too long' });
  });
});

describe('a client of HTTP/1.0', () => {
  test.each(['', 'Connection: host\r\n'])('need not say which host it means, and is answered (%j)', async (header) => {
    const hosts: unknown[] = [];
    const member = await upstream((request, response) => {
      hosts.push(request.headers.host);
      response.end('hello');
    });
    proxy = await startProxyUnderTest([member.url]);
    const socket = connect({ port: proxy.port, host: '127.0.0.1' });
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.write(`GET /version HTTP/1.0\r\n${header}\r\n`);
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    // It is sent on as HTTP/1.1, which asks for one.
    expect(hosts).toEqual([new URL(member.url).host]);
  });
});

describe('a watch', () => {
  test('has its headers and each event at once, and ends with the client', async () => {
    let closed = 0;
    let push: (text: string) => void = () => undefined;
    const member = await upstream((_request, response) => {
      response.on('close', () => closed++);
      response.writeHead(200, { 'X-Etcd-Index': '5' });
      response.flushHeaders();
      push = (text) => response.write(text);
    });
    proxy = await startProxyUnderTest([member.url]);
    const watch = open(proxy.port, { method: 'GET', target: '/v2/keys/a?wait=true&stream=true', headers: [] });
    expect(await watch.untilHead(2000)).toBe(true);
    expect(headerOf(watch.received().head!, 'X-Etcd-Index')).toBe('5');
    for (const text of ['one\n', 'two\n']) {
      push(text);
      expect(await watch.until((each) => each.received().body.toString().endsWith(text), 60_000)).toBe(true);
    }
    watch.close();
    for (let attempt = 0; closed === 0 && attempt < 3000; attempt++) await new Promise((done) => setTimeout(done, 10));
    expect(closed).toBe(1);
  });

  test.each([
    ['GET', '/v2/keys/a?wait=true&stream=true', true],
    ['GET', '/v2/keys/a?recursive=true&wait=true', false],
    ['GET', '/v1/watch/a', false],
    ['GET', '/v2/keys/a?w%61it=%74rue', true],
    ['POST', '/v1/watch/a?index=9', false],
    ['POST', '/mod/v2/lock/a?ttl=60', false],
    ['PUT', '/mod/v2/leader/a?ttl=60&name=x', false],
    ['GET', 'http://proxy:2379/v2/keys/a?wait=true', true],
    ['GET', '/v2//keys/a?%77ait=true', true],
    ['POST', 'http://proxy:2379/mod/v2/lock/a?ttl=60', false],
  ])('ends with a client that closes its half, as one does that is killed: %s %s', async (method, target, begins) => {
    let closed = 0;
    const member = await upstream((_request, response) => {
      response.on('close', () => closed++);
      if (begins) response.write('event\n');
    });
    proxy = await startProxyUnderTest([member.url]);
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined).resume();
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
    await until('the member is asked', 60_000, () => member.seen.length === 1);
    expect(closed).toBe(0);
    socket.end();
    await until('the member is left', 60_000, () => closed === 1);
    socket.destroy();
  });

  test.each([
    ['GET', '/v2/keys/a?recursive=true'],
    ['PUT', '/v2/keys/wait=true?value=x'],
    ['GET', '/mod/v2/lock/a'],
    ['PUT', '/mod/v2/lock/a?ttl=5&index=7'],
    ['DELETE', '/mod/v2/lock/a?index=7'],
    ['DELETE', '/mod/v2/leader/a?name=x'],
    ['GET', '/v2/keys/a&wait=true'],
    ['GET', 'http://v2/keys?wait=true'],
    ['GET', '/v2/keys/a?wait=false&wait=true'],
  ])('what does not wait is answered also then: %s %s', async (method, target) => {
    let answer: () => void = () => undefined;
    const member = await upstream((_request, response) => {
      answer = () => {
        response.write('all ');
        setImmediate(() => response.end('of it'));
      };
    });
    proxy = await startProxyUnderTest([member.url]);
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.end(`${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await until('the member is asked', 60_000, () => member.seen.length === 1);
    await new Promise((done) => setTimeout(done, 100));
    answer();
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[^]*all [^]*of it/);
  });

  test('an answer that has begun, and says how long it is, is not cut by it', async () => {
    let end: () => void = () => undefined;
    const member = await upstream((_request, response) => {
      response.writeHead(200, { 'Content-Length': '2' }).write('1');
      end = () => response.end('7');
    });
    proxy = await startProxyUnderTest([member.url]);
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.write('POST /mod/v2/lock/a?ttl=60 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    await until('the answer has begun', 60_000, () => text.endsWith('1'));
    socket.end();
    await new Promise((done) => setTimeout(done, 100));
    end();
    await once(socket, 'close');
    expect(text).toMatch(/17$/);
  });

  test('is cut when the member breaks off, so that the client sees that it was', async () => {
    const member = await upstream((_request, response) => {
      response.write('half');
      setTimeout(() => response.destroy(), 50);
    });
    proxy = await startProxyUnderTest([member.url]);
    const watch = open(proxy.port, { method: 'GET', target: '/', headers: [] });
    await watch.untilEnd(2000);
    expect([watch.received().body.toString(), watch.received().ending]).toEqual(['half', 'cut']);
  });

  test.each([
    ['that hangs', 'it is cut', true],
    ['that is only slow with one request', 'it goes on', false],
  ])(
    'of a member %s: %s, though nothing says that its connection is dead',
    async (_which, _what, hangs) => {
      let isHanging = false;
      const first = await upstream((request, response) => {
        if (request.url?.includes('wait') === true) response.write('event\n');
        else if (!(isHanging && (hangs || request.url === '/slow'))) response.end('first');
      });
      const second = await upstream((_request, response) => response.end('second'));
      proxy = await startProxyUnderTest([first.url, second.url]);
      const watch = open(proxy.port, { method: 'GET', target: '/v2/keys/a?wait=true&stream=true', headers: [] });
      await watch.until((each) => each.received().body.toString() === 'event\n', 5000);
      isHanging = true;
      const slow = open(proxy.port, { method: 'GET', target: '/slow', headers: [] });
      expect(await slow.untilEnd(15_000)).toBe(true);
      expect(slow.received().body.toString()).toBe('second');
      await watch.untilEnd(7000);
      expect([watch.received().ending, first.seen.at(-1)]).toEqual([hangs ? 'cut' : 'open', 'GET /version']);
      watch.close();
    },
    30_000,
  );

  test('does not keep the proxy from stopping', async () => {
    const member = await upstream((_request, response) => response.write('x'));
    proxy = await startProxyUnderTest([member.url]);
    const watch = open(proxy.port, { method: 'GET', target: '/', headers: [] });
    await watch.untilHead(2000);
    const elapsedMs = startFairClock();
    await proxy.stop();
    expect(elapsedMs()).toBeLessThan(3000);
    await watch.untilEnd(2000);
    expect(watch.received().ending).toBe('cut');
  });

  test.each([
    ['GET', '/v1/watch/a'],
    ['POST', '/v1/watch/a?index=9'],
    ['POST', '/mod/v2/lock/a?ttl=60'],
  ])('... nor does one whose answer has not begun: %s %s', async (method, target) => {
    const member = await upstream(() => undefined);
    proxy = await startProxyUnderTest([member.url]);
    const watch = open(proxy.port, { method, target, headers: [] });
    for (let attempt = 0; member.seen.length === 0 && attempt < 3000; attempt++)
      await new Promise((done) => setTimeout(done, 10));
    const elapsedMs = startFairClock();
    await proxy.stop();
    expect(elapsedMs()).toBeLessThan(3000);
    await watch.untilEnd(2000);
    expect(watch.received()).toMatchObject({ head: undefined, ending: 'cut' });
  });
});

describe('members that fail', () => {
  test('one that nobody listens at is passed over, body and all, and left alone', async () => {
    const member = await upstream((request, response) => request.pipe(response));
    const gone = await nobody();
    proxy = await startProxyUnderTest([gone, member.url]);
    expect(await put('value=b')).toMatchObject({ status: 200, body: 'value=b' });
    expect(await put('value=c')).toMatchObject({ status: 200, body: 'value=c' });
    expect(proxy.warnings).toEqual([{ endpoint: gone, reason: 'connection refused' }]);
  });

  test('one that takes a write and breaks off is not asked again, and neither is another', async () => {
    const broken = await rawUpstream((socket) => socket.destroy());
    const member = await upstream(hello);
    proxy = await startProxyUnderTest([broken.url, member.url]);
    const answer = await put('value=b');
    expect([answer.status, answer.body]).toEqual([
      502,
      '{"message":"proxy: unable to get response from 1 endpoint(s)"}',
    ]);
    expect(answer.header('Content-Type')).toBe('application/json');
    expect([broken.seen, member.seen]).toEqual([['PUT /v2/keys/a?x=%20'], []]);
    expect(await put('value=c')).toMatchObject({ status: 200, body: 'hello' });
  });

  test('a deletion is a write too', async () => {
    const broken = await rawUpstream((socket) => socket.destroy());
    const member = await upstream(hello);
    proxy = await startProxyUnderTest([broken.url, member.url]);
    expect((await send(proxy.port, { method: 'DELETE', target: '/a', headers: [] })).status).toBe(502);
    expect(member.seen).toEqual([]);
  });

  test.each(['GET', 'HEAD'])('%s /new makes a discovery token, so it is a write', async (method) => {
    const broken = await rawUpstream((socket) => socket.destroy());
    const member = await upstream(hello);
    proxy = await startProxyUnderTest([broken.url, member.url]);
    expect((await send(proxy.port, { method, target: '/./new?size=3', headers: [] })).status).toBe(502);
    expect([broken.seen.length, member.seen]).toEqual([1, []]);
  });

  test('a read goes on to the next', async () => {
    const broken = await rawUpstream((socket) => socket.destroy());
    const member = await upstream(hello);
    proxy = await startProxyUnderTest([broken.url, member.url]);
    expect(await get()).toMatchObject({ status: 200, body: 'hello' });
    expect([broken.seen.length, member.seen.length]).toEqual([1, 1]);
  });

  test.each([
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', /./],
    ['nothing but hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000), /more than 16 answers before the answer/],
  ])('one that answers with %s has not answered', async (_, text, reason) => {
    const odd = await rawUpstream((socket) => {
      socket.write(text);
    });
    const member = await upstream(hello);
    proxy = await startProxyUnderTest([odd.url, member.url]);
    expect(await get()).toMatchObject({ status: 200, body: 'hello' });
    expect([odd.seen.length, member.seen.length]).toEqual([1, 1]);
    expect(proxy.warnings).toMatchObject([{ reason: expect.stringMatching(reason) }]);
  });

  describe.each(['000', '099'])('one that answers with the status %s, which no server can pass on', (status) => {
    const text = `HTTP/1.1 ${status} x\r\nContent-Length: 2\r\n\r\nok`;

    test.each([
      ['first', 0],
      ['second', 1],
    ])('as its %s answer has not answered', async (_which, answers) => {
      const odd = await rawUpstream((socket) => {
        socket.write(odd.seen.length <= answers ? 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nodd' : text);
      });
      const member = await upstream(hello);
      proxy = await startProxyUnderTest([odd.url, member.url]);
      for (let count = 0; count < answers; count++) expect(await get()).toMatchObject({ body: 'odd' });
      expect(await get()).toMatchObject({ status: 200, body: 'hello' });
      expect([odd.seen.length, member.seen.length]).toEqual([answers + 1, 1]);
      expect(proxy.warnings).toMatchObject([{ endpoint: odd.url, reason: expect.stringContaining('status') }]);
      expect((await get('/livez')).status).toBe(200);
    });

    test('leaves it unknown what became of a write', async () => {
      const odd = await rawUpstream((socket) => {
        socket.write(text);
      });
      const member = await upstream(hello);
      proxy = await startProxyUnderTest([odd.url, member.url]);
      expect((await put('value=b')).status).toBe(502);
      expect([odd.seen.length, member.seen]).toEqual([1, []]);
      expect(await put('value=c')).toMatchObject({ status: 200, body: 'hello' });
    });
  });

  test.each([
    ['a bell', 'a\x07b', 'OK'],
    ['a null', '\0', 'OK'],
    ['nothing', '', ''],
    ['words', 'All is well', 'All is well'],
  ])('a reason phrase with %s does not end the proxy', async (_what, reason, passedOn) => {
    const odd = await rawUpstream((socket) => {
      socket.write(`HTTP/1.1 200 ${reason}\r\nX-A: \x80\xff\r\nContent-Length: 2\r\n\r\nok`, 'latin1');
    });
    proxy = await startProxyUnderTest([odd.url]);
    for (const answer of [await get(), await put('value=b')]) {
      expect([answer.status, answer.body, answer.head.reason]).toEqual([200, 'ok', passedOn]);
    }
  });

  test.each([
    ['name', (byte: string) => `X${byte}Y: 1`],
    ['value', (byte: string) => `X: a${byte}b`],
  ])('no byte in the %s of a header ends the proxy', async (_where, lineOf) => {
    const odd = await rawUpstream((socket, text) => {
      const byte = String.fromCharCode(Number(/\?(\d+)/.exec(text)?.[1]));
      socket.end(`HTTP/1.1 200 OK\r\n${lineOf(byte)}\r\nContent-Length: 2\r\n\r\nok`, 'latin1');
    });
    proxy = await startProxyUnderTest([odd.url], { failureWaitMs: 0 });
    const statuses = new Set<number>();
    for (let byte = 0; byte < 256; byte++) statuses.add((await get(`/?${byte}`)).status);
    expect([...statuses].sort()).toEqual([200, 502]);
  });

  test('a connection out of the pool that was closed in the meantime is no failure of the member', async () => {
    let answered = 0;
    const member = await rawUpstream((socket) => {
      answered += 1;
      // The second request on the first connection finds it closing.
      if (answered === 2) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    proxy = await startProxyUnderTest([member.url]);
    expect(await get()).toMatchObject({ body: 'ok' });
    expect(await get()).toMatchObject({ body: 'ok' });
    expect([member.seen.length, proxy.warnings]).toEqual([3, []]);
  });

  test('when all fail the answer is 502, and then 503 until one may be tried again', async () => {
    let nowMs = 1000;
    const late = await stablePort();
    proxy = await startProxyUnderTest([`http://127.0.0.1:${late}`, await nobody()], { nowMs: () => nowMs });
    const failed = await get();
    expect([failed.status, failed.body]).toEqual([
      502,
      '{"message":"proxy: unable to get response from 2 endpoint(s)"}',
    ]);
    const none = await get();
    expect([none.status, none.body]).toEqual([503, '{"message":"proxy: zero endpoints currently available"}']);
    nowMs += 5000;
    expect((await get()).status).toBe(502);
  });

  test('one that swallows the connection costs the dial timeout once', async () => {
    const member = await upstream(hello);
    const swallowing = await startSwallowing();
    try {
      proxy = await startProxyUnderTest([swallowing.url, member.url], { dialTimeoutMs: 300 });
      const elapsedMs = startFairClock();
      expect(await put('value=b')).toMatchObject({ body: 'hello' });
      expect(elapsedMs()).toBeLessThan(3000);
      expect(proxy.warnings).toMatchObject([{ endpoint: swallowing.url, reason: 'dial: i/o timeout' }]);
    } finally {
      await swallowing.close();
    }
  });

  test.each([
    ['takes a read', 0],
    ['has answered before, takes a read on the same connection', 1],
  ])('one that %s and does not answer is left for the next one in time', async (_what, answers) => {
    const silent = await startRawUpstream((socket) => {
      if (silent.seen.length <= answers) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst');
    });
    const member = await upstream(hello);
    try {
      proxy = await startProxyUnderTest([silent.url, member.url]);
      for (let count = 0; count < answers; count++) expect(await get()).toMatchObject({ body: 'first' });
      const elapsedMs = startFairClock();
      expect(await get()).toMatchObject({ body: 'hello' });
      expect(elapsedMs()).toBeLessThan(9000);
      expect(proxy.warnings).toMatchObject([{ endpoint: silent.url, reason: 'no answer: i/o timeout' }]);
      // It is left alone from then on.
      expect(await get()).toMatchObject({ body: 'hello' });
      expect(silent.seen).toHaveLength(answers + 1);
    } finally {
      await silent.close();
    }
  });
});

describe('a long body', () => {
  // More than the buffers of connections hold.
  const LONG = 'x'.repeat(32 * 1024 * 1024);

  test('that a member does not take is its fault, and it is left alone', async () => {
    const unreading = await startUnreading();
    const member = await upstream(hello);
    try {
      proxy = await startProxyUnderTest([unreading.url, member.url], { failureWaitMs: 60_000 });
      const body = Buffer.from(LONG);
      const answer = await send(proxy.port, { method: 'PUT', target: '/v2/keys/a', headers: [], body }, 40_000);
      expect([answer.status, answer.body]).toEqual([
        502,
        '{"message":"proxy: unable to get response from 1 endpoint(s)"}',
      ]);
      expect(proxy.warnings).toMatchObject([{ endpoint: unreading.url, reason: 'no answer: i/o timeout' }]);
      expect(await put('value=c')).toMatchObject({ status: 200, body: 'hello' });
    } finally {
      await unreading.close();
    }
  }, 60_000);

  test.each([
    ['POST', '/mod/v2/lock/a', 'ttl=60'],
    ['PUT', '/mod/v2/leader/a', 'ttl=60&name=x'],
    ['POST', '/v1/watch/a', 'index=9'],
  ])('is no reason to wait for an answer no longer than for one: %s %s with a form', async (method, target, form) => {
    const member = await upstream((request, response) => {
      void bodyOf(request).then(() => setTimeout(() => response.end('at last'), 12_000));
    });
    proxy = await startProxyUnderTest([member.url]);
    const body = Buffer.from(form);
    expect(await send(proxy.port, { method, target, headers: [], body }, 60_000)).toMatchObject({
      status: 200,
      body: 'at last',
    });
    expect(proxy.warnings).toEqual([]);
  });

  test('that its client sends slowly fails nobody', async () => {
    const member = await upstream((request, response) => {
      void bodyOf(request).then((bytes) => response.end(String(bytes.length)));
    });
    proxy = await startProxyUnderTest([member.url]);
    const socket = connect(proxy.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.write(`PUT /v2/keys/a HTTP/1.1\r\nHost: a\r\nContent-Length: ${LONG.length + 1}\r\n\r\n${LONG}`);
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    socket.write('y');
    await until('it is answered', 20_000, () => text.endsWith(`\r\n\r\n${LONG.length + 1}`));
    expect(proxy.warnings).toEqual([]);
    socket.destroy();
  }, 60_000);

  test('that is answered before all of it came has an answer, however long that takes', async () => {
    const early = await rawUpstream((socket) => {
      if (socket.isPaused()) return;
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nno');
      setTimeout(() => socket.write(', '), 12_000);
    });
    proxy = await startProxyUnderTest([early.url]);
    const socket = connect(proxy.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.write(`PUT /v2/keys/a HTTP/1.1\r\nHost: a\r\nContent-Length: ${LONG.length}\r\n\r\n${LONG}`);
    await until('it is answered', 40_000, () => text.endsWith('\r\n\r\nno, '));
    expect(proxy.warnings).toEqual([]);
    socket.destroy();
  }, 60_000);
});

describe('what the proxy answers itself', () => {
  test('which endpoints there are', async () => {
    proxy = await startProxyUnderTest(['http://127.0.0.1:1', 'http://127.0.0.1:2']);
    const answer = await get('/v2/config/local/proxy');
    expect(answer.body).toBe('{"endpoints":["http://127.0.0.1:1","http://127.0.0.1:2"]}\n');
    expect(answer.header('Content-Type')).toBe('text/plain; charset=utf-8');
    expect((await send(proxy.port, { method: 'PUT', target: '/v2/config/local/proxy', headers: [] })).status).toBe(405);
  });

  test('that it lives, also without a member', async () => {
    proxy = await startProxyUnderTest([]);
    expect(await get('/livez')).toMatchObject({ status: 200, body: '{"live": "true"}' });
    expect((await get('http://proxy:2379/livez')).body).toBe('{"live": "true"}');
    expect((await get('/readyz')).status).toBe(503);
  });

  test('readonly, nothing but GET is let through', async () => {
    const member = await upstream(hello);
    proxy = await startProxyUnderTest([member.url], { mode: 'readonly' });
    expect((await put('value=b')).status).toBe(501);
    expect((await get('/new?size=3')).status).toBe(501);
    expect((await get()).body).toBe('hello');
    expect(member.seen).toEqual(['GET /v2/keys/a']);
  });
});
