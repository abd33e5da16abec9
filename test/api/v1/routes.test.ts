import { ask, sendRaw, startUnderTest, type ApiUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startUnderTest();
});
afterEach(() => api.server.close(100));

/** All of these are `/v1/keys` or `/v1/watch` once they are clean. A path that begins with two slashes is another server's for a browser. */
test.each([
  ['/v1/keys', '/v1/keys/'],
  ['/v1/watch?a=//b', '/v1/watch/?a=//b'],
  ['//v1/keys', '/v1/keys/'],
  ['//evil.example.com/..%2fv1%2fkeys', '/v1/keys/'],
  ['//evil.example.com/../v1/watch', '/v1/watch/'],
  ['/%2e/v1/k%65ys', '/v1/keys/'],
  ['http://evil.example.com//evil.example.com/..%2fv1/keys', '/v1/keys/'],
])('%s is led to this server, and nowhere else', async (target, location) => {
  const answer = await sendRaw(api.clientPort, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 301 /);
  expect(/^Location: (.*)\r$/m.exec(answer)?.[1]).toBe(location);
});

test('paths of other cases or with more behind them are none of these routes', async () => {
  for (const path of ['/V1/keys/a', '/v1/keysa', '/v1/watchdog', '/v1']) {
    expect((await ask(api.clientPort, 'GET', path)).status).toBe(404);
  }
});
