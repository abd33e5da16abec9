import type { Command } from '../../src/machine/command';
import { encodeBatch } from '../../src/machine/commandCodec';
import { openMember } from '../../src/member/openMember';
import { UndecidedAuth } from '../../src/member/undecidedAuth';
import type { Entry } from '../../src/raft/types';
import { MemoryDisk } from '../../src/storage/memory';
import { until } from '../cluster/waiting';
import { hashOf } from '../machine/auth/arbitrary';
import { optionsOf } from './memberOfOne';

const ENABLE: Command = { type: 'auth', change: { type: 'enable' } };
const SYNC: Command = { type: 'sync', nowMs: 1, expireMax: 1 };

function entry(index: number, term: number, ...commands: readonly Command[]): Entry {
  return { kind: 'command', index, term, data: encodeBatch({ origin: 'a', run: 1, sequence: index, commands }) };
}

/** A log of entries from 5 on, of which `applied` is told. */
class FakeRaft {
  constructor(
    public applied: number,
    public log: readonly Entry[],
  ) {}

  status() {
    return { applied: this.applied, firstIndex: 5, lastIndex: 4 + this.log.length } as never;
  }

  entries(from: number, to: number): readonly Entry[] {
    if (from < 5 || to > 4 + this.log.length) throw new Error(`no entries from ${from} to ${to}`);
    return this.log.slice(from - 5, to - 4);
  }
}

const LOG: readonly Entry[] = [entry(5, 2, ENABLE), entry(6, 2, SYNC, ENABLE), entry(7, 2, SYNC), entry(8, 3, ENABLE)];

const CASES: readonly (readonly [applied: number, log: readonly Entry[], isAny: boolean])[] = [
  [4, LOG, true],
  [6, LOG, true],
  [8, LOG, false],
  [6, LOG.slice(0, 3), false],
  [4, [], false],
  [4, [{ kind: 'noop', index: 5, term: 2 }], false],
  [4, [{ kind: 'command', index: 5, term: 2, data: Buffer.from('no batch') }], false],
];

test.each(CASES)('applied up to %i: %#', (applied, log, isAny) => {
  expect(new UndecidedAuth(new FakeRaft(applied, log)).isAny).toBe(isAny);
});

test('it is over with the last one that is applied', () => {
  const raft = new FakeRaft(4, LOG);
  const undecided = new UndecidedAuth(raft);
  raft.applied = 6;
  expect(undecided.isAny).toBe(true);
  raft.applied = 8;
  expect(undecided.isAny).toBe(false);
});

test('what a leader has put others in the place of, or taken away, is none; what is left of the others counts', () => {
  const raft = new FakeRaft(4, LOG);
  const undecided = new UndecidedAuth(raft);
  raft.log = [LOG[0]!, LOG[1]!];
  expect(undecided.isAny).toBe(true);
  raft.log = [LOG[0]!, entry(6, 4, SYNC)];
  expect(undecided.isAny).toBe(true);
  raft.log = [entry(5, 4, ENABLE)];
  expect(undecided.isAny).toBe(false);
});

test('what came after the start is not waited for', () => {
  const raft = new FakeRaft(5, LOG.slice(0, 1));
  const undecided = new UndecidedAuth(raft);
  raft.log = LOG;
  expect(undecided.isAny).toBe(false);
});

test('a member that was killed after it acknowledged that auth is on knows at its start that it does not know', async () => {
  const disk = new MemoryDisk();
  const founders = [{ name: 'a', peerURLs: ['http://a:2380'] }];
  const open = async () =>
    openMember(await optionsOf('a', disk, () => Promise.resolve({ kind: 'found', founders, token: 'token' })));
  const first = await open();
  first.start();
  // Before, nobody knows that it can read a change of auth.
  await first.published();
  const created = await first.proposeAuth({ type: 'createUser', user: 'root', passwordHash: hashOf(1), roles: null });
  expect(created).toMatchObject({ ok: true });
  expect(first.isAuthUndecided()).toBe(false);
  // As `kill -9` when the answer has just left: the log is on the disk, and what was applied is on its way there.
  first.onAuthChange(() => {
    disk.hold();
  });
  expect(await first.proposeAuth({ type: 'enable' })).toMatchObject({ ok: true });
  const batch = first.propose({ type: 'delete', path: '/a', recursive: false, dir: false, nowMs: 1 });
  batch.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  disk.crash();
  const again = await open();
  expect(again.auth().enabled).toBe(false);
  expect(again.isAuthUndecided()).toBe(true);
  again.start();
  await until('it knows', 60_000, () => !again.isAuthUndecided());
  expect(again.auth().enabled).toBe(true);
  await again.stop(0);
  // What it asked of its disk is never answered, so its end is not waited for.
  void first.stop(0);
});
