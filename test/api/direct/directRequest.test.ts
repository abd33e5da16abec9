/** What is read past Node's parser is what Node's parser would have read, and nothing else is. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { DIRECT_BYTES_MAX, DirectReader } from '../../../src/api/direct/directRequest';
import { SeededRandom } from '../../differential/random';

const FORM = 'Content-Type: application/x-www-form-urlencoded';

function read(text: string, maxHeaderBytes = 1024 * 1024): ReturnType<DirectReader['read']> {
  return new DirectReader(maxHeaderBytes).read(Buffer.from(text, 'latin1'));
}

test('a GET as clients send it', () => {
  const text =
    'GET /v2/keys/a/b%20c?quorum=false&recursive=false HTTP/1.1\r\nHost: 127.0.0.1:2379\r\n' +
    'User-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n\r\n';
  expect(read(text)).toEqual({
    method: 'GET',
    target: '/v2/keys/a/b%20c?quorum=false&recursive=false',
    host: '127.0.0.1:2379',
    form: undefined,
    isLast: false,
  });
});

test('a PUT as clients send it, with the bytes of its body', () => {
  const text = `PUT /v2/keys/a HTTP/1.1\r\nhost:x\r\n${FORM}\r\ncontent-length: 9\r\nConnection: keep-alive\r\n\r\nvalue=\xe4\r\n`;
  const form = 'value=\xe4\r\n';
  expect(read(text)).toEqual({ method: 'PUT', target: '/v2/keys/a', host: 'x', form, isLast: false });
  expect(read(text.replace('keep-alive', 'Close'))).toMatchObject({ isLast: true });
});

const GET = 'GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n';
const PUT = `PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n${FORM}\r\nContent-Length: 7\r\n\r\nvalue=1`;

test.each([GET, PUT, PUT.replace('PUT', 'POST'), GET.replace('GET', 'DELETE'), PUT.replace('7', '0').slice(0, -7)])(
  'direct: %j',
  (text) => {
    expect(read(text)).toBeDefined();
  },
);

const NOT_DIRECT = [
  ['a part of one', GET.slice(0, -1)],
  ['more than one', GET + GET],
  ['a byte more', `${PUT} `],
  ['a line in front', `\r\n${GET}`],
  ['another method', GET.replace('GET', 'HEAD')],
  ['a method in small letters', GET.replace('GET', 'get')],
  ['another version', GET.replace('1.1', '1.0')],
  ['no version', 'GET /v2/keys/a\r\n\r\n'],
  ['two spaces', GET.replace(' /', '  /')],
  ['another route', GET.replace('/v2/keys/a', '/version')],
  ['a whole URL', GET.replace('/v2', 'http://x/v2')],
  ['a fragment', GET.replace('/a', '/a#b')],
  ['a byte that is no letter', GET.replace('/a', '/\xe4')],
  ['a control character in a target', GET.replace('/a', '/a\x01')],
  ['a tab in a target', GET.replace('/a', '/a\t')],
  ['no host', GET.replace('Host: x\r\n', '')],
  ['two hosts', GET.replace('Host: x', 'Host: x\r\nHost: x')],
  ['two hosts in other letters', GET.replace('Host: x', 'Host: x\r\nhOST: y')],
  ['an empty host', GET.replace('Host: x', 'Host:')],
  ['a malformed host', GET.replace('Host: x', 'Host: x/y')],
  ['a space before the colon', GET.replace('Host:', 'Host :')],
  ['a space behind a value', GET.replace('Host: x', 'Host: x ')],
  ['two spaces before a value', GET.replace('Host: x', 'Host:  x')],
  ['a tab before a value', GET.replace('Host: x', 'Host:\tx')],
  ['a folded header', GET.replace('Host: x', 'Host: x\r\nAccept: a\r\n b')],
  ['a bare line feed', GET.replace('x\r\n', 'x\nAccept: a\r\n')],
  ['a bare carriage return', GET.replace('Host: x', 'Host: x\rAccept: a')],
  ['line feeds alone', GET.replaceAll('\r\n', '\n')],
  ['a null byte', GET.replace('Host: x', 'Host: x\r\nAccept: a\0b')],
  ['a name that is no token', GET.replace('Host: x', 'Host: x\r\nAc cept: a')],
  ['a line without a colon', GET.replace('Host: x', 'Host: x\r\nAccept')],
  ['an unknown header', GET.replace('Host: x', 'Host: x\r\nX-Thing: a')],
  ['credentials', GET.replace('Host: x', 'Host: x\r\nAuthorization: Basic YTpi')],
  ['an origin', GET.replace('Host: x', 'Host: x\r\nOrigin: http://x')],
  ['a site', GET.replace('Host: x', 'Host: x\r\nSec-Fetch-Site: none')],
  ['an expectation', PUT.replace('Host: x', 'Host: x\r\nExpect: 100-continue')],
  ['another protocol', GET.replace('Host: x', 'Host: x\r\nUpgrade: h2c')],
  ['a last request that is to stay', GET.replace('Host: x', 'Host: x\r\nConnection: close, keep-alive')],
  ['a hop-by-hop header', GET.replace('Host: x', 'Host: x\r\nConnection: keep-alive, accept')],
  ['chunks', PUT.replace('Content-Length: 7', 'Transfer-Encoding: chunked')],
  ['a length and chunks', PUT.replace('Host: x', 'Host: x\r\nTransfer-Encoding: chunked')],
  ['two lengths', PUT.replace('Host: x', 'Host: x\r\nContent-Length: 7')],
  ['two lengths in one', PUT.replace('Length: 7', 'Length: 7, 7')],
  ['a signed length', PUT.replace('Length: 7', 'Length: +7')],
  ['a length with a zero in front', PUT.replace('Length: 7', 'Length: 07')],
  ['a length of another base', PUT.replace('Length: 7', 'Length: 0x7')],
  ['no length', PUT.replace('Content-Length: 7\r\n', '')],
  ['another kind of body', PUT.replace('x-www-form-urlencoded', 'json')],
  ['a kind with unknown parameters', PUT.replace('urlencoded', 'urlencoded; a=b')],
  ['a body of no kind', PUT.replace(`${FORM}\r\n`, '')],
  ['a GET with a body', PUT.replace('PUT', 'GET')],
  ['a DELETE with a body', PUT.replace('PUT', 'DELETE')],
  ['a PUT without a body', GET.replace('GET', 'PUT')],
] as const;

test.each(NOT_DIRECT)('not direct: %s', (_name, text) => {
  expect(read(text)).toBeUndefined();
});

test('what lacks a part of its form alone is begun', () => {
  const headEnd = PUT.indexOf('\r\n\r\n') + 4;
  for (let length = 0; length <= PUT.length; length += 1) {
    const seen = read(PUT.slice(0, length));
    if (length < headEnd) expect([length, seen]).toEqual([length, undefined]);
    else if (length < PUT.length) expect([length, seen]).toEqual([length, 'begun']);
    else expect(seen).toMatchObject({ form: 'value=1' });
  }
  for (const [, text] of NOT_DIRECT) if (text.endsWith('value=1')) expect(read(text.slice(0, -7))).toBeUndefined();
  expect(read(PUT.replace('h: 7', `h: ${DIRECT_BYTES_MAX}`))).toBeUndefined();
});

test('neither more header than is allowed, nor a long request', () => {
  expect(read(GET, GET.length)).toBeDefined();
  expect(read(GET, GET.length - 1)).toBeUndefined();
  const agent = (length: number): string => GET.replace('Host: x', `Host: x\r\nUser-Agent: ${'a'.repeat(length)}`);
  expect(read(agent(3000))).toBeDefined();
  expect(read(agent(5000))).toBeUndefined();
  const put = (length: number): string => PUT.replace('7\r', `${length}\r`).replace('value=1', 'v'.repeat(length));
  expect(read(put(DIRECT_BYTES_MAX - 200))).toBeDefined();
  expect(read(put(DIRECT_BYTES_MAX))).toBeUndefined();
});

test('what is remembered of headers is forgotten when there is too much of it, and is right before and after', () => {
  const reader = new DirectReader(1024 * 1024);
  for (let round = 0; round < 2; round += 1) {
    for (let host = 0; host < 1000; host += 1) {
      const text = GET.replace('Host: x', `Host: h${host}`);
      expect(reader.read(Buffer.from(text))).toMatchObject({ host: `h${host}` });
    }
  }
});

interface Seen {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly host: string | undefined;
  readonly form: string | undefined;
  readonly isLast: boolean;
}

/** What Node's server makes of bytes that are followed by another request. */
async function readByNode(server: Server, text: string): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const listener = (request: IncomingMessage, { shouldKeepAlive }: ServerResponse): void => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const hasForm = request.headers['content-type'] !== undefined;
      seen.push({
        method: request.method,
        target: request.url,
        host: request.headers.host,
        form: hasForm ? body : undefined,
        isLast: !shouldKeepAlive,
      });
      if (request.url === '/last') request.socket.destroy();
    });
  };
  server.on('request', listener);
  server.on('clientError', (_error, socket) => socket.destroy());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(`${text}GET /last HTTP/1.1\r\nHost: last\r\n\r\n`, 'latin1');
  await new Promise((resolve) => socket.on('close', resolve));
  server.removeAllListeners('request');
  server.removeAllListeners('clientError');
  return seen;
}

