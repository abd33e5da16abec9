import type { Command } from '../../src/machine/command';
import { Machine } from '../../src/machine/machine';
import { MemberUpdates } from '../../src/member/memberUpdates';

const update = (memberId: string, url: string): Command => ({ type: 'updateMember', memberId, peerURLs: [url] });
const set: Command = {
  type: 'set',
  path: '/a',
  nowMs: 1,
  dir: false,
  value: 'v',
  expirationMs: undefined,
  refresh: false,
};

let raft: { term: number; applied: number; lastIndex: number };
let updates: MemberUpdates;
beforeEach(() => {
  const machine = new Machine(10);
  machine.bootstrap(['a', 'b'].map((id) => ({ id, name: id, peerURLs: [`http://${id}:1`] })));
  raft = { term: 1, applied: 5, lastIndex: 5 };
  const status = (): never => ({ lastIndex: raft.lastIndex }) as never;
  updates = new MemberUpdates(Object.assign(raft, { status }), { machine });
});

test('what changes no members is taken', () => {
  expect(updates.refused([set, set])).toEqual([]);
  updates.proposed([set, set], 6);
  expect(updates.areUnderWay).toBe(false);
});

test('one that was taken is applied before the next is judged', () => {
  expect(updates.refused([set, update('a', 'http://c:1')])).toEqual([]);
  updates.proposed([set, update('a', 'http://c:1')], 6);
  expect(updates.areUnderWay).toBe(true);
  expect(updates.mustWait([update('b', 'http://c:1'), set])).toBe(true);
  expect(updates.mustWait([set])).toBe(false);
  raft.applied = 6;
  expect(updates.mustWait([update('b', 'http://c:1'), set])).toBe(false);
  expect(updates.refused([update('b', 'http://d:1')])).toEqual([]);
});

test('of several in one batch the first is taken', () => {
  expect(updates.refused([update('a', 'http://c:1'), set, update('b', 'http://c:1')])).toEqual([2]);
});

test('one that is refused by the members there are is not taken', () => {
  expect(updates.refused([update('a', 'http://b:1')])).toEqual([0]);
  expect(updates.refused([update('nobody', 'http://c:1')])).toEqual([0]);
});

test('a change of the members is under way as well', () => {
  expect(updates.areUnderWay).toBe(false);
  updates.proposed('change', 6);
  expect(updates.mustWait([update('a', 'http://c:1')])).toBe(true);
});

test('a new leader does not know what is in the log before it', () => {
  raft.term = 2;
  raft.lastIndex = 9;
  expect(updates.areUnderWay).toBe(true);
  raft.applied = 9;
  raft.lastIndex = 20;
  expect(updates.areUnderWay).toBe(false);
});
