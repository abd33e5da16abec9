import { decodeRequest } from '../../src/member/forwardedRequest';
import { QuotaNotice } from '../../src/member/quotaNotice';
import type { Transport } from '../../src/member/transport';
import type { Raft } from '../../src/raft/raft';

test('each leader is told once, again after a while, and again if it could not be told', () => {
  const raft = { id: '1', leader: undefined as string | undefined, configuration: { voters: ['1'], learners: [] } };
  const link = { isUp: true };
  const told: unknown[] = [];
  const transport: Partial<Transport> = {
    forward: (to, request) => link.isUp && told.push([to, decodeRequest(Buffer.concat(request))]) > 0,
  };
  const notice = new QuotaNotice(raft as unknown as Raft, transport as Transport, { bytes: 1000, alarm: true });
  notice.check(0);
  raft.leader = '1';
  notice.check(0);
  expect(told).toEqual([]);
  raft.leader = '2';
  link.isUp = false;
  notice.check(100);
  link.isUp = true;
  notice.check(200);
  notice.check(300);
  expect(told).toEqual([['2', { kind: 'quota', bytes: 1000 }]]);
  raft.leader = '3';
  notice.check(400);
  notice.check(10_300);
  expect(told).toHaveLength(2);
  notice.check(10_400);
  expect(told).toHaveLength(3);
});

test('a leader tells all others when the store becomes full, and when it is no more; the next leader begins anew', () => {
  const raft = { id: '1', leader: '1', configuration: { voters: ['1', '2'], learners: ['3'] } };
  const told: unknown[] = [];
  const transport: Partial<Transport> = {
    forward: (to, request) => told.push([to, decodeRequest(Buffer.concat(request))]) > 0,
  };
  const quota = { bytes: 0, alarm: false };
  const notice = new QuotaNotice(raft as unknown as Raft, transport as Transport, quota);
  notice.check(0);
  expect(told).toEqual([]);
  quota.alarm = true;
  notice.check(100);
  notice.check(200);
  expect(told.splice(0)).toEqual([
    ['2', { kind: 'quotaAlarm', isFull: true }],
    ['3', { kind: 'quotaAlarm', isFull: true }],
  ]);
  raft.leader = '2';
  notice.check(300);
  raft.leader = '1';
  told.splice(0);
  notice.check(400);
  quota.alarm = false;
  notice.check(500);
  expect(told.map((each) => (each as [string, { isFull: boolean }])[1].isFull)).toEqual([true, true, false, false]);
});