const PIECES = [
  ...['GET', 'PUT', 'POST', 'DELETE', 'HEAD', ' ', '/v2/keys', '/a', '/', '?', 'wait=true', '%2f', '%', ' HTTP/1.1'],
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    'Host: x',
    'Host',
    ':',
    ': ',
    'Content-Length: 7',
    'Content-Length: 0',
    'value=1',
  ],
  ...[
    FORM,
    'Transfer-Encoding: chunked',
    'Connection: keep-alive',
    'Connection: close',
    'User-Agent: a b',
    'Accept: */*',
    '\t',
    '\0',
    '\xff',
  ],
  ...['0\r\n\r\n', 'Expect: 100-continue', '7', ',', ';', '"', 'GET /v2/keys/b HTTP/1.1\r\nHost: y\r\n\r\n'],
];

function mutated(text: string, random: SeededRandom): string {
  const lines = text.split(/(?<=\r\n)/);
  const at = (length: number): number => random.below(length + 1);
  const piece = (): string => PIECES[random.below(PIECES.length)]!;
  switch (random.below(6)) {
    case 0: {
      const position = at(text.length);
      return text.slice(0, position) + piece() + text.slice(position);
    }
    case 1: {
      const position = at(text.length - 1);
      return text.slice(0, position) + text.slice(position + 1 + random.below(4));
    }
    case 2: {
      lines.splice(at(lines.length), 0, `${piece()}\r\n`);
      return lines.join('');
    }
    case 3: {
      const position = random.below(lines.length);
      lines.splice(position, 0, lines[position]!);
      return lines.join('');
    }
    case 4: {
      const [one, other] = [random.below(lines.length), random.below(lines.length)];
      [lines[one], lines[other]] = [lines[other]!, lines[one]!];
      return lines.join('');
    }
    default:
      return text.replace(/[A-Za-z]/g, (letter) =>
        random.below(20) === 0 ? String.fromCharCode(letter.charCodeAt(0) ^ 0x20) : letter,
      );
  }
}

