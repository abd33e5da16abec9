/** A connection past Node's server: order, ends, limits, and what it leaves to Node. */
import { AuditTrail } from '../../../src/api/audit';
import { BodyBudget } from '../../../src/api/bodyBudget';
import { Drain } from '../../../src/api/drain';
import { RealClock } from '../../../src/platform/realClock';
import { TlsAcceptor } from '../../../src/tls/acceptor';
import { Credentials } from '../../../src/tls/credentials';
import { makePki } from '../../tls/support/pki';
import { filesOf, tlsSideOf } from '../../tls/support/tlsPort';
import { ANY_NAME, until, type ApiUnderTest } from '../apiUnderTest';
import { event, node } from '../fakeMember';
import {
  DIRECT,
  GET,
  get,
  open,
  put,
  setUp,
  start,
  taken,
  wholeAnswers,
  withClients,
  type Client,
} from './support/directClients';

withClients();

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

test('of thousands of requests sent ahead, Node’s server reads one more than it answers', async () => {
  const { api, answer, client } = await withWriteUnderWay();
  client.socket.write(put('/v2/keys/b', 'value=2') + GET.repeat(1500), 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const answerSecond = holdWrite(api);
  answer();
  await until(() => wholeAnswers(client.text()) === 1 && taken().mock.calls.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(taken().mock.calls.length).toBeLessThanOrEqual(2);
  answerSecond();
  await until(() => wholeAnswers(client.text()) === 1502);
});

test('a line end behind a body is nothing: the connection rests on, past Node’s server', async () => {
  const { answer, client } = await withWriteUnderWay();
  client.socket.write('\r\n');
  await new Promise((resolve) => setTimeout(resolve, 30));
  answer();
  await until(() => wholeAnswers(client.text()) === 1);
  await client.ask(GET, 2);
  for (const end of ['\r', '\n']) {
    client.socket.write(end);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await client.ask(GET, 3);
  expect(taken()).not.toHaveBeenCalled();
  // Whoever closes its half behind one gets the end.
  client.socket.end('\r\n');
  await until(client.isClosed);
  expect(wholeAnswers(client.text())).toBe(3);
});

test('line ends again and again are for Node’s server to end, which counts the time', async () => {
  const api = await start({ headerTimeoutMs: 300 });
  setUp(api.member);
  const [fresh, asked] = [await open(api), await open(api)];
  await asked.ask(GET, 1);
  const dripping = setInterval(() => {
    for (const { socket } of [fresh, asked]) socket.write('\r\n');
  }, 50);
  await until(() => fresh.isClosed() && asked.isClosed());
  clearInterval(dripping);
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

const LAST_WRITE = put('/v2/keys/b', 'value=1').replace('Host: x', 'Host: x\r\nConnection: close');

const MUCH = put('/v2/keys/b', `value=${'2'.repeat(20_000)}`).repeat(400);

test.each([
  ['a request', GET],
  ['much', MUCH],
])('%s behind the last one is not answered, and does not take its answer away', async (_name, ahead) => {
  const api = await start();
  setUp(api.member);
  const answer = holdWrite(api);
  const client = await open(api);
  const errors: unknown[] = [];
  client.socket.on('error', (error) => errors.push(error));
  client.socket.write(LAST_WRITE, 'latin1');
  await until(() => api.member.commands.length === 1);
  client.socket.write(ahead, 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 50));
  answer();
  await until(client.isClosed);
  client.socket.end(GET, 'latin1');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([wholeAnswers(client.text()), api.member.commands.length, api.member.reads.length]).toEqual([1, 1, 0]);
  expect(errors).toEqual([]);
  expect(taken()).not.toHaveBeenCalled();
});

test.each([
  ['past Node’s server', {}],
  ['through it', { audit: new AuditTrail(() => undefined, Date.now) }],
])('%s a last answer arrives whole though its client sends on and the server closes', async (_name, options) => {
  const api = await start(options);
  // The machine takes all of it at once.
  const value = 'v'.repeat(1_500_000);
  api.member.onGet = () => event({ node: node({ key: '/a', value }) });
  const client = await open(api);
  client.socket.pause();
  client.socket.write(GET.replace('Host: x', 'Host: x\r\nConnection: close'), 'latin1');
  await until(() => api.member.reads.length === 1);
  const sending = setInterval(() => client.socket.write('x'), 10);
  await until(() => api.server.clientTraffic().sentBytes > value.length);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const closed = api.server.closeClients(30_000);
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.socket.resume();
  await until(client.isClosed);
  clearInterval(sending);
  client.socket.destroy();
  await closed;
  expect(client.text()).toHaveLength(api.server.clientTraffic().sentBytes);
});

test('behind the last answer the connection goes, though its client does not end it', async () => {
  const client = await open(await start());
  let isGone = false;
  client.socket.on('close', () => (isGone = true));
  await client.ask(GET.replace('Host: x', 'Host: x\r\nConnection: close'), 1);
  await until(client.isClosed);
  for (const startedMs = Date.now(); !isGone && Date.now() - startedMs < 30_000;) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    // Whoever is not there any more says so.
    client.socket.write('x');
  }
  expect(isGone).toBe(true);
}, 60_000);

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
  await until(() => api.member.reads.length === 1);
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
  expect(taken()).not.toHaveBeenCalled();
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
