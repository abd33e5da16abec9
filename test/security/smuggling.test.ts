/**
 * Request smuggling (CWE-444): two servers in a row see the ends of requests at different places, and what one takes for a body is the
 * next request for the other. So nothing whose end may be seen in two ways is served, and a proxy frames anew what it passes on.
 */
import { connect } from 'node:net';
import { ask, startUnderTest, type ApiUnderTest } from '../api/apiUnderTest';
import { startProxyUnderTest, type ProxyUnderTest } from '../proxy/proxyUnderTest';

/** What is not meant to be seen as a request, and what stands in front of it. */
const SMUGGLED = 'GET /v2/keys/smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const PUT =
  'PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n';
const CHUNKED = `${PUT}Transfer-Encoding: chunked\r\n\r\n`;
const REST = `value=1\r\n0\r\n\r\n${SMUGGLED}`;

/** Each may have its end in more than one place for somebody. */
const AMBIGUOUS: readonly (readonly [name: string, bytes: string])[] = [
  ['a length and chunks', `${PUT}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['chunks and a length', `${PUT}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['two lengths', `${PUT}Content-Length: 0\r\nContent-Length: 7\r\n\r\nvalue=1${SMUGGLED}`],
  ['the same length twice', `${PUT}Content-Length: 7\r\nContent-Length: 7\r\n\r\nvalue=1${SMUGGLED}`],
  ...['7, 7', '+7', '-7', '0x7', '7 7', '', '7.0', '7e0', '7;', '18446744073709551616', '18446744073709551623'].map(
    (length) => [`the length ${JSON.stringify(length)}`, `${PUT}Content-Length: ${length}\r\n\r\nvalue=1${SMUGGLED}`],
  ),
  ...[
    ...[
      'xchunked',
      'chunked, identity',
      'identity',
      'identity, chunked',
      'gzip, chunked',
      'chunked, chunked',
      '"chunked"',
    ],
    ...[
      '\vchunked',
      'chunked\r\nTransfer-Encoding: identity',
      'chunked\r\nTransfer-Encoding: chunked',
      'chunked;q=1',
      '',
    ],
  ].map((coding) => [`the coding ${JSON.stringify(coding)}`, `${PUT}Transfer-Encoding: ${coding}\r\n\r\n7\r\n${REST}`]),
  ['chunks in HTTP/1.0', `${CHUNKED.replace('HTTP/1.1', 'HTTP/1.0')}7\r\n${REST}`],
  ['a length that is folded', `${PUT}Content-Length:\r\n 7\r\n\r\nvalue=1${SMUGGLED}`],
  ['a length that goes on in a fold', `${PUT}Content-Length: 1\r\n 7\r\n\r\nvalue=1${SMUGGLED}`],
  ['a coding that is folded', `${PUT}Transfer-Encoding:\r\n chunked\r\n\r\n7\r\n${REST}`],
  ['a fold that looks like a header', `${PUT}X: y\r\n Content-Length: 7\r\n\r\nvalue=1${SMUGGLED}`],
  [
    'a fold in front of all headers',
    `PUT /v2/keys/a HTTP/1.1\r\n Content-Length: 7\r\nHost: x\r\n\r\nvalue=1${SMUGGLED}`,
  ],
  ['a space before the colon', `${PUT}Transfer-Encoding : chunked\r\n\r\n7\r\n${REST}`],
  ['a NUL in a name', `${PUT}Content-Length\0: 7\r\n\r\nvalue=1${SMUGGLED}`],
  ['lines that end with LF', `PUT /v2/keys/a HTTP/1.1\nHost: x\nContent-Length: 7\n\nvalue=1${SMUGGLED}`],
  ['one line that ends with LF', `${PUT}X: y\nContent-Length: 7\r\n\r\nvalue=1${SMUGGLED}`],
  ['one line that ends with CR', `${PUT}X: y\rContent-Length: 7\r\n\r\nvalue=1${SMUGGLED}`],
  ['headers that end with LF', `${PUT}Content-Length: 7\r\n\nvalue=1${SMUGGLED}`],
  ...['-7', '+7', '0x7', '7 ', ' 7', '7\t', '10000000000000007', 'f'.repeat(20), '', '7g', '7,', '7;a\rb'].map(
    (size) => [`the chunk size ${JSON.stringify(size)}`, `${CHUNKED}${size}\r\n${REST}`],
  ),
  ['a chunk size that ends with LF', `${CHUNKED}7\n${REST}`],
  ['an extension that ends with LF', `${CHUNKED}7;a\n${REST}`],
  ['a chunk that ends with LF', `${CHUNKED}7\r\nvalue=1\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk that is longer than it says', `${CHUNKED}3\r\n${REST}`],
  ['a trailer that frames', `${CHUNKED}7\r\nvalue=1\r\n0\r\nContent-Length: 99\r\n\r\n${SMUGGLED}`],
  ['a trailer that frames otherwise', `${CHUNKED}7\r\nvalue=1\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n${SMUGGLED}`],
  ['extensions without end', `${CHUNKED}7;${'a'.repeat(200_000)}\r\n${REST}`],
] as const as never;

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(bytes, 'latin1');
  });
}

function statusesIn(text: string): readonly string[] {
  return [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => status ?? '');
}

describe('a request whose end can be seen in two ways is refused, and nothing behind it is looked at', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await startUnderTest({ headerTimeoutMs: 2000, bodyTimeoutMs: 2000 });
  });

  afterAll(async () => {
    await api.server.close(100);
  });

  test.each(AMBIGUOUS)('%s', async (_, bytes) => {
    const atClient = statusesIn(await exchange(api.clientPort, bytes));
    expect(atClient).toEqual([expect.stringMatching(/^(400|431|501)$/)]);
    // Keys are not here, which may be answered before the body is read.
    const atPeer = statusesIn(await exchange(api.peerPort, bytes));
    expect(atPeer).toEqual([expect.stringMatching(/^(400|404|431|501)$/)]);
    expect(api.member.commands).toEqual([]);
    expect(api.member.reads).toEqual([]);
  });
});

describe('one that has one end', () => {
  let api: ApiUnderTest;

  beforeEach(async () => {
    api = await startUnderTest();
  });

  afterEach(async () => {
    await api.server.close(100);
  });

  test.each([
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nval\r\n4\r\nue=1\r\n0\r\n\r\n'],
    ['chunks in capitals', 'TRANSFER-ENCODING: CHUNKED\r\n\r\n7\r\nvalue=1\r\n0\r\n\r\n'],
    ['chunks with extensions', 'Transfer-Encoding: chunked\r\n\r\n7;a=b;c="d"\r\nvalue=1\r\n0;x\r\n\r\n'],
    ['zeros before a size', `Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(1000)}7\r\nvalue=1\r\n0\r\n\r\n`],
    ['a length', 'Content-Length: 7\r\n\r\nvalue=1'],
  ])('%s: it is served, and what comes behind is the next one', async (_, rest) => {
    const put = PUT.replace('Connection: close\r\n', '');
    const text = await exchange(api.clientPort, put + rest + SMUGGLED.replace('Host', 'Connection: close\r\nHost'));
    expect(statusesIn(text)).toEqual(['201', '200']);
    expect(api.member.commands).toMatchObject([{ value: '1' }]);
    expect(api.member.reads).toHaveLength(1);
  });

  test('with trailers: they are no headers', async () => {
    const trailers =
      'Host: evil\r\nAuthorization: Basic cm9vdDpyb290\r\nOrigin: http://evil\r\nX-Forwarded-For: 1.2.3.4\r\n';
    const text = await exchange(api.clientPort, `${CHUNKED}7\r\nvalue=1\r\n0\r\n${trailers}\r\n`);
    expect(statusesIn(text)).toEqual(['201']);
  });

  test.each(['GET', 'DELETE', 'HEAD'])('a body of a %s is read, and is no request', async (method) => {
    const head = `${method} /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    const text = await exchange(api.clientPort, `${head}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`);
    expect(statusesIn(text)).toHaveLength(1);
    expect(api.member.reads.filter((read) => JSON.stringify(read).includes('smuggled'))).toEqual([]);
  });
});