test('whatever is read as direct, Node reads the same way', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reader = new DirectReader(1024 * 1024);
  const random = new SeededRandom(20261128);
  const agents = GET.replace('Host: x', 'Host: x\r\nUser-Agent: a\r\nAccept: */*\r\nAccept-Encoding: gzip');
  const end = PUT.replace('Host: x', 'Connection: close\r\nHost: x');
  const bases = [GET, PUT, PUT.replace('PUT', 'POST'), GET.replace('GET', 'DELETE'), agents, end];
  let direct = 0;
  let others = 0;
  for (let turn = 0; turn < 60_000 && direct < 400; turn += 1) {
    let text = bases[random.below(bases.length)]!;
    for (let count = random.below(4); count >= 0; count -= 1) text = mutated(text, random);
    const request = reader.read(Buffer.from(text, 'latin1'));
    if (request === undefined || request === 'begun' || bases.includes(text)) {
      others += 1;
      continue;
    }
    direct += 1;
    const [first, last, ...more] = await readByNode(server, text);
    expect({ text, first, more }).toEqual({ text, first: request, more: [] });
    // Behind the last one it reads nothing.
    expect(last?.target).toBe(request.isLast ? undefined : '/last');
  }
  server.close();
  // The grammar finds both kinds often enough to mean something.
  expect(direct).toBe(400);
  expect(others).toBeGreaterThan(400);
}, 120_000);
