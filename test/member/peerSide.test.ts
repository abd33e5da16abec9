import { Machine } from '../../src/machine/machine';
import { PeerSide, type PeerSideParts } from '../../src/member/peerSide';

/** What a member's parts are told of what its links say. */
function scene() {
  const told: string[] = [];
  const tell =
    (what: string) =>
    (...facts: readonly unknown[]): void =>
      void told.push([what, ...facts].join(' '));
  const raft = {
    id: 'a',
    leader: undefined as string | undefined,
    reportUnreachable: tell('raft: unreachable'),
    reportReachable: tell('raft: reachable'),
    reportGone: tell('raft: gone'),
  };
  const parts = {
    raft,
    state: { machine: new Machine(10) },
    loop: { received: tell('loop: received'), requested: tell('loop: requested'), wake: tell('loop: wake') },
    electionKick: { reachable: tell('electionKick: reachable') },
    onRemoved: tell('removed'),
  };
  return { raft, told, side: new PeerSide(parts as unknown as PeerSideParts) };
}

test('a state is taken from the leader that it follows, and from nobody else', () => {
  const { raft, side } = scene();
  expect(side.expectsStateFrom('b')).toBe(false);
  raft.leader = 'b';
  expect([side.expectsStateFrom('b'), side.expectsStateFrom('c')]).toEqual([true, false]);
  raft.leader = 'a';
  expect(side.expectsStateFrom('a')).toBe(false);
});

test('a link that comes up may mean that there can be a leader now: raft hears of it first, then it is looked at', () => {
  const { told, side } = scene();
  side.reachable('b');
  expect(told).toEqual(['raft: reachable b', 'electionKick: reachable b', 'loop: wake']);
});

test('a process that ended is a reason to look, messages that were lost are none', () => {
  const { told, side } = scene();
  side.unreachable('b');
  expect(told).toEqual(['raft: unreachable b']);
  side.gone('b');
  expect(told.slice(1)).toEqual(['raft: gone b', 'loop: wake']);
});

test('what comes in goes to the loop; a removal to whoever ends the member', () => {
  const { told, side } = scene();
  side.received([]);
  side.requested('b', Buffer.from('x'));
  side.wasRemoved();
  expect(told.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'loop: received',
    'loop: requested',
    'removed',
  ]);
});
