/** Whichever way a request takes, past Node's server or through it, its client sees the same. */
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AuditTrail } from '../../../src/api/audit';
import { BodyBudget } from '../../../src/api/bodyBudget';
import { Connection } from '../../../src/api/connection/connection';
import { Drain } from '../../../src/api/drain';
import { MemberError } from '../../../src/member/types';
import type { ApiOptions } from '../../../src/api/options';
import { RealClock } from '../../../src/platform/realClock';
import { TlsAcceptor } from '../../../src/tls/acceptor';
import { Credentials } from '../../../src/tls/credentials';
import { makePki } from '../../tls/support/pki';
import { filesOf, tlsSideOf } from '../../tls/support/tlsPort';
import { ANY_NAME, startUnderTest, until, type ApiUnderTest } from '../apiUnderTest';
import { event, keyError, node, type FakeMember } from '../fakeMember';

const apis: ApiUnderTest[] = [];
const sockets: Socket[] = [];
let taken: jest.SpyInstance;

beforeEach(() => {
  taken = jest.spyOn(Connection.prototype, 'take');
});

afterEach(async () => {
  taken.mockRestore();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const api of apis.splice(0)) await api.server.close(100);
});

async function start(options: Partial<ApiOptions> = {}): Promise<ApiUnderTest> {
  const api = await startUnderTest(options);
  apis.push(api);
  return api;
}

interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly isClosed: () => boolean;
  /** Sends bytes and waits for so many answers in all. */
  readonly ask: (bytes: string, answers: number) => Promise<string>;
}

async function open({ clientPort }: ApiUnderTest, isSecure = false): Promise<Client> {
  const place = { port: clientPort, host: '127.0.0.1', allowHalfOpen: true };
  const socket = isSecure ? connectSecurely({ ...place, rejectUnauthorized: false }) : connect(place);
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  for (const name of ['end', 'close']) socket.on(name, () => (closed = true));
  await new Promise((resolve) => socket.once(isSecure ? 'secureConnect' : 'connect', resolve));
  const ask = async (bytes: string, answers: number): Promise<string> => {
    socket.write(bytes, 'latin1');
    await until(() => wholeAnswers(text) === answers);
    return text;
  };
  return { socket, text: () => text, isClosed: () => closed, ask };
}

/** How many answers there are to the end. */
function wholeAnswers(text: string): number {
  let count = 0;
  for (let rest = text; ;) {
    const head = rest.indexOf('\r\n\r\n');
    if (head < 0) return count;
    const length = /Content-Length: (\d+)/.exec(rest.slice(0, head))?.[1];
    const end = length === undefined ? rest.indexOf('\r\n0\r\n\r\n', head) + 7 : head + 4 + Number(length);
    if (end < head + 4 || rest.length < end) return count;
    count += 1;
    rest = rest.slice(end);
  }
}

const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n';
const GET = 'GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n';

function get(target: string): string {
  return GET.replace('/v2/keys/a', target);
}

