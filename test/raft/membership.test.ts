import type { Configuration } from '../../src/raft/types';
import { appended, core, FIVE, flush, leader, ofType, restored, settledLeader, THREE, tick } from './core';
import { bytes, optionsOf } from './harness';
import { Raft } from '../../src/raft/raft';

const of = (voters: string[], learners: string[] = []): Configuration => ({ voters, learners });
const change = (raft: Raft, next: Configuration): unknown => raft.proposeConfiguration(next, bytes('who'));

describe('refusals', () => {
  test('before an entry of the own term is committed', () => {
    const raft = leader({ terms: [1], commit: 1 });
    expect(change(raft, of(['1', '2']))).toEqual({ ok: false, reason: 'configurationPending' });
    raft.step(appended(raft, '2', 2));
    expect(change(raft, of(['1', '2']))).toEqual({ ok: true, index: 3, term: 2 });
  });

  test('while the last change is not committed', () => {
    const raft = settledLeader();
    change(raft, of(['1', '2']));
    expect(change(raft, of(['1', '2'], ['4']))).toEqual({ ok: false, reason: 'configurationPending' });
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(change(raft, of(['1', '2'], ['4']))).toMatchObject({ ok: true });
  });

  test('what is not a single step', () => {
    const raft = settledLeader();
    expect(change(raft, of(['1']))).toEqual({ ok: false, reason: 'invalid' });
    expect(raft.status()).toMatchObject({ lastIndex: 1, configuration: THREE });
  });

  test('what is too large', () => {
    const raft = settledLeader({ options: { entryBytesMax: 2 } });
    expect(change(raft, of(['1', '2']))).toEqual({ ok: false, reason: 'tooLarge' });
  });
});

describe('peers', () => {
  test('the entry is canonical, and new members are sent what they lack', () => {
    const raft = settledLeader();
    change(raft, of(['10', '3', '2', '1']));
    expect(raft.status().configuration).toEqual(of(['1', '2', '3', '10']));
    expect(ofType(raft.ready().messages, 'appendRequest').map(({ to }) => to)).toEqual(['2', '3', '10']);
  });

  test('learners are marked until they are promoted, and keep their progress', () => {
    const raft = settledLeader({ configuration: of(['1']) });
    change(raft, of(['1'], ['2']));
    flush(raft);
    raft.step(appended(raft, '2', 2));
    expect(raft.status().progress).toMatchObject([{ id: '2', learner: true, matchIndex: 2 }]);
    change(raft, of(['1', '2']));
    expect(raft.status().progress).toMatchObject([{ id: '2', learner: false, matchIndex: 2 }]);
  });

  test('a removed member hears of it, then nothing more', () => {
    const raft = settledLeader();
    change(raft, of(['1', '2']));
    expect(ofType(flush(raft), 'appendRequest').map(({ to }) => to)).toEqual(['2', '3']);
    expect(raft.status().progress.map(({ id }) => id)).toEqual(['2']);
    raft.step(appended(raft, '2', 2));
    raft.step(appended(raft, '3', 2));
    expect(ofType(flush(raft), 'appendRequest')).toMatchObject([
      { to: '2', commit: 2 },
      { to: '3', commit: 2 },
    ]);
    tick(raft, 1);
    expect(ofType(flush(raft), 'heartbeat').map(({ to }) => to)).toEqual(['2']);
  });

  test('a removed member that does not answer is let go after two election timeouts', () => {
    const raft = settledLeader();
    change(raft, of(['1', '2']));
    const heard = (): string[] => {
      raft.step(appended(raft, '2', 2));
      raft.tick();
      return ofType(flush(raft), 'heartbeat').map(({ to }) => to);
    };
    for (let count = 1; count < 10; count += 1) expect(heard()).toEqual(['2', '3']);
    expect(heard()).toEqual(['2']);
  });

  test('a member that is taken back before it was let go stays', () => {
    const raft = settledLeader();
    change(raft, of(['1', '2']));
    flush(raft);
    raft.step(appended(raft, '2', 2));
    change(raft, of(['1', '2', '3']));
    flush(raft);
    for (let count = 0; count < 20; count += 1) {
      raft.step(appended(raft, '2', 3));
      raft.tick();
    }
    expect(raft.status().progress.map(({ id }) => id)).toEqual(['2', '3']);
  });

  test('a transfer to a member that loses its vote is given up', () => {
    const raft = settledLeader();
    change(raft, of(['1', '2']));
    expect(raft.transferLeadership('3')).toBe(false);
    expect(raft.propose(bytes('x'))).toMatchObject({ ok: true });
  });
});

describe('leaving', () => {
  test('a demoted leader steps down too, and asks the furthest voter to take over', () => {
    const raft = settledLeader();
    change(raft, of(['2', '3'], ['1']));
    flush(raft);
    raft.step(appended(raft, '3', 2));
    raft.step(appended(raft, '2', 2));
    expect(raft.status()).toMatchObject({ role: 'follower', commit: 2 });
    const messages = raft.ready().messages;
    expect(ofType(messages, 'appendRequest')).toMatchObject([
      { to: '2', commit: 2 },
      { to: '3', commit: 2 },
    ]);
    expect(ofType(messages, 'timeoutNow')).toHaveLength(1);
  });

  test('a member whose removal is not committed may still stand', () => {
    const state = restored({ terms: [1], commit: 1, configuration: of(['1', '2']) });
    const removal = { kind: 'configuration', index: 2, term: 1, configuration: of(['2']), data: bytes('') } as const;
    const raft = new Raft(optionsOf('1'), { ...state, entries: [...state.entries, removal] });
    raft.campaign();
    expect(raft.status().role).toBe('preCandidate');
    const committed = new Raft(optionsOf('1'), {
      ...state,
      entries: [...state.entries, removal],
      hardState: { ...state.hardState, commit: 2 },
    });
    committed.campaign();
    expect(committed.status().role).toBe('follower');
  });
});

test('a restarted member finds its configuration in the log', () => {
  const state = restored({ terms: [1] });
  const entry = { kind: 'configuration', index: 2, term: 1, configuration: FIVE, data: bytes('') } as const;
  const raft = new Raft(optionsOf('1'), { ...state, entries: [...state.entries, entry] });
  expect(raft.status().configuration).toEqual(FIVE);
  expect(raft.logStartAt(1).configuration).toEqual(THREE);
  expect(core().status().configuration).toEqual(THREE);
});
