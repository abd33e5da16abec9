import { versionJson } from '../../../src/api/ops/version';
import { FakeMember } from '../fakeMember';
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

test('/version is JSON without a newline, or text for those who prefer it', async () => {
  const json = await get('/version');
  expect(json.body).toBe('{"etcdserver":"2.3.8","etcdcluster":"2.3.0"}');
  expect(json.headers['content-type']).toBe('application/json');
  const text = await get('/version', { accept: 'text/plain' });
  expect(text.body).toBe('etcd 2.3.8');
  expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  const browser = await get('/version', { accept: 'text/html,*/*;q=0.8' });
  expect(browser.body).toContain('etcdserver');
});

test('/ names the version', async () => {
  expect(await get('/')).toMatchObject({ status: 200, body: 'etcd 2.3.8' });
});

test('before the members agreed on a version', () => {
  const member = new FakeMember();
  member.clusterVersion = () => 'not_decided';
  expect(versionJson(member)).toBe('{"etcdserver":"2.3.8","etcdcluster":"not_decided"}');
});
