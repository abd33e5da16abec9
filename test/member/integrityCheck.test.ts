import { encodeChange } from '../../src/machine/cluster/clusterRows';
import { encodeBatch } from '../../src/machine/commandCodec';
import type { Command } from '../../src/machine/command';
import { Machine } from '../../src/machine/machine';
import { IntegrityCheck, StateDiffersError } from '../../src/member/integrityCheck';
import type { Raft } from '../../src/raft/raft';
import { set } from '../machine/keyspace/writer';

interface Member {
  readonly id: string;
  readonly machine: Machine;
  readonly check: IntegrityCheck;
  readonly log: string[];
}

/** Members whose proposals are applied by all of them, in order; the first leads. */
class Members {
  readonly all: Member[];
  readonly proposed: { readonly origin: string; readonly command: Command }[] = [];
  private nowMs = 1000;

  constructor(ids: readonly string[]) {
    this.all = ids.map((id) => {
      const machine = new Machine(100);
      machine.bootstrap(ids.map((each) => ({ id: each, peerURLs: [`http://${each}:2380`] })));
      const log: string[] = [];
      const note = (_fields: object, text: string): void => void log.push(text);
      const raft = { id, leader: ids[0], status: () => ({ configuration: { voters: ids } }) } as unknown as Raft;
      const clock = { now: () => (this.nowMs += 1), monotonicMs: never, every: never, after: never, soon: never };
      const logger = { info: note, warn: note, error: note };
      const check = new IntegrityCheck(raft, { machine }, clock, logger, (command) => {
        this.proposed.push({ origin: id, command });
        return Promise.resolve();
      });
      return { id, machine, check, log };
    });
  }

  member(id: string): Member {
    const found = this.all.find((member) => member.id === id);
    if (found === undefined) throw new Error(`no member ${id}`);
    return found;
  }

  /** Something that only one of them has. */
  spoil(id: string, value = 'wrong'): void {
    this.member(id).machine.keySpace.apply(set('/spoiled', { value }));
  }

  apply(origin: string, command: Command): void {
    const data = encodeBatch({ origin, run: 1, sequence: 1, commands: [command] });
    for (const { machine } of this.all) machine.apply(data);
  }

  /** One comparison, to its end; answers who found out that it must not go on. */
  compare(): string[] {
    this.all[0]!.check.propose();
    return this.finish();
  }

  /** Everything that was proposed, and what comes of it. */
  finish(): string[] {
    const ended = new Set<string>();
    for (;;) {
      const next = this.proposed.shift();
      if (next === undefined) return [...ended];
      this.apply(next.origin, next.command);
      for (const { id, check } of this.all) {
        try {
          check.check();
        } catch (error) {
          expect(error).toBeInstanceOf(StateDiffersError);
          ended.add(id);
        }
      }
    }
  }
}

function never(): never {
  throw new Error('not used');
}

test('members with equal states go on', () => {
  const members = new Members(['a1', 'b2', 'c3']);
  expect(members.compare()).toEqual([]);
  for (const { check, log } of members.all) expect([check.mismatches, log]).toEqual([0, []]);
});

test('the one whose state is not that of the majority goes out of service, and only that one', () => {
  const members = new Members(['a1', 'b2', 'c3']);
  members.spoil('b2');
  expect(members.compare()).toEqual(['b2']);
  for (const { check, log, machine } of members.all) {
    expect(check.mismatches).toBeGreaterThan(0);
    expect(log).toContain('the states of the members differ');
    expect(machine.integrity.doubt).toBe(0);
  }
});

test.each([
  ['two', ['a1', 'b2']],
  ['three, all different', ['a1', 'b2', 'c3']],
])('without a majority nobody ends, of %s: all say what to do and doubt', (_what, ids) => {
  const members = new Members(ids);
  ids.slice(1).forEach((id, number) => members.spoil(id, `wrong ${number}`));
  expect(members.compare()).toEqual([]);
  for (const { log, machine } of members.all) {
    expect(log.at(-1)).toMatch(/none has a majority.*writes are refused\. Decide whose data is to be kept/);
    expect(machine.integrity.doubt).toBeGreaterThan(0);
  }
});

