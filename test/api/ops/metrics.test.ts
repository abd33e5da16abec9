import type { ApiUnderTest } from '../apiUnderTest';
import { ask, startUnderTest } from '../apiUnderTest';

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

test('metrics are shown when there are any', async () => {
  await api.server.close(100);
  const metrics = { contentType: 'text/plain; version=0.0.4', metrics: () => Promise.resolve('a 1\n') };
  api = await startUnderTest({ metrics });
  const answer = await get('/metrics');
  expect(answer.body).toBe('a 1\n');
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4');
});
