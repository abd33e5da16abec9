import { parseChange } from '../../../src/api/admin/config';
import { ask, startUnderTest, type ApiUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
afterEach(async () => {
  await api.server.close(100);
});

test('a body that takes part changes what it names, and the answer is what then holds', async () => {
  api = await startUnderTest();
  for (const port of [api.clientPort, api.peerPort]) {
    const { status, body, headers } = await ask(port, 'PUT', '/v2/admin/config', '{"syncInterval":2.5,"other":1}');
    expect({ status, body, type: headers['content-type'] }).toEqual({
      status: 200,
      body: '{"activeSize":9,"removeDelay":1800,"syncInterval":2.5}\n',
      type: 'application/json',
    });
  }
  expect(api.member.settingsChanges).toEqual([{ syncIntervalMs: 2500 }, { syncIntervalMs: 2500 }]);
});

test('as long as a member cannot read settings, they are refused with what to do', async () => {
  api = await startUnderTest();
  api.member.changeSettings = () => Promise.resolve(false);
  const { status, body } = await ask(api.clientPort, 'PUT', '/v2/admin/config', '{"activeSize":3}');
  expect(status).toBe(503);
  expect(body).toContain('upgrade every member');
});

test('a long body is refused before it is read', async () => {
  api = await startUnderTest();
  const { status } = await ask(api.clientPort, 'PUT', '/v2/admin/config', `{"a":"${'x'.repeat(70_000)}"}`);
  expect(status).toBe(413);
  expect(api.member.settingsChanges).toEqual([]);
});

test('a page in a browser changes nothing on the peer port, by whatever name it came', async () => {
  api = await startUnderTest();
  for (const [method, path] of [
    ['PUT', '/v2/admin/config'],
    ['DELETE', '/v2/admin/machines/node1'],
  ] as const) {
    const host = `evil.example:${api.peerPort}`;
    const { status } = await ask(api.peerPort, method, path, '{"activeSize":3}', { origin: `http://${host}`, host });
    expect(status).toBe(403);
  }
  expect(api.member.settingsChanges).toEqual([]);
});

test('where operators’ routes are on the metrics port, the others only show', async () => {
  api = await startUnderTest({ operatorRoutes: 'metrics', metricsAddresses: [{ host: '127.0.0.1', port: 0 }] });
  for (const port of [api.clientPort, api.peerPort]) {
    expect((await ask(port, 'GET', '/v2/admin/config')).status).toBe(200);
    expect((await ask(port, 'PUT', '/v2/admin/config', '{}')).status).toBe(403);
    expect((await ask(port, 'DELETE', '/v2/admin/machines/node1')).status).toBe(403);
  }
  const [metrics] = api.server.metricsAddresses;
  expect((await ask(metrics!.port, 'PUT', '/v2/admin/config', '{"activeSize":5}')).status).toBe(200);
});

describe('what a body says', () => {
  beforeEach(async () => {
    api = await startUnderTest();
  });

  test.each([
    ['{}', {}],
    ['null', {}],
    ['{"activeSize":5.9}', { activeSize: 5 }],
    ['{"activeSize":-1,"removeDelay":-5}', { activeSize: 0, removeDelayMs: 0 }],
    ['{"activeSize":1e300,"removeDelay":1e300}', { activeSize: 1e9, removeDelayMs: 1e12 }],
    ['{"activeSize":"5","removeDelay":null,"syncInterval":true}', {}],
    ['{"ActiveSize":5}', {}],
    ['{"__proto__":{"activeSize":4}}', {}],
    ['{"removeDelay":2.0004}', { removeDelayMs: 2000 }],
  ])('%s', (text, change) => {
    expect(parseChange(text)).toEqual(change);
  });

  test.each(['', '{', '[]', '5', '"a"', '{"activeSize":NaN}'])('%j is no object', (text) => {
    expect(parseChange(text)).toEqual(expect.any(String));
  });
});
