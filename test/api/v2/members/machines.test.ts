import type { ApiUnderTest } from '../../apiUnderTest';
import { ask, startUnderTest } from '../../apiUnderTest';

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

test.each(['/v2/machines', '/v1/machines', '/machines', '//v2/machines', '/v2/peers', '/v1/peers'])(
  '%s lists client URLs',
  async (path) => {
    const answer = await get(path);
    expect(answer.body).toBe('http://10.0.0.1:2379, http://10.0.0.1:4001');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await ask(api.clientPort, 'HEAD', path)).headers['content-length']).toBe(String(answer.body.length));
  },
);

test.each(['/v2/leader', '/v1/leader', '/leader'])('%s is the peer URL of the leader', async (path) => {
  expect(await get(path)).toMatchObject({ status: 200, body: 'http://10.0.0.1:2380' });
  api.member.statusFields = { leader: undefined };
  const none = await get(path);
  expect(none).toMatchObject({
    status: 500,
    body: '{"errorCode":301,"message":"During Leader Election","index":4}\n',
  });
});
