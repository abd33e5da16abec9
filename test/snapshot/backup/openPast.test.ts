/** States of the past out of a backup, compared with what a state machine says that was given the same commands one by one. */
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, KeyCommand } from '../../../src/machine/command';
import type { Machine } from '../../../src/machine/machine';
import { loadState } from '../../../src/snapshot/loadedState';
import { logBeginning } from '../../../src/snapshot/format/logWriter';
import { withPast } from '../../../src/snapshot/backup/openPast';
import type { Target } from '../../../src/snapshot/backup/target';
import { set } from '../support/states';
import { backupDirectory, clear, founded, LoggedCluster, logOf, NOW_MS, putFull, putLog } from './support';

const directory = backupDirectory();

/** All that there is of every key, hidden ones and directories too. */
function keysOf({ keySpace }: Machine): string {
  const nodes = [...keySpace.tree.everyNode()].map((node) =>
    [
      node.path,
      node.dir ? 'dir' : node.value,
      ...[node.createdIndex, node.modifiedIndex, node.expiry?.expirationMs ?? '-'],
    ].join(' '),
  );
  return `${keySpace.index}\n${nodes.sort().join('\n')}`;
}

interface Restored {
  readonly machine: Machine;
  readonly sha256: string;
  readonly notes: readonly string[];
  readonly takenAtMs: number;
}

function restored(target: Target): Promise<Restored> {
  return withPast(directory.path(), target, async ({ state, etcdIndex, notes }) => {
    const { snapshot, machine } = await loadState(state);
    expect(machine.keySpace.index).toBe(etcdIndex);
    const { header, totals } = snapshot;
    return { machine, sha256: totals.sha256, notes, takenAtMs: header.takenAtMs };
  });
}

