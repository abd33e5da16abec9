import type { ApiUnderTest } from './apiUnderTest';
import { ANY_NAME, ask, startUnderTest } from './apiUnderTest';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

function get(path: string, headers: Record<string, string> = {}) {
  return ask(api.clientPort, 'GET', path, undefined, headers);
}

test.each(['/nope', '/v2', '/v2/', '/version/', '/v2/machines/', '/v2/stats', '/VERSION', '/metrics'])(
  '%s is not there',
  async (path) => {
    const answer = await get(path);
    expect(answer).toMatchObject({ status: 404, body: '404 page not found\n' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-length': '19',
    });
  },
);

test.each([
  ['POST', '/v2/machines', 'GET,HEAD'],
  ['HEAD', '/version', 'GET'],
  ['HEAD', '/v2/stats/self', 'GET'],
  ['HEAD', '/v2/members', 'GET,POST,DELETE,PUT'],
  ['POST', '/health', 'GET'],
  ['GET', '/config/local/log', 'PUT'],
])('%s %s is not allowed', async (method, path, allow) => {
  const answer = await ask(api.clientPort, method, path);
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toBe(allow);
  expect(answer.body).toBe(method === 'HEAD' ? '' : 'Method Not Allowed\n');
});

test('CORS headers are on every answer, errors and key answers included', async () => {
  await api.server.close(100);
  api = await startUnderTest({ web: { ...ANY_NAME, cors: ['http://ui'] } });
  for (const [method, path] of [
    ['GET', '/v2/keys/foo'],
    ['GET', '/v2/keys/foo?wait=x'],
    ['GET', '/version'],
    ['GET', '/nope'],
    ['POST', '/version'],
    ['OPTIONS', '/v2/keys/foo'],
  ] as const) {
    const allowed = await ask(api.clientPort, method, path, undefined, { origin: 'http://ui' });
    expect(allowed.headers['access-control-allow-origin']).toBe('http://ui');
    const other = await ask(api.clientPort, method, path, undefined, { origin: 'http://other' });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(other.status).toBe(method === 'POST' ? 403 : allowed.status);
  }
});