function put(target: string, form: string, method = 'PUT'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: x\r\n${FORM}Content-Length: ${form.length}\r\n\r\n${form}`;
}

const LONG = 'x'.repeat(40_000) + '"\xe4\x01'.repeat(1000);
const CHILDREN = Array.from({ length: 2000 }, (_nothing, at) => node({ key: `/a/${at}`, value: 'v'.repeat(900) }));

/** What the member answers to the keys of the requests below. */
function setUp(member: FakeMember): void {
  member.onGet = (path) => {
    if (path === '/none') return keyError(100, '/none');
    if (path === '/long') return event({ node: node({ key: path, value: LONG }) });
    if (path === '/list') return event({ node: node({ key: path, dir: true, nodes: CHILDREN.slice(0, 3) }) });
    if (path === '/longList') return event({ node: node({ key: path, dir: true, nodes: CHILDREN }) });
    if (path === '/broken') throw new Error('nobody foresaw this');
    return event({ node: node({ key: path, value: 'v', expirationMs: Date.parse('2030-01-01') }) });
  };
  member.onPropose = async (command) => {
    await Promise.resolve();
    const { path } = command as { readonly path: string };
    if (path === '/compared') return keyError(101, `[${LONG} != x]`);
    if (path === '/dir') return keyError(102, '/dir');
    if (path === '/full') throw new MemberError('noSpace', 'full');
    if (path === '/busy') throw new MemberError('busy', 'busy');
    if (path === '/late') throw new MemberError('timeout', 'late');
    if (path === '/broken') throw new Error('nobody foresaw this');
    const prevNode = path === '/new' ? undefined : node({ key: path, value: path === '/long' ? LONG : 'before' });
    return event({
      action: command.type === 'delete' ? 'delete' : 'set',
      node: node({ key: path, value: 'v' }),
      prevNode,
    });
  };
}

const DIRECT = [
  GET.replace('Host: x', 'Host: x\r\nConnection: Keep-Alive\r\nUser-Agent: a b\r\nAccept-Encoding: gzip'),
  get('/v2/keys'),
  get('/v2/keys/'),
  get('/v2/keys/a'),
  get('/v2/keys/a/'),
  get('/v2/keys//a/../b/./c'),
  get('/v2/keys/a%20b%2Fc?quorum=false&recursive=false&sorted=false'),
  get('/v2/keys/a?quorum=true'),
  get('/v2/keys/a?consistent=true'),
  get('/v2/keys/a?quorum=true&wait=true'),
  get('/v2/keys/a?nonsense=1&&'),
  get('/v2/keys/none'),
  get('/v2/keys/long'),
  get('/v2/keys/list?recursive=true'),
  get('/v2/keys/longList?recursive=true&sorted=true'),
  get('/v2/keys/broken'),
  get(`/v2/keys/${'d/'.repeat(900)}`),
  put('/v2/keys/new', 'value=1'),
  put('/v2/keys/new', 'value=1&ttl=5'),
  put('/v2/keys/b', ''),
  put('/v2/keys/b', 'value=%C3%A4').replace('urlencoded', 'urlencoded;charset=UTF-8'),
  put('/v2/keys/b', 'value=a+b%26%e4&prevExist=true'),
  put('/v2/keys/b?prevValue=x', 'value=1'),
  put('/v2/keys/b?noValueOnSuccess=true', 'value=1'),
  put('/v2/keys/long', 'value=1'),
  put('/v2/keys/compared', 'value=1&prevValue=y'),
  put('/v2/keys/dir', 'value=1'),
  put('/v2/keys/full', 'value=1'),
  put('/v2/keys/busy', 'value=1'),
  put('/v2/keys/late', 'value=1'),
  put('/v2/keys/broken', 'value=1'),
  put('/v2/keys/b', `value=${'y'.repeat(20_000)}`),
  put(`/v2/keys/${'d/'.repeat(900)}`, 'value=1'),
  put('/v2/keys/b', 'value=1', 'POST'),
  get('/v2/keys/b').replace('GET', 'DELETE'),
  get('/v2/keys/b?prevIndex=7').replace('GET', 'DELETE'),
] as const;

/** What looks direct and is answered by Node's server. */
const NOT_DIRECT = [
  get('/v2/keysx'),
  get('/v2/keys/%zz'),
  get('/v2/keys/a?recursive=maybe'),
  get('/v2/keys/a?quorum=%zz'),
  get('/v2/keys/a;b?x=;'),
  put('/v2/keys/b', 'value=%zz'),
  put('/v2/keys/b', 'ttl=x'),
  put('/v2/keys/b', 'wait=true'),
] as const;

/** Where a body is cut into chunks depends on how fast it is taken. */
const comparable = (text: string): string =>
  text
    .replaceAll(/^Date: .*$/gm, 'Date: then')
    .replaceAll(/(?<=Transfer-Encoding: chunked\r\n\r\n)[^]*?(?=0\r\n\r\n|$)/g, (body) =>
      body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, ''),
    );

describe.each([
  ['direct', DIRECT, 0],
  ['left to Node', NOT_DIRECT, 1],
] as const)('%s', (_name, requests, takenOf) => {
  test.each(requests)('%j', async (request) => {
    const [one, other] = [await start(), await start({ audit: new AuditTrail(() => undefined, Date.now) })];
    setUp(one.member);
    setUp(other.member);
    const answer = await (await open(one)).ask(request, 1);
    expect(taken).toHaveBeenCalledTimes(takenOf);
    const byNode = await (await open(other)).ask(request, 1);
    expect(taken).toHaveBeenCalledTimes(takenOf + 1);
    expect(comparable(answer)).toBe(comparable(byNode));
    expect(one.member.commands).toEqual(other.member.commands);
    expect(one.logged.map(({ msg }) => msg)).toEqual(other.logged.map(({ msg }) => msg));
  });
});

test('a connection stays direct, and each answer is whole', async () => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  for (const [at, request] of DIRECT.entries()) await client.ask(request, at + 1);
  expect(taken).not.toHaveBeenCalled();
});

const OTHERS: readonly (readonly [string, string, number])[] = [
  ['another route', get('/version'), 1],
  ['HEAD', get('/v2/keys/long').replace('GET', 'HEAD'), 0],
  ['two in one go', GET + put('/v2/keys/b', 'value=2'), 2],
  ['a header that nobody knows', GET.replace('Host: x', 'Host: x\r\nX-Thing: a'), 1],
  [
    'a body in chunks',
    put('/v2/keys/b', 'x').replace(/Content-Length.*/s, 'Transfer-Encoding: chunked\r\n\r\n7\r\nvalue=1\r\n0\r\n\r\n'),
    1,
  ],
];

test.each(OTHERS)('%s: the connection goes on, with Node, and is not direct again', async (_name, bytes, answers) => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  await client.ask(GET, 1);
  await client.ask(put('/v2/keys/b', 'value=1'), 2);
  expect(taken).not.toHaveBeenCalled();
  if (answers === 0) {
    client.socket.write(bytes, 'latin1');
    await until(() => client.text().split('HTTP/1.1 ').length === 4 && client.text().endsWith('\r\n\r\n'));
    client.socket.write(GET, 'latin1');
    await until(() => client.text().split('HTTP/1.1 ').length === 5);
  } else {
    await client.ask(bytes, 2 + answers);
    await client.ask(GET, 3 + answers);
  }
  const seen = taken.mock.calls.length;
  expect(seen).toBeGreaterThan(1);
  client.socket.write(GET, 'latin1');
  await until(() => taken.mock.calls.length === seen + 1);
});

test.each([1, 5, 20, 40, 100])('a request whose bytes come in pieces of %i is carried out once', async (size) => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  await client.ask(GET, 1);
  const bytes = put('/v2/keys/b', 'value=1');
  for (let start = 0; start < bytes.length; start += size) {
    client.socket.write(bytes.slice(start, start + size), 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await until(() => wholeAnswers(client.text()) === 2);
  expect(api.member.commands).toHaveLength(1);
});

const WATCH = get('/v2/keys/a?wait=true');
const STREAM = get('/v2/keys/a?wait=true&stream=true&recursive=true');
const EVENT = event({ action: 'set', node: node({ key: '/a', value: 'w' }) });

/** What a client of each kind of way gets, when the same happens to both. */
async function bothWays(happen: (api: ApiUnderTest, client: Client) => Promise<void>): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const options of [{}, { audit: new AuditTrail(() => undefined, Date.now) }]) {
    const api = await start(options);
    const client = await open(api);
    await happen(api, client);
    texts.push(comparable(client.text()));
    expect(taken.mock.calls.length > 0).toBe('audit' in options);
  }
  return texts;
}

describe('a watch', () => {
  test('ends with its event, and the connection goes on', async () => {
    const [direct, byNode] = await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => client.text().endsWith('\r\n\r\n') && member.watches.length === 1);
      member.watches[0]!.listener(EVENT);
      await until(() => wholeAnswers(client.text()) === 1);
      client.socket.write(WATCH.replace('a?', 'b?'), 'latin1');
      await until(() => member.watches.length === 2);
      member.watches[1]!.listener(EVENT);
      await until(() => wholeAnswers(client.text()) === 2);
    });
    expect(direct).toBe(byNode);
    expect(direct).toContain('"value":"w"');
  });

  test('of the past is answered at once', async () => {
    const [direct, byNode] = await bothWays(async ({ member }, client) => {
      member.pastEvents = [EVENT, EVENT];
      await client.ask(WATCH, 1);
    });
    expect(direct).toBe(byNode);
  });

  test('that is a stream gives each event, a long one too, and is cut when the server stops', async () => {
    const [direct, byNode] = await bothWays(async ({ member, server }, client) => {
      client.socket.write(STREAM, 'latin1');
      await until(() => member.watches.length === 1);
      for (let count = 1; count <= 3; count += 1) {
        member.watches[0]!.listener(EVENT);
        await until(() => client.text().split('"value":"w"').length === count + 1);
      }
      member.watches[0]!.listener(event({ action: 'set', node: node({ key: '/a', value: LONG, modifiedIndex: 99 }) }));
      await until(() => client.text().includes('"modifiedIndex":99'));
      await server.closeClients(1000);
      await until(client.isClosed);
      expect(member.watches[0]!.cancelled).toBe(true);
    });
    expect(direct).toBe(byNode);
    expect(direct).not.toMatch(/0\r\n\r\n$/);
  });

  test('ends properly for a client that closes its half', async () => {
    const [direct, byNode] = await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => member.watches.length === 1);
      client.socket.end();
      await until(client.isClosed);
      expect(member.watches[0]!.cancelled).toBe(true);
      expect(client.text()).toMatch(/\r\n0\r\n\r\n$/);
    });
    expect(direct).toBe(byNode);
  });

  const AHEAD = [put('/v2/keys/b', 'value=2'), '\r\n', 'x'.repeat(50_000)];

  test.each(AHEAD)('is over when its client is gone with something behind it (%j)', async (ahead) => {
    await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => member.watches.length === 1);
      client.socket.write(ahead, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 30));
      client.socket.resetAndDestroy();
      await until(() => member.watches[0]!.cancelled);
      expect(member.commands).toEqual([]);
    });
  });

  test.each(AHEAD.slice(0, 2))(
    'ends when its client has sent all it will, with something behind it (%j)',
    async (ahead) => {
      const [direct, byNode] = await bothWays(async (api, client) => {
        setUp(api.member);
        client.socket.write(WATCH, 'latin1');
        await until(() => api.member.watches.length === 1);
        client.socket.write(ahead, 'latin1');
        await new Promise((resolve) => setTimeout(resolve, 30));
        client.socket.end();
        await until(client.isClosed);
        expect(api.member.watches[0]!.cancelled).toBe(true);
        expect(api.member.commands).toHaveLength(ahead.startsWith('PUT') ? 1 : 0);
        taken.mock.calls.length = 'audit' in api.options ? 1 : 0;
      });
      expect(direct).toBe(byNode);
    },
  );

  test('is answered before what is sent behind it', async () => {
    const [direct, byNode] = await bothWays(async (api, client) => {
      setUp(api.member);
      client.socket.write(WATCH, 'latin1');
      await until(() => api.member.watches.length === 1);
      client.socket.write(put('/v2/keys/b', 'value=2') + GET, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(api.member.commands).toEqual([]);
      api.member.watches[0]!.listener(EVENT);
      await until(() => wholeAnswers(client.text()) === 3);
      taken.mock.calls.length = 'audit' in api.options ? 1 : 0;
    });
    expect(direct).toBe(byNode);
  });

  test('is cut when the server stops, whatever its client sent ahead, and that is not carried out', async () => {
    await bothWays(async ({ member, server }, client) => {
      client.socket.write(STREAM, 'latin1');
      await until(() => member.watches.length === 1);
      const ahead = put('/v2/keys/b', 'value=2');
      client.socket.write(ahead, 'latin1');
      // What comes after the end of a connection resets it, and takes with it what its client has not read.
      await until(() => server.clientTraffic().receivedBytes === STREAM.length + ahead.length);
      member.watches[0]!.listener(EVENT);
      await server.closeClients(1000);
      await until(client.isClosed);
      expect(member.watches[0]!.cancelled).toBe(true);
      expect(member.commands).toEqual([]);
    });
  });

  test('is cut when auth is switched on', async () => {
    await bothWays(async ({ member }, client) => {
      client.socket.write(WATCH, 'latin1');
      await until(() => member.watches.length === 1);
      member.auth = () => ({ enabled: true, version: 1, user: () => undefined, role: () => undefined }) as never;
      for (const listener of member.authListeners) listener();
      await until(client.isClosed);
      expect(client.text()).not.toMatch(/0\r\n\r\n$/);
    });
  });
});

/** A member whose next write waits for the test. */
function holdWrite({ member }: ApiUnderTest): () => void {
  let answer: () => void = () => undefined;
  const waits = new Promise<void>((resolve) => (answer = resolve));
  const before = member.onPropose;
  member.onPropose = async (command) => {
    member.onPropose = before;
    await waits;
    return before(command);
  };
  return answer;
}

/** A client whose write waits for the test to be answered. */
async function withWriteUnderWay(): Promise<{ api: ApiUnderTest; answer: () => void; client: Client }> {
  const api = await start();
  setUp(api.member);
  const answer = holdWrite(api);
  const client = await open(api);
  client.socket.write(put('/v2/keys/b', 'value=1'), 'latin1');
  await until(() => api.member.commands.length === 1);
  return { api, answer, client };
}

test('a write sent behind a write waits for its answer', async () => {
  const { api, answer, client } = await withWriteUnderWay();
  client.socket.write(put('/v2/keys/b', 'value=2'), 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(api.member.commands).toHaveLength(1);
  answer();
  await until(() => wholeAnswers(client.text()) === 2);
  expect(api.member.commands).toHaveLength(2);
});

test('what is sent ahead is not looked at before the answer, and not read beyond a reserve', async () => {
  const { api, answer, client } = await withWriteUnderWay();
  const ahead = put('/v2/keys/b', `value=${'2'.repeat(20_000)}`).repeat(1000);
  client.socket.write(ahead, 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(api.member.commands).toHaveLength(1);
  // The machine in between takes some megabytes.
  expect(client.socket.writableLength).toBeGreaterThan(0);
  answer();
  await until(() => api.member.commands.length === 1001);
  await until(() => wholeAnswers(client.text()) === 1001);
});

test('whoever closes its half gets its answer, and then the end', async () => {
  const api = await start();
  setUp(api.member);
  const answer = holdWrite(api);
  const client = await open(api);
  client.socket.end(put('/v2/keys/b', 'value=1'), 'latin1');
  await until(() => api.member.commands.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(client.isClosed()).toBe(false);
  answer();
  await until(client.isClosed);
  expect(wholeAnswers(client.text())).toBe(1);
});

test('whoever closes its half behind requests that were sent ahead gets all the answers', async () => {
  const { answer, client } = await withWriteUnderWay();
  client.socket.end(put('/v2/keys/b', 'value=2') + GET, 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 30));
  answer();
  await until(client.isClosed);
  expect(wholeAnswers(client.text())).toBe(3);
});

test('whoever closes its half without a word gets the end', async () => {
  const client = await open(await start());
  client.socket.end();
  await until(client.isClosed);
  expect(client.text()).toBe('');
});

test('a client that goes away while it waits costs nothing but its answer', async () => {
  const { api, answer, client } = await withWriteUnderWay();
  client.socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 30));
  answer();
  await (await open(api)).ask(GET, 1);
  expect(api.logged).toEqual([]);
});

test('a listing goes out as fast as its client reads, and the next request waits for it', async () => {
  const api = await start();
  const many = Array.from({ length: 30_000 }, (_nothing, at) => node({ key: `/a/${at}`, value: 'v'.repeat(900) }));
  api.member.onGet = (path) =>
    path === '/a'
      ? event({ node: node({ key: '/a', dir: true, nodes: many }) })
      : event({ node: node({ key: path, value: 'v' }) });
  const client = await open(api);
  client.socket.pause();
  client.socket.write(GET, 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.socket.write(get('/v2/keys/b'), 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(api.member.reads.map(({ path }) => path)).toEqual(['/a']);
  const { sentBytes } = api.server.clientTraffic();
  expect(sentBytes).toBeLessThan(20_000_000);
  client.socket.resume();
  await until(() => wholeAnswers(client.text()) === 2);
  expect(client.text()).toContain('"key":"/a/29999"');
}, 60_000);

test('from the moment auth is on, whoever asks has to say who he is', async () => {
  const api = await start();
  const client = await open(api);
  await client.ask(GET, 1);
  api.member.auth = () => ({ enabled: true, version: 1, user: () => undefined, role: () => undefined }) as never;
  const text = await client.ask(GET, 2);
  expect(text).toMatch(/HTTP\/1\.1 401 /);
  expect(api.member.reads).toHaveLength(1);
});

test('while it is not known who may do what, nobody is served', async () => {
  const api = await start();
  const client = await open(api);
  await client.ask(GET, 1);
  api.member.authUndecided = true;
  expect(await client.ask(GET, 2)).toMatch(/HTTP\/1\.1 503 /);
  expect(api.member.reads).toHaveLength(1);
});

test('a member that is drained ends each connection with its answer', async () => {
  const drain = new Drain(
    () => performance.now(),
    () => Promise.resolve(),
  );
  const api = await start({ drain });
  const client = await open(api);
  await client.ask(GET, 1);
  await drain.begin(60_000, 'a test');
  expect(await client.ask(GET, 2)).toMatch(/Connection: close/);
  await until(client.isClosed);
});

test('names that are not of this member are refused', async () => {
  const api = await start({ web: { ...ANY_NAME, hosts: { whitelist: ['known.example'], ownNames: [] } } });
  const client = await open(api);
  await client.ask(GET.replace('Host: x', 'Host: known.example'), 1);
  expect(await client.ask(GET.replace('Host: x', 'Host: other.example'), 2)).toMatch(/HTTP\/1\.1 421 /);
  expect(api.member.reads).toHaveLength(1);
});

test('where pages of other origins may ask, each answer says so', async () => {
  const api = await start({ web: { ...ANY_NAME, cors: ['*'] } });
  expect(await (await open(api)).ask(GET, 1)).toContain('Access-Control-Allow-Origin: *');
});

test('a body for which there is no room is refused', async () => {
  const api = await start({ bodyBudget: new BodyBudget(15_000) });
  setUp(api.member);
  const answer = holdWrite(api);
  const [one, other] = [await open(api), await open(api)];
  one.socket.write(put('/v2/keys/b', `value=${'1'.repeat(10_000)}`), 'latin1');
  await until(() => api.member.commands.length === 1);
  const refused = await other.ask(put('/v2/keys/b', `value=${'2'.repeat(10_000)}`), 1);
  expect(refused).toMatch(/HTTP\/1\.1 503 [^]*Retry-After: 1/);
  answer();
  await until(() => wholeAnswers(one.text()) === 1);
  await one.ask(put('/v2/keys/b', `value=${'3'.repeat(10_000)}`), 2);
  expect(api.options.bodyBudget?.usedBytes).toBe(0);
});

test('a server that closes ends who rests, and lets who waits have its answer', async () => {
  const api = await start();
  setUp(api.member);
  const answer = holdWrite(api);
  const [resting, waiting] = [await open(api), await open(api)];
  await resting.ask(GET, 1);
  waiting.socket.write(put('/v2/keys/b', 'value=1'), 'latin1');
  await until(() => api.member.commands.length === 1);
  const closed = api.server.closeClients(5000);
  await until(resting.isClosed);
  expect(waiting.isClosed()).toBe(false);
  answer();
  await until(waiting.isClosed);
  expect(wholeAnswers(waiting.text())).toBe(1);
  await closed;
});

test('what direct connections carry is counted', async () => {
  const api = await start();
  const client = await open(api);
  const text = await client.ask(GET, 1);
  expect(api.server.clientTraffic()).toEqual({ receivedBytes: GET.length, sentBytes: text.length });
});

test('with TLS it is the same', async () => {
  const pki = await makePki();
  const files = filesOf(await pki.issue('member'), pki);
  const side = tlsSideOf(files, { certificatesDemanded: false });
  const clock = new RealClock();
  const log = { info: () => undefined, warn: () => undefined } as never;
  const rules = { ownSignedByAuthorities: false };
  const credentials = await Credentials.open({ side: 'client', files, rules, clock, log });
  const api = await start({
    clientAddresses: [{ host: '127.0.0.1', port: 0, scheme: 'https' }],
    tls: new TlsAcceptor({ side, credentials, clock, log }),
  });
  setUp(api.member);
  const client = await open(api, true);
  // Of a long one the records come one by one.
  const short = DIRECT.filter((request) => request.length < 16_000);
  for (const [at, request] of short.entries()) await client.ask(request, at + 1);
  expect(taken).not.toHaveBeenCalled();
  // From here on with Node: two in one go, then one whose bytes come in pieces, then the end.
  await client.ask(GET + put('/v2/keys/b', 'value=2'), short.length + 2);
  client.socket.write(GET.slice(0, 20), 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 10));
  await client.ask(GET.slice(20), short.length + 3);
  client.socket.end(GET, 'latin1');
  await until(client.isClosed);
  expect(wholeAnswers(client.text())).toBe(short.length + 4);
  pki.remove();
});
