/** Clients that send a head and its form in two writes, as Python's do, stay past Node's server; all else of such requests is Node's. */
import { AuditTrail } from '../../../src/api/audit';
import { until, type ApiUnderTest } from '../apiUnderTest';
import { comparable, GET, open, put, setUp, start, taken, wholeAnswers, withClients } from './support/directClients';
import type { Client } from './support/directClients';

withClients();

const PUT = put('/v2/keys/b', 'value=1');
const HEAD = PUT.slice(0, PUT.indexOf('\r\n\r\n') + 4);

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends each piece when the one before was read, and so long after. */
async function sendApart(
  api: ApiUnderTest,
  client: Client,
  waitMs: number,
  ...pieces: readonly string[]
): Promise<void> {
  for (const piece of pieces) {
    const before = api.server.clientTraffic().receivedBytes;
    client.socket.write(piece, 'latin1');
    await until(() => api.server.clientTraffic().receivedBytes === before + piece.length);
    await pass(waitMs);
  }
}

test.each([
  ['a short form', 'value=1'],
  ['a form of many bytes', `value=${'y'.repeat(20_000)}`],
])('%s is answered as if it had come with its head, and the connection stays direct', async (_name, form) => {
  const request = put('/v2/keys/b', form);
  const headLength = request.indexOf('\r\n\r\n') + 4;
  // On a machine that is busy the two may come too far apart: then it is Node's, and the same.
  for (let turn = 1; ; turn += 1) {
    const before = taken().mock.calls.length;
    const api = await start();
    setUp(api.member);
    const client = await open(api);
    for (let answers = 1; answers <= 3; answers += 1) {
      await sendApart(api, client, 1, request.slice(0, headLength), request.slice(headLength));
      await until(() => wholeAnswers(client.text()) === answers);
    }
    await client.ask(GET, 4);
    expect(api.member.commands).toHaveLength(3);
    if (taken().mock.calls.length === before) break;
    expect(turn).toBeLessThan(20);
  }
});

test('what the client is told does not depend on it', async () => {
  const texts: string[] = [];
  for (const options of [{}, { audit: new AuditTrail(() => undefined, Date.now) }]) {
    const api = await start(options);
    setUp(api.member);
    const client = await open(api);
    await sendApart(api, client, 1, HEAD, 'value=1');
    await until(() => wholeAnswers(client.text()) === 1);
    texts.push(comparable(client.text()));
  }
  expect(texts[0]).toBe(texts[1]);
});

test.each([
  ['late', 150, [HEAD, 'value=1']],
  ['in pieces', 5, [HEAD, 'val', 'ue=', '1']],
  ['with another request behind it', 5, [HEAD, `value=1${GET}`]],
])('a form that comes %s is Node’s, and is carried out once', async (_name, waitMs, pieces) => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  await sendApart(api, client, waitMs, ...pieces);
  const answers = pieces.at(-1)!.endsWith(GET) ? 2 : 1;
  await until(() => wholeAnswers(client.text()) === answers);
  expect(api.member.commands).toMatchObject([{ type: 'set', path: '/b', value: '1' }]);
  expect(taken()).toHaveBeenCalledTimes(answers);
  await client.ask(PUT, answers + 1);
});

test.each(['', 'valu'])('nothing is carried out for a client that closes its half behind %j', async (part) => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  await sendApart(api, client, 1, HEAD);
  client.socket.end(part, 'latin1');
  await until(client.isClosed);
  expect(api.member.commands).toHaveLength(0);
  expect(client.text()).toMatch(/^HTTP\/1\.1 400 /);
});

test('nor for one that is gone', async () => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  await sendApart(api, client, 10, HEAD);
  client.socket.resetAndDestroy();
  await pass(200);
  expect(api.member.commands).toHaveLength(0);
  expect(taken()).not.toHaveBeenCalled();
  await (await open(api)).ask(PUT, 1);
});

test('a server that closes lets it have its answer', async () => {
  const api = await start();
  setUp(api.member);
  const client = await open(api);
  await sendApart(api, client, 10, HEAD);
  const closed = api.server.closeClients(5000);
  await pass(10);
  client.socket.write('value=1', 'latin1');
  await until(() => wholeAnswers(client.text()) === 1);
  await until(client.isClosed);
  await closed;
  expect(api.member.commands).toHaveLength(1);
});
