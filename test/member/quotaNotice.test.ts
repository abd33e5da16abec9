import { decodeRequest } from '../../src/member/forwarding';
import { QuotaNotice } from '../../src/member/quotaNotice';
import type { Transport } from '../../src/member/transport';
import type { Raft } from '../../src/raft/raft';

test('each leader is told once, again after a while, and again if it could not be told', () => {
  const raft = { id: '1', leader: undefined as string | undefined };
  const link = { isUp: true };
  const told: unknown[] = [];
  const transport: Partial<Transport> = {
    forward: (to, request) => link.isUp && told.push([to, decodeRequest(request)]) > 0,
  };
  const notice = new QuotaNotice(raft as unknown as Raft, transport as Transport, 1000);
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