describe('what a proxy passes on', () => {
  let member: ApiUnderTest;
  let proxy: ProxyUnderTest;

  beforeEach(async () => {
    member = await startUnderTest();
    proxy = await startProxyUnderTest([`http://127.0.0.1:${member.clientPort}`]);
  });

  afterEach(async () => {
    await proxy.stop();
    await member.server.close(100);
  });

  /** Its requests carry who they are from; one that came as the body of another would carry the proxy's name alone (CVE-2018-16886). */
  const HIDDEN = 'GET /v2/keys/smuggled HTTP/1.1\r\nHost: x\r\n\r\n';

  test.each(
    ['GET', 'DELETE', 'PUT', 'POST', 'HEAD', 'OPTIONS', 'PATCH'].flatMap((method) =>
      [
        'Connection: content-length',
        'Connection: keep-alive, Content-Length',
        'Connection: transfer-encoding',
        'Connection: content-length\r\nConnection: x',
        'Connection: host',
      ].map((header) => [method, header] as const),
    ),
  )('a %s with %j has the body that it came with', async (method, header) => {
    const head = `${method} /v2/keys/a HTTP/1.1\r\nHost: x\r\n${header}\r\n`;
    const length = `Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`;
    const chunks = `Transfer-Encoding: chunked\r\n\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`;
    for (const body of [length, chunks]) {
      const last = 'GET /v2/keys/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
      await exchange(proxy.port, head + body + last);
    }
    // Whatever lay on a connection to the member is a request by now.
    await ask(proxy.port, 'GET', '/v2/keys/after');
    const paths = member.member.reads.map((read) => (read as { path: string }).path);
    expect(paths).toContain('/after');
    expect(paths).not.toContain('/smuggled');
  });
});
