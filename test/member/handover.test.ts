import type { Clock } from '../../src/platform/clock';
import { handOver } from '../../src/member/handover';
import type { Raft } from '../../src/raft/raft';
import { alive, appended, flush, heartbeat, ofType, propose, settledLeader, tick } from '../raft/core';
import { optionsOf } from '../raft/harness';

const VOTERS = ['1', '2', '3'];

/** Time that passes only while somebody waits for it; `onWait` is what happens meanwhile. */
function clockWith(onWait: (nowMs: number) => void = () => undefined): Pick<Clock, 'monotonicMs' | 'after'> {
  let nowMs = 5000;
  return {
    monotonicMs: () => nowMs,
    after: (delayMs, run) => {
      nowMs += delayMs;
      onWait(nowMs);
      queueMicrotask(run);
      return () => undefined;
    },
  };
}

/** Whom the leader calls to an election when it hands over. */
async function calledBy(raft: Raft): Promise<string[]> {
  const called: string[] = [];
  const clock = clockWith() as Clock;
  await handOver(raft, clock, 50, () => {
    called.push(...ofType(flush(raft), 'timeoutNow').map(({ to }) => to));
  });
  return called;
}

/** A leader of 2 and 3, and of the learner 4, of whom only `answering` have what was written last. */
function leaderWith(...answering: readonly string[]): Raft {
  const raft = settledLeader({ configuration: { voters: VOTERS, learners: ['4'] } });
  raft.step(alive(raft, '4'));
  propose(raft);
  flush(raft);
  for (const from of answering) raft.step(appended(raft, from, raft.status().lastIndex));
  flush(raft);
  return raft;
}

test('the voter that is furthest is called, so that no committed entry and no time is lost', async () => {
  expect(await calledBy(leaderWith('3'))).toEqual(['3']);
  expect(await calledBy(leaderWith('2'))).toEqual(['2']);
});

test('a learner cannot lead, however far it is: the voter is waited for', async () => {
  const raft = leaderWith('4');
  const called: string[] = [];
  const note = (): void => void called.push(...ofType(flush(raft), 'timeoutNow').map(({ to }) => to));
  const clock = clockWith(() => {
    raft.step(appended(raft, '2', raft.status().lastIndex));
    note();
  });
  await handOver(raft, clock as Clock, 50, note);
  expect(called).toEqual(['2']);
});

test('not one that was not heard for an election timeout, although it has everything', async () => {
  const raft = leaderWith('2', '3');
  tick(raft, optionsOf('1').electionTicks);
  flush(raft);
  raft.step(alive(raft, '3'));
  tick(raft, 1);
  flush(raft);
  expect(raft.leader).toBe('1');
  expect(await calledBy(raft)).toEqual(['3']);
});

test('right after the leader checked its quorum, too, there is somebody to call', async () => {
  const raft = leaderWith('2', '3');
  for (let count = 0; count < optionsOf('1').electionTicks; count++) {
    for (const id of ['2', '3']) raft.step(alive(raft, id));
    tick(raft, 1);
  }
  flush(raft);
  expect(await calledBy(raft)).toEqual(['2']);
});

test('it is over as soon as another member leads', async () => {
  const raft = leaderWith('2');
  const startMs = 5000;
  let waitedMs = 0;
  const clock = clockWith((nowMs) => {
    waitedMs = nowMs - startMs;
    if (waitedMs === 30) raft.step(heartbeat(raft.status().term + 1));
  });
  await handOver(raft, clock as Clock, 60_000, () => flush(raft));
  expect(raft.leader).toBe('2');
  expect(waitedMs).toBe(30);
});

test('between two leaders it goes on waiting, and gives up at its limit', async () => {
  const raft = leaderWith('2');
  let waitedMs = 0;
  const clock = clockWith((nowMs) => {
    waitedMs = nowMs - 5000;
    // A candidate of the next term: nobody leads now.
    if (waitedMs === 20) raft.step({ type: 'voteResponse', from: '2', to: '1', term: 9, pre: false, granted: false });
  });
  await handOver(raft, clock as Clock, 200, () => flush(raft));
  expect(raft.leader).toBeUndefined();
  expect(waitedMs).toBe(200);
});

test('who leads nobody, or does not lead, stops at once', async () => {
  const alone = settledLeader({ configuration: { voters: ['1'], learners: [] } });
  const follower = leaderWith('2');
  follower.step(heartbeat(follower.status().term + 1));
  for (const raft of [alone, follower]) {
    const waits: number[] = [];
    const clock = clockWith((nowMs) => waits.push(nowMs));
    await handOver(raft, clock as Clock, 60_000, () => {
      throw new Error('nobody was to be called');
    });
    expect(waits).toEqual([]);
  }
});