test('doubt is part of the stored state, and is asked about again although nothing changed', () => {
  const members = new Members(['a1', 'b2']);
  members.spoil('b2');
  members.compare();
  const { machine, check } = members.all[0]!;
  const restarted = new Machine(100);
  const meta = machine.takeRows().filter(({ table }) => table === 'meta');
  restarted.loadRows({ table: 'meta', keys: [''], values: meta.map(({ value }) => String(value)), checksums: [0] });
  expect(restarted.integrity.doubt).toBe(machine.integrity.doubt);
  check.propose();
  expect(members.proposed).toHaveLength(1);
});

test('nothing is asked twice about one state, nor by a member that does not lead', () => {
  const members = new Members(['a1', 'b2']);
  members.compare();
  for (const { check } of members.all) check.propose();
  expect(members.proposed).toEqual([]);
});

test('removing one of two ends the doubt: the other is believed', () => {
  const members = new Members(['a1', 'b2']);
  members.spoil('b2');
  members.compare();
  const { machine } = members.all[0]!;
  machine.applyConfiguration(
    encodeChange({ origin: 'a1', run: 1, sequence: 1, change: { type: 'removeMember', id: 'b2' } }),
  );
  expect(machine.integrity.doubt).toBe(0);
});

describe('a forged report', () => {
  const WRONG = { checkpoint: 1001, digest: 'forged' };

  test('in the name of another member counts for nothing', () => {
    const members = new Members(['a1', 'b2', 'c3']);
    members.apply('a1', { type: 'checkpoint', checkpoint: WRONG.checkpoint });
    for (const memberId of ['b2', 'c3']) members.apply('a1', { type: 'report', memberId, ...WRONG });
    for (const { machine } of members.all) expect(machine.integrity.takeVerdict()).toBeUndefined();
  });

  test('does not convict the member it is about: what that one computed itself counts', () => {
    const members = new Members(['a1', 'b2', 'c3']);
    members.apply('a1', { type: 'checkpoint', checkpoint: WRONG.checkpoint });
    members.apply('a1', { type: 'report', memberId: 'a1', ...WRONG });
    const { digest } = members.all[0]!.machine.integrity.latest!;
    for (const memberId of ['b2', 'c3'])
      members.apply(memberId, { type: 'report', memberId, checkpoint: 1001, digest });
    // The others note the difference, and nothing else comes of it: no doubt stops writes, and a true comparison finds all well.
    for (const { check, machine, log } of members.all) {
      expect(() => check.check()).not.toThrow();
      expect([check.mismatches, log]).toEqual([1, ['the states of the members differ']]);
      expect(machine.integrity.doubt).toBe(0);
    }
    members.proposed.length = 0;
    members.apply('a1', { type: 'checkpoint', checkpoint: WRONG.checkpoint + 1 });
    for (const { check } of members.all) check.check();
    expect(members.compare()).toEqual([]);
    for (const { check } of members.all) expect(check.mismatches).toBe(1);
  });

  test('without a checkpoint that came through the log convicts nobody', () => {
    const members = new Members(['a1', 'b2', 'c3']);
    for (const memberId of ['b2', 'c3']) members.apply(memberId, { type: 'report', memberId, ...WRONG });
    members.apply('a1', { type: 'report', memberId: 'a1', checkpoint: WRONG.checkpoint, digest: 'other' });
    for (const { check, machine } of members.all) {
      expect(() => check.check()).not.toThrow();
      expect(machine.integrity.doubt).toBe(0);
    }
  });
});

test('a leader that was started between a checkpoint and its reports asks for another comparison at once', () => {
  const members = new Members(['a1', 'b2']);
  members.spoil('b2');
  const command = { type: 'checkpoint', checkpoint: 1 } as const;
  members.member('b2').machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands: [command] }));
  members.member('b2').check.check();
  // a1 comes up behind it, with what its disk says of a doubt: nothing.
  const { command: report } = members.proposed.shift()!;
  members.apply('b2', report);
  for (const id of ['b2', 'a1']) members.member(id).check.check();
  expect(members.proposed.map(({ origin, command: { type } }) => [origin, type])).toEqual([['a1', 'checkpoint']]);
  members.finish();
  for (const { machine } of members.all) expect(machine.integrity.doubt).not.toBe(0);
});
