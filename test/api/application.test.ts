import type { ApiUnderTest } from './apiUnderTest';
import { ask, startUnderTest } from './apiUnderTest';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

test('an unexpected exception in a route is logged once and answered with 500', async () => {
  api.member.members = () => {
    throw new Error('broken');
  };
  for (const port of [api.clientPort, api.peerPort]) {
    const answer = await ask(port, 'GET', port === api.peerPort ? '/members' : '/v2/machines');
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error\n' });
  }
  expect(api.logged.filter(({ level }) => level === 50)).toHaveLength(2);
});
