import { ElectionKick, PATIENCE_TICKS } from '../../src/member/electionKick';

const ELECTION_TICKS = 10;

class FakeRaft {
  readonly id = 'b';
  leader: string | undefined = undefined;
  term = 3;
  campaigns = 0;

  campaign(): void {
    this.campaigns += 1;
  }
}

function started(): { raft: FakeRaft; electionKick: ElectionKick; tick: (times: number) => void } {
  const raft = new FakeRaft();
  const electionKick = new ElectionKick(raft, ELECTION_TICKS);
  return {
    raft,
    electionKick,
    tick: (times) => {
      for (let tick = 0; tick < times; tick++) electionKick.tick();
    },
  };
}

it('a leader has some time to make itself heard', () => {
  const { raft, tick } = started();
  tick(PATIENCE_TICKS - 1);
  expect(raft.campaigns).toBe(0);
  raft.leader = 'abc';
  tick(2 * ELECTION_TICKS);
  expect(raft.campaigns).toBe(0);
});

it('without a leader it asks for votes each heartbeat interval, for one election timeout', () => {
  const { raft, tick } = started();
  tick(PATIENCE_TICKS);
  expect(raft.campaigns).toBe(1);
  tick(ELECTION_TICKS - PATIENCE_TICKS);
  expect(raft.campaigns).toBe(ELECTION_TICKS - PATIENCE_TICKS + 1);
  tick(ELECTION_TICKS);
  expect(raft.campaigns).toBe(ELECTION_TICKS - PATIENCE_TICKS + 1);
});

it('an election that has just begun is given time, so that its winner is not deposed', () => {
  const { raft, tick } = started();
  tick(2);
  const before = raft.campaigns;
  raft.term += 1;
  tick(PATIENCE_TICKS);
  expect(raft.campaigns).toBe(before);
  tick(1);
  expect(raft.campaigns).toBe(before + 1);
});

it('once there was a leader its loss is left to the ordinary timeout', () => {
  const { raft, tick } = started();
  raft.leader = 'abc';
  tick(1);
  raft.leader = undefined;
  tick(ELECTION_TICKS);
  expect(raft.campaigns).toBe(0);
});

describe('links that come up', () => {
  it('make the one with the lower id ask at once', () => {
    const { raft, electionKick } = started();
    electionKick.reachable('a');
    expect(raft.campaigns).toBe(0);
    electionKick.reachable('c');
    expect(raft.campaigns).toBe(1);
  });

  it('are no reason to ask if there is a leader, or was one', () => {
    const { raft, electionKick, tick } = started();
    raft.leader = 'abc';
    electionKick.reachable('c');
    tick(1);
    raft.leader = undefined;
    electionKick.reachable('c');
    expect(raft.campaigns).toBe(0);
  });

  it('do not disturb an election that began after the start', () => {
    const { raft, electionKick } = started();
    raft.term += 1;
    electionKick.reachable('c');
    expect(raft.campaigns).toBe(0);
  });

  it('are no reason to ask after an election timeout', () => {
    const { raft, electionKick, tick } = started();
    tick(ELECTION_TICKS);
    const before = raft.campaigns;
    electionKick.reachable('c');
    expect(raft.campaigns).toBe(before);
  });
});
