import { selfStatsJson } from '../../../../src/api/v2/stats/stats';
import { ask, startUnderTest } from '../../apiUnderTest';
import { FakeMember, NOW_MS } from '../../fakeMember';

test('self: rates that are 0 are left out', () => {
  expect(selfStatsJson(new FakeMember(), NOW_MS)).toBe(
    '{"name":"node1","id":"c9f751f0b0b4fa5a","state":"StateLeader","startTime":"2026-03-04T04:04:01.5Z",' +
      '"leaderInfo":{"leader":"c9f751f0b0b4fa5a","uptime":"1h2m5.5s","startTime":"2026-03-04T04:04:01.5Z"},' +
      '"recvAppendRequestCnt":3,"sendAppendRequestCnt":5,"sendPkgRate":2.5,"sendBandwidthRate":100}',
  );
});

test('self without a leader', () => {
  const member = new FakeMember();
  member.role = 'candidate';
  member.statusFields = { leader: undefined };
  expect(selfStatsJson(member, NOW_MS)).toContain(
    '"state":"StateCandidate","startTime":"2026-03-04T04:04:01.5Z",' +
      '"leaderInfo":{"leader":"","uptime":"0s","startTime":"0001-01-01T00:00:00Z"}',
  );
});

test('store: every counter in its place', async () => {
  const api = await startUnderTest();
  const answer = await ask(api.clientPort, 'GET', '/v2/stats/store');
  await api.server.close(100);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.body).toBe(
    '{"getsSuccess":1,"getsFail":2,"setsSuccess":3,"setsFail":4,"deleteSuccess":5,"deleteFail":6,' +
      '"updateSuccess":7,"updateFail":8,"createSuccess":9,"createFail":10,"compareAndSwapSuccess":11,' +
      '"compareAndSwapFail":12,"compareAndDeleteSuccess":13,"compareAndDeleteFail":14,"expireCount":15,"watchers":16}',
  );
});

test('leader: followers by id; 403 on a follower', async () => {
  const api = await startUnderTest();
  const latency = { currentMs: 1.5, averageMs: 2, standardDeviationMs: 0.5, minimumMs: 1, maximumMs: 3 };
  api.member.statusFields = {
    followers: [
      { id: 'b', ...latency, successCount: 7, failCount: 1 },
      { id: 'a', ...latency, successCount: 8, failCount: 0 },
    ],
  };
  const leader = await ask(api.clientPort, 'GET', '/v2/stats/leader');
  api.member.role = 'follower';
  const follower = await ask(api.clientPort, 'GET', '/v2/stats/leader');
  await api.server.close(100);
  const shown = '"latency":{"current":1.5,"average":2,"standardDeviation":0.5,"minimum":1,"maximum":3}';
  expect(leader.body).toBe(
    `{"leader":"c9f751f0b0b4fa5a","followers":{"a":{${shown},"counts":{"fail":0,"success":8}},` +
      `"b":{${shown},"counts":{"fail":1,"success":7}}}}`,
  );
  expect(follower).toMatchObject({ status: 403, body: '{"message":"not current leader"}' });
});
