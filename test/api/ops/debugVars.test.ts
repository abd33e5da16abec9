import { raftStatusJson } from '../../../src/api/ops/debugVars';
import { ask, startUnderTest } from '../apiUnderTest';
import { FakeMember } from '../fakeMember';

test('the raft status, with 0 for nobody', () => {
  const { raft } = new FakeMember().status();
  expect(raftStatusJson({ ...raft, votedFor: undefined, leader: undefined, role: 'preCandidate' })).toBe(
    '{"id":"c9f751f0b0b4fa5a","term":2,"vote":"0","commit":21,"lead":"0","raftState":"StateCandidate","applied":20,' +
      '"progress":{"c9f751f0b0b4fa5a":{"match":21,"next":22,"state":"StateReplicate"}}}',
  );
});

test('the page is one JSON object with a variable a line', async () => {
  const api = await startUnderTest();
  const answer = await ask(api.clientPort, 'GET', '/debug/vars');
  await api.server.close(100);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(Object.keys(JSON.parse(answer.body))).toEqual(['cmdline', 'file_descriptor_limit', 'memstats', 'raft.status']);
  expect(answer.body.split('\n')).toHaveLength(7);
  expect(JSON.parse(answer.body).memstats.Sys).toBeGreaterThan(0);
});