const key = fc
  .array(fc.constantFrom('a', 'b', '_h', 'd'), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join('/')}`);
const value = fc.constantFrom('1', '2', '\xc3\xa9', '');
const ttlMs = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 2 });
type Undated = (nowMs: number) => Command;
const keyed = (make: (nowMs: number) => unknown): Undated => make as Undated;
const end = (nowMs: number, ttl: number | undefined): number | undefined =>
  ttl === undefined ? undefined : nowMs + ttl;
const command: fc.Arbitrary<Undated> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ path: key, value, ttl: ttlMs, dir: fc.boolean(), refresh: fc.boolean() })
      .map(({ ttl, ...of }) =>
        keyed((nowMs) => ({ type: 'set', ...of, value: of.dir ? '' : of.value, nowMs, expirationMs: end(nowMs, ttl) })),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ path: key, value, ttl: ttlMs, inOrder: fc.boolean() })
      .map(({ ttl, ...of }) =>
        keyed((nowMs) => ({ type: 'create', dir: false, ...of, nowMs, expirationMs: end(nowMs, ttl) })),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ path: key, value, ttl: ttlMs, refresh: fc.boolean() })
      .map(({ ttl, ...of }) => keyed((nowMs) => ({ type: 'update', ...of, nowMs, expirationMs: end(nowMs, ttl) }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ path: key, value, prevValue: value, prevIndex: fc.constantFrom(0n, 5n, 9n) })
      .map((of) =>
        keyed((nowMs) => ({ type: 'compareAndSwap', refresh: false, ...of, nowMs, expirationMs: undefined })),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ path: key, prevValue: value, prevIndex: fc.constantFrom(0n, 7n) })
      .map((of) => keyed((nowMs) => ({ type: 'compareAndDelete', ...of, nowMs }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ path: key, recursive: fc.boolean() })
      .map((of) => keyed((nowMs) => ({ type: 'delete', dir: of.recursive, ...of, nowMs }))),
  },
  { weight: 2, arbitrary: fc.constant(keyed((nowMs) => ({ type: 'sync', nowMs, expireMax: 100 }))) },
);

/** What happens, in this order. */
type Step =
  | { readonly kind: 'entry'; readonly commands: readonly Undated[]; readonly passedMs: number }
  | { readonly kind: 'elect' }
  | { readonly kind: 'full' }
  | { readonly kind: 'newLog'; readonly overlap: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('entry' as const),
      commands: fc.array(command, { minLength: 1, maxLength: 6 }),
      passedMs: fc.integer({ min: 0, max: 20 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'elect' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'full' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('newLog' as const), overlap: fc.nat(5) }) },
);

/** Every state that there was: those right after each index, and those before each date. */
class Witness {
  readonly machine = founded();
  readonly atIndex = new Map<number, string>();
  readonly changes: { readonly dateMs: number; readonly before: string }[] = [];

  constructor() {
    this.note();
  }

  carryOut(next: Command): void {
    this.changes.push({ dateMs: (next as { nowMs: number }).nowMs, before: keysOf(this.machine) });
    const { keySpace } = this.machine;
    if (next.type === 'sync') {
      for (let count = 0; count < next.expireMax && keySpace.expireOne(next.nowMs); count += 1) {
        keySpace.release(Infinity);
        this.note();
      }
      return;
    }
    keySpace.apply(next as KeyCommand);
    this.note();
  }

  /** Before the first change that is dated later. */
  atTime(dateMs: number): string {
    return this.changes.find((change) => change.dateMs > dateMs)?.before ?? keysOf(this.machine);
  }

  private note(): void {
    const { index } = this.machine.keySpace;
    if (!this.atIndex.has(index)) this.atIndex.set(index, keysOf(this.machine));
  }
}

test('at any index or time it is exactly the state that the cluster had', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.infiniteStream(fc.nat()),
      async (steps, chance) => {
        clear(directory.path());
        const cluster = new LoggedCluster();
        const witness = new Witness();
        let nowMs = NOW_MS;
        const fulls = [{ etcdIndex: cluster.machine.keySpace.index, takenAtMs: nowMs }];
        putFull(directory.path(), cluster.index, cluster.full(nowMs));
        let begin = { at: 0, after: cluster.index, term: cluster.term };
        let run = 0;
        const writeLog = (): void => {
          const { at, after, term } = begin;
          run += 1;
          putLog(
            directory.path(),
            after,
            logOf(cluster.entries.slice(at), { after, term }),
            String(run).padStart(8, '0'),
          );
        };
        for (const each of steps) {
          switch (each.kind) {
            case 'entry': {
              nowMs += each.passedMs;
              const commands = each.commands.map((make) => make(nowMs));
              cluster.carryOut(commands);
              for (const one of commands) witness.carryOut(one);
              break;
            }
            case 'elect':
              cluster.elect();
              break;
            case 'full':
              fulls.push({ etcdIndex: cluster.machine.keySpace.index, takenAtMs: nowMs });
              putFull(directory.path(), cluster.index, cluster.full(nowMs));
              break;
            case 'newLog': {
              writeLog();
              const at = Math.max(0, cluster.entries.length - each.overlap);
              const last = cluster.entries[at - 1];
              begin = { at, after: last?.index ?? 10, term: last?.term ?? 2 };
            }
          }
        }
        writeLog();
        expect(keysOf(cluster.machine)).toBe(keysOf(witness.machine));
        const { machine, notes } = await restored({ kind: 'newest' });
        expect([keysOf(machine), notes]).toEqual([keysOf(witness.machine), []]);
        const indexes = [...witness.atIndex.keys()];
        for (let round = 0; round < 6; round += 1) {
          const index = indexes[chance.next().value! % indexes.length]!;
          const past = await restored({ kind: 'index', index });
          expect(keysOf(past.machine)).toBe(witness.atIndex.get(index));
          const dateMs = NOW_MS + (chance.next().value! % (nowMs - NOW_MS + 1));
          const then = await restored({ kind: 'time', dateMs });
          expect([keysOf(then.machine), then.takenAtMs]).toEqual([witness.atTime(dateMs), dateMs]);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

describe('with what stands there', () => {
  let cluster: LoggedCluster;
  beforeEach(() => {
    cluster = new LoggedCluster();
    putFull(directory.path(), cluster.index, cluster.full(NOW_MS));
  });

  /** One key an entry, a second apart. */
  function write(count: number): void {
    for (let at = 0; at < count; at += 1) {
      const dateMs = NOW_MS + 1000 * (cluster.index - 9);
      cluster.carryOut([{ ...set(`/k${cluster.index}`, 'v'), nowMs: dateMs }]);
    }
  }

  const HEAD = { after: 10, term: 2 };

  test('the same state has the same SHA-256, whichever snapshot it was made from', async () => {
    write(5);
    const log = logOf(cluster.entries, HEAD);
    putLog(directory.path(), 10, log);
    const index = cluster.machine.keySpace.index;
    const first = await restored({ kind: 'index', index });
    putFull(directory.path(), cluster.index, cluster.full(NOW_MS + 9000));
    expect((await restored({ kind: 'index', index })).sha256).toBe(first.sha256);
    expect((await restored({ kind: 'index', index: index - 1 })).sha256).not.toBe(first.sha256);
  });

  test('what is before and behind all that is there is refused, with what is there', async () => {
    write(3);
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
    const last = cluster.machine.keySpace.index;
    await expect(restored({ kind: 'index', index: 2 })).rejects.toThrow(
      'index 2 is before all that can be restored: full-0000000000000010.snap is of index 3',
    );
    await expect(restored({ kind: 'index', index: last + 1 })).rejects.toThrow(`goes up to index ${last}`);
    await expect(restored({ kind: 'time', dateMs: NOW_MS - 1 })).rejects.toThrow('is before all');
    await expect(restored({ kind: 'time', dateMs: NOW_MS + 4001 })).rejects.toThrow(
      'nothing is known of 2026-03-04T05:06:11.001Z',
    );
  });

  test('a mark says for how long nothing was written', async () => {
    write(3);
    const etcdIndex = cluster.machine.keySpace.index;
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD, new Map([[13, { etcdIndex, dateMs: NOW_MS + 60_000 }]])));
    const { machine } = await restored({ kind: 'time', dateMs: NOW_MS + 59_000 });
    expect(machine.keySpace.index).toBe(etcdIndex);
    await expect(restored({ kind: 'time', dateMs: NOW_MS + 60_001 })).rejects.toThrow('nothing is known');
  });

  test('one by a clock that is ahead ends nothing that came before the date by the others', async () => {
    write(4);
    const marks = new Map([11, 12, 13].map((index) => [index, { etcdIndex: index - 7, dateMs: NOW_MS + 600_000 }]));
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD, marks));
    const { machine } = await restored({ kind: 'time', dateMs: NOW_MS + 3500 });
    expect(machine.keySpace.index).toBe(6);
  });

  describe('a later snapshot by a clock that is behind', () => {
    const dateMs = NOW_MS + 100_000;
    const target: Target = { kind: 'time', dateMs };

    /** At index 4 what is meant, at 5 what is dated later by the clock of another member, in a snapshot that is dated before. */
    function begin(): void {
      cluster.carryOut([{ ...set('/a', '1'), nowMs: dateMs - 20_000 }]);
      cluster.carryOut([{ ...set('/a', '2'), nowMs: dateMs + 10_000 }]);
      putFull(directory.path(), cluster.index, cluster.full(dateMs - 5000));
    }

    test('is not taken where an older one leads there', async () => {
      begin();
      putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
      const { machine, notes } = await restored(target);
      expect([machine.keySpace.index, notes]).toEqual([4, []]);
    });

    test('nor is one of many', async () => {
      begin();
      cluster.carryOut([{ ...set('/a', '3'), nowMs: dateMs + 11_000 }]);
      putFull(directory.path(), cluster.index, cluster.full(dateMs - 4000));
      putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
      expect((await restored(target)).machine.keySpace.index).toBe(4);
    });

    test.each([
      'there is none',
      'an entry is missing',
      'a log is damaged',
      'it ends before, with a mark that says more',
    ])('is taken with a note where %s', async (why) => {
      begin();
      const { entries } = cluster;
      const log = logOf(entries, HEAD);
      if (why.includes('damaged')) log[log.length >> 1]! ^= 1;
      if (why.includes('missing')) putLog(directory.path(), 11, logOf(entries.slice(1), { after: 11, term: 2 }));
      else if (why.includes('mark')) {
        const mark = new Map([[11, { etcdIndex: 4, dateMs: dateMs + 1000 }]]);
        putLog(directory.path(), 10, logOf(entries.slice(0, 1), HEAD, mark));
      } else if (why.includes('damaged')) putLog(directory.path(), 10, log);
      // How long it was so is known.
      const later = { etcdIndex: 5, dateMs: dateMs + 20_000 };
      putLog(directory.path(), 12, logOf([], { after: 12, term: 2 }, new Map([[12, later]])));
      const { machine, notes } = await restored(target);
      expect(machine.keySpace.index).toBe(5);
      expect(notes).toContainEqual(expect.stringContaining('it may hold changes that are dated later'));
    });

    test('is taken as it is where it is older than clocks are apart', async () => {
      begin();
      putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
      const later = { etcdIndex: 5, dateMs: dateMs + 90_000 };
      putLog(directory.path(), 12, logOf([], { after: 12, term: 2 }, new Map([[12, later]])));
      const { machine, notes } = await restored({ kind: 'time', dateMs: dateMs + 55_000 });
      expect([machine.keySpace.index, notes]).toEqual([5, []]);
    });
  });

  test('what has no date is as late as the mark before it', async () => {
    write(2);
    const marks = new Map([[12, { etcdIndex: cluster.machine.keySpace.index, dateMs: NOW_MS + 60_000 }]]);
    const [member] = cluster.machine.cluster.members();
    const published = { memberId: member!.id, name: 'late', clientURLs: [], version: '2.3.8', level: 0 };
    cluster.carryOut([{ type: 'publish', ...published }]);
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD, marks));
    const namesAt = async (target: Target): Promise<readonly string[]> =>
      (await restored(target)).machine.cluster.members().map(({ name }) => name);
    expect(await namesAt({ kind: 'time', dateMs: NOW_MS + 50_000 })).not.toContain('late');
    expect(await namesAt({ kind: 'newest' })).toContain('late');
  });

  test('so does one of a run in which nothing was written at all', async () => {
    write(3);
    const etcdIndex = cluster.machine.keySpace.index;
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
    const mark = new Map([[13, { etcdIndex, dateMs: NOW_MS + 60_000 }]]);
    putLog(directory.path(), 13, logOf([], { after: 13, term: 2 }, mark), '00000001');
    const { machine } = await restored({ kind: 'time', dateMs: NOW_MS + 59_000 });
    expect(machine.keySpace.index).toBe(etcdIndex);
    expect((await restored({ kind: 'newest' })).takenAtMs).toBe(NOW_MS + 60_000);
    await expect(restored({ kind: 'time', dateMs: NOW_MS + 60_001 })).rejects.toThrow('nothing is known');
    // It speaks of another entry, of another term or of another cluster.
    for (const header of [{ term: 1 }, { clusterId: 'abc' }]) {
      putLog(directory.path(), 13, logOf([], { after: 13, term: 2, ...header }, mark), '00000001');
      await expect(restored({ kind: 'time', dateMs: NOW_MS + 59_000 })).rejects.toThrow('nothing is known');
    }
  });

  test('a log that leads to another state than the member had is found out', async () => {
    write(3);
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD, new Map([[12, { etcdIndex: 99, dateMs: NOW_MS }]])));
    await expect(restored({ kind: 'newest' })).rejects.toThrow(
      'leads to index 5 after entry 12, where the member had 99',
    );
  });

  test('so is one whose digest no member had', async () => {
    cluster.carryOut([set('/a', '1'), { type: 'checkpoint', checkpoint: 7 }]);
    const { digest } = cluster.machine.integrity.latest!;
    const report = (memberId: string, said: string): Command => ({
      type: 'report',
      memberId,
      checkpoint: 7,
      digest: said,
    });
    const entries = (...reports: readonly Command[]): Buffer => {
      const { index, term } = cluster;
      for (const each of reports) cluster.carryOut([each]);
      const log = logOf(cluster.entries, HEAD);
      cluster.entries.splice(index - 10);
      Object.assign(cluster, { index, term });
      return log;
    };
    putLog(directory.path(), 10, entries(report('1', digest), report('1', 'other')));
    await restored({ kind: 'newest' });
    putLog(directory.path(), 10, entries(report('1', 'other')));
    await expect(restored({ kind: 'newest' })).rejects.toThrow('their comparison 7');
  });

  test('a torn end does not count, and is told', async () => {
    write(3);
    const log = logOf(cluster.entries, HEAD);
    const name = putLog(directory.path(), 10, log.subarray(0, -5));
    const { machine, notes } = await restored({ kind: 'newest' });
    expect(machine.keySpace.index).toBe(cluster.machine.keySpace.index - 1);
    expect(notes).toEqual([expect.stringMatching(new RegExp(`^${name} ends in the middle of a record, at byte \\d+`))]);
    // The next run begins where the whole entries end.
    putLog(directory.path(), 12, logOf(cluster.entries.slice(2), { after: 12, term: 2 }), '00000001');
    expect((await restored({ kind: 'newest' })).machine.keySpace.index).toBe(cluster.machine.keySpace.index);
  });

  test('a damaged log is refused with its name and the place, and what is before can be restored', async () => {
    write(6);
    const name = putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
    const path = join(directory.path(), name);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 4;
      writeFileSync(path, flipped);
      const outcome = await restored({ kind: 'newest' }).then(
        () => 'restored',
        (error: unknown) => String(error),
      );
      expect(outcome).toMatch(
        new RegExp(`${name} is damaged: byte \\d+: .*; what can be restored goes up to index \\d+`),
      );
      const upTo = Number(/up to index (\d+)/.exec(outcome)![1]);
      expect((await restored({ kind: 'index', index: upTo })).machine.keySpace.index).toBe(upTo);
    }
  });

  test('a damaged log that a later snapshot leads over stands in nobody’s way', async () => {
    write(3);
    const log = logOf(cluster.entries, HEAD);
    log[log.length >> 1]! ^= 1;
    putLog(directory.path(), 10, log);
    putFull(directory.path(), 13, cluster.full(NOW_MS + 5000));
    write(2);
    putLog(directory.path(), 13, logOf(cluster.entries.slice(3), { after: 13, term: 2 }));
    expect((await restored({ kind: 'newest' })).machine.keySpace.index).toBe(cluster.machine.keySpace.index);
    await expect(restored({ kind: 'index', index: 5 })).rejects.toThrow('is damaged');
  });

  test('entries that are in no file are named', async () => {
    write(6);
    putLog(directory.path(), 10, logOf(cluster.entries.slice(0, 2), HEAD));
    putLog(directory.path(), 14, logOf(cluster.entries.slice(4), { after: 14, term: 2 }));
    await expect(restored({ kind: 'newest' })).rejects.toThrow('entries 13 to 14 of the log are in no file');
  });

  test('a snapshot that is damaged is passed over, if an older one leads to the same state', async () => {
    write(4);
    putLog(directory.path(), 10, logOf(cluster.entries, HEAD));
    const full = cluster.full(NOW_MS + 5000);
    full[full.length >> 1]! ^= 1;
    putFull(directory.path(), cluster.index, full);
    const { machine, notes } = await restored({ kind: 'newest' });
    expect(machine.keySpace.index).toBe(cluster.machine.keySpace.index);
    expect(notes).toEqual([
      expect.stringContaining('full-0000000000000014.snap is not whole and was passed over: byte'),
    ]);
  });

  test('the log of another cluster is not taken', async () => {
    write(2);
    const log = logOf(cluster.entries, HEAD);
    putLog(directory.path(), 10, Buffer.from(log));
    const other = logOf([], HEAD);
    const foreign = Buffer.concat([...logBeginning({ clusterId: 'abc', ...HEAD }), log.subarray(other.length)]);
    putLog(directory.path(), 10, foreign);
    await expect(restored({ kind: 'newest' })).rejects.toThrow('the log of another cluster');
  });

  test('without a full snapshot there is nothing', async () => {
    clear(directory.path());
    await expect(restored({ kind: 'newest' })).rejects.toThrow('no full snapshot that is whole');
  });
});
