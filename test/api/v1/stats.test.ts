import { ask, startUnderTest, type ApiUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startUnderTest();
});
afterAll(() => api.server.close(100));

test('/stats adds up what v2 tells apart', async () => {
  const stats = api.member.storeStats();
  const { status, body } = await ask(api.clientPort, 'GET', '/stats');
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({
    gets: stats.getsSuccess + stats.getsFail,
    sets: stats.setsSuccess + stats.setsFail + stats.createSuccess + stats.createFail,
    deletes: stats.deleteSuccess + stats.deleteFail,
    testAndSets: stats.compareAndSwapSuccess + stats.compareAndSwapFail,
  });
});

test.each(['self', 'store', 'leader'])('/v1/stats/%s is that of v2', async (name) => {
  const [v1, v2] = [
    await ask(api.clientPort, 'GET', `/v1/stats/${name}`),
    await ask(api.clientPort, 'GET', `/v2/stats/${name}`),
  ];
  expect([v1.status, v1.body]).toEqual([v2.status, v2.body]);
  expect(v1.body.length).toBeGreaterThan(10);
});
