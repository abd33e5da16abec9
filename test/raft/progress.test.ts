import { Progress } from '../../src/raft/progress';

const LIMITS = { inflightMessagesMax: 2, inflightBytesMax: 100, electionTicks: 10 };

function replicating(match: number): Progress {
  const progress = new Progress('2', false, match + 1, LIMITS);
  progress.sent(match, 0, 0);
  progress.acknowledged(match);
  return progress;
}

describe('probe', () => {
  test('one message at a time', () => {
    const progress = new Progress('2', false, 8, LIMITS);
    expect(progress.maySend).toBe(true);
    progress.sent(9, 1, 0);
    expect([progress.maySend, progress.needsEmptyAppend(0), progress.nextIndex]).toEqual([false, false, 8]);
  });

  test('an empty one if there is nothing else to send', () => {
    expect(new Progress('2', false, 8, LIMITS).needsEmptyAppend(0)).toBe(true);
  });

  test('a sign of life lets it go on', () => {
    const progress = new Progress('2', false, 8, LIMITS);
    progress.sent(9, 1, 0);
    progress.heartbeatAnswered();
    expect(progress.maySend).toBe(true);
  });

  test('a refusal moves back to the hint, never below what is known to match', () => {
    const progress = new Progress('2', false, 8, LIMITS);
    progress.sent(9, 1, 0);
    expect(progress.refused(7, 3)).toBe(true);
    expect([progress.nextIndex, progress.maySend]).toEqual([4, true]);
    progress.acknowledged(3);
    progress.becomeProbe();
    expect(progress.refused(3, 0)).toBe(false);
    expect(progress.nextIndex).toBe(4);
  });

  test('a refusal moves back by one at least', () => {
    const progress = new Progress('2', false, 8, LIMITS);
    progress.refused(7, 7);
    expect(progress.nextIndex).toBe(7);
  });

  test('an older refusal changes nothing', () => {
    const progress = new Progress('2', false, 8, LIMITS);
    expect(progress.refused(5, 2)).toBe(false);
    expect(progress.nextIndex).toBe(8);
  });

  test('an acknowledgement leads to replicate', () => {
    expect(replicating(7).status()).toMatchObject({ state: 'replicate', matchIndex: 7, nextIndex: 8 });
  });
});

describe('replicate', () => {
  test('messages follow each other up to the limit', () => {
    const progress = replicating(1);
    progress.sent(2, 1, 1);
    expect([progress.nextIndex, progress.maySend]).toEqual([3, true]);
    progress.sent(3, 1, 1);
    expect(progress.maySend).toBe(false);
    progress.acknowledged(2);
    expect(progress.maySend).toBe(true);
  });

  test('a commit index that the follower was not told needs an append', () => {
    const progress = replicating(1);
    expect(progress.needsEmptyAppend(1)).toBe(true);
    progress.sent(1, 0, 1);
    expect(progress.needsEmptyAppend(1)).toBe(false);
    // It cannot use a commit index beyond what it was sent.
    expect(progress.needsEmptyAppend(9)).toBe(false);
  });

  test('a refusal means that something was lost', () => {
    const progress = replicating(4);
    progress.sent(5, 1, 1);
    progress.sent(6, 1, 1);
    expect(progress.refused(5, 4)).toBe(true);
    expect(progress.status()).toMatchObject({ state: 'probe', nextIndex: 5 });
    expect(progress.maySend).toBe(true);
  });

  test('a refusal of what is known to match is old news', () => {
    const progress = replicating(4);
    expect(progress.refused(4, 1)).toBe(false);
    expect(progress.state).toBe('replicate');
  });

  test('a learner that refuses what it acknowledged has lost it: it is asked from where it ends', () => {
    const progress = new Progress('2', true, 8, LIMITS);
    progress.acknowledged(7);
    expect(progress.refused(7, 0)).toBe(true);
    expect(progress.status()).toMatchObject({ state: 'probe', matchIndex: 0, nextIndex: 1 });
    // What was on the way counts again.
    progress.acknowledged(7);
    expect(progress.status()).toMatchObject({ state: 'replicate', matchIndex: 7, nextIndex: 8 });
  });

  test('no progress between two heartbeats makes one empty append, not more', () => {
    const progress = replicating(1);
    progress.sent(2, 1, 1);
    progress.heartbeatSent();
    progress.heartbeatAnswered();
    expect(progress.needsEmptyAppend(0)).toBe(true);
    progress.sent(2, 0, 0);
    progress.heartbeatAnswered();
    expect(progress.needsEmptyAppend(0)).toBe(false);
  });

  test('progress between two heartbeats needs no looking after', () => {
    const progress = replicating(1);
    progress.heartbeatSent();
    progress.sent(2, 1, 1);
    progress.sent(3, 1, 1);
    progress.acknowledged(2);
    progress.heartbeatAnswered();
    expect(progress.needsEmptyAppend(0)).toBe(false);
  });

  test('a late acknowledgement does not move back', () => {
    const progress = replicating(9);
    progress.acknowledged(3);
    expect(progress.status()).toMatchObject({ matchIndex: 9, nextIndex: 10 });
  });
});

describe('snapshot', () => {
  function streaming(): Progress {
    const progress = new Progress('2', false, 3, LIMITS);
    progress.becomeSnapshot();
    return progress;
  }

  test('nothing is sent meanwhile', () => {
    expect([streaming().maySend, streaming().needsEmptyAppend(9), streaming().refused(2, 0)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('it goes on after the streamed index', () => {
    const progress = streaming();
    progress.snapshotFinished(20, true);
    expect([progress.state, progress.nextIndex, progress.maySend]).toEqual(['probe', 21, true]);
  });

  test('a failed stream waits for a sign of life', () => {
    const progress = streaming();
    progress.snapshotFinished(20, false);
    expect([progress.state, progress.nextIndex, progress.maySend]).toEqual(['probe', 1, false]);
    progress.heartbeatAnswered();
    expect(progress.maySend).toBe(true);
  });
});

test('a member that leaves knows it when it has the entry and the news of its commitment', () => {
  const progress = replicating(4);
  progress.sent(5, 1, 4);
  progress.acknowledged(5);
  expect(progress.knowsCommitOf(5)).toBe(false);
  progress.sent(5, 0, 5);
  expect(progress.knowsCommitOf(5)).toBe(true);
});
