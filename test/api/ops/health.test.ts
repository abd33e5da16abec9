import { MemberError } from '../../../src/member/types';
import type { ApiUnderTest } from '../apiUnderTest';
import { ask, startUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

test('healthy when the barrier passes', async () => {
  const answer = await ask(api.clientPort, 'GET', '/health');
  expect(answer).toMatchObject({ status: 200, body: '{"health": "true"}' });
  expect(api.member.barriers).toBe(1);
});

test('unhealthy without a leader, without asking for one', async () => {
  api.member.statusFields = { leader: undefined };
  expect(await ask(api.clientPort, 'GET', '/health')).toMatchObject({ status: 503, body: '{"health": "false"}\n' });
  expect(api.member.barriers).toBe(0);
});

test.each([
  ['fails', () => Promise.reject(new MemberError('timeout', ''))],
  ['never ends', () => new Promise<void>(() => undefined)],
])('unhealthy when the barrier %s', async (_what, barrier) => {
  api.member.onBarrier = barrier;
  expect(await ask(api.clientPort, 'GET', '/health')).toMatchObject({ status: 503, body: '{"health": "false"}\n' });
});

test('readyz tells why not; livez is always fine', async () => {
  expect(await ask(api.clientPort, 'GET', '/readyz')).toMatchObject({ status: 200, body: '{"ready": "true"}' });
  api.member.statusFields = { ready: false };
  const starting = await ask(api.clientPort, 'GET', '/readyz');
  expect(starting.status).toBe(503);
  expect(JSON.parse(starting.body)).toMatchObject({ ready: 'false', reason: expect.stringContaining('applied') });
  api.member.statusFields = { ready: false, stopping: true };
  expect((await ask(api.clientPort, 'GET', '/readyz')).body).toContain('stopping');
  expect(await ask(api.clientPort, 'GET', '/livez')).toMatchObject({ status: 200, body: '{"live": "true"}' });
});
