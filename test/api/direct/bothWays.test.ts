/** Whichever way a request takes, past Node's server or through it, its client sees the same. */
import { AuditTrail } from '../../../src/api/audit';
import { until } from '../apiUnderTest';
import {
  comparable,
  DIRECT,
  GET,
  get,
  LAST,
  open,
  put,
  setUp,
  start,
  taken,
  wholeAnswers,
  withClients,
} from './support/directClients';

withClients();

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

describe.each([
  ['direct', DIRECT, 0],
  ['the last of its connection', LAST, 0],
  ['left to Node', NOT_DIRECT, 1],
] as const)('%s', (_name, requests, takenOf) => {
  test.each(requests)('%j', async (request) => {
    const [one, other] = [await start(), await start({ audit: new AuditTrail(() => undefined, Date.now) })];
    setUp(one.member);
    setUp(other.member);
    const [client, clientOfNode] = [await open(one), await open(other)];
    const answer = await client.ask(request, 1);
    expect(taken()).toHaveBeenCalledTimes(takenOf);
    const byNode = await clientOfNode.ask(request, 1);
    expect(taken()).toHaveBeenCalledTimes(takenOf + 1);
    expect(comparable(answer)).toBe(comparable(byNode));
    expect(one.member.commands).toEqual(other.member.commands);
    expect(one.logged.map(({ msg }) => msg)).toEqual(other.logged.map(({ msg }) => msg));
    if (!request.includes('Connection: close')) return;
    expect(answer).toContain('Connection: close\r\n');
    await until(() => client.isClosed() && clientOfNode.isClosed());
  });
});

test('a connection stays direct, and each answer is whole', async () => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  for (const [at, request] of DIRECT.entries()) await client.ask(request, at + 1);
  expect(taken()).not.toHaveBeenCalled();
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
  expect(taken()).not.toHaveBeenCalled();
  if (answers === 0) {
    client.socket.write(bytes, 'latin1');
    await until(() => client.text().split('HTTP/1.1 ').length === 4 && client.text().endsWith('\r\n\r\n'));
    client.socket.write(GET, 'latin1');
    await until(() => client.text().split('HTTP/1.1 ').length === 5);
  } else {
    await client.ask(bytes, 2 + answers);
    await client.ask(GET, 3 + answers);
  }
  const seen = taken().mock.calls.length;
  expect(seen).toBeGreaterThan(1);
  client.socket.write(GET, 'latin1');
  await until(() => taken().mock.calls.length === seen + 1);
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
