/**
 * Everything that can happen to the bytes of a backup on its way: each byte changed, each end cut off, pieces doubled, moved or put behind.
 * What comes of it is either refused with the place, or the right state. `CAIRN_EVERY_BYTE=1` looks at all bytes of the bodies too.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapshot } from '../../src/ctl/snapshot/snapshot';
import { withPast } from '../../src/snapshot/backup/openPast';
import type { Target } from '../../src/snapshot/backup/target';
import { loadState } from '../../src/snapshot/loadedState';
import { LOG_HEAD_BYTES } from '../../src/snapshot/format/logRecords';
import { RECORD_HEAD_BYTES } from '../../src/snapshot/format/records';
import { captureOutput } from '../ctl/output';
import { SeededRandom } from '../simulation/random';
import { backupDirectory, clear, LoggedCluster, logOf, NOW_MS, putFull, putLog } from './backup/support';
import { linesOf } from './support/recordedHistory';
import { set } from './support/states';

const EVERY_BYTE = process.env['CAIRN_EVERY_BYTE'] === '1';
const SEED = Number(process.env['CAIRN_SEED'] ?? 1);
/** Of the bytes between the heads of records, if not all are looked at. */
const SAMPLES_A_FILE = 8;

const output = captureOutput();
const directory = backupDirectory();

/** X-Etcd-Index of each state there was, with all that there is to it. */
const STATES = new Map<number, readonly string[]>();
/** The files of a backup as they should be, by name. */
const FILES = new Map<string, Buffer>();
const [FULL_1, FULL_2] = ['full-0000000000000010.snap', 'full-0000000000000014.snap'] as const;
let [log1, log2, log3] = ['', '', ''];
let newest = 0;

/** Two snapshots with a log between them, and two logs behind the second. */
beforeEach(() => {
  STATES.clear();
  FILES.clear();
  const cluster = new LoggedCluster();
  const note = (): void => {
    STATES.set(cluster.machine.keySpace.index, linesOf(cluster.machine));
  };
  const log = (from: number, to: number): string => {
    while (cluster.index < to) {
      cluster.carryOut([{ ...set(`/k${cluster.index}`, 'v', NOW_MS + 1e9), nowMs: NOW_MS + 1000 * cluster.index }]);
      note();
    }
    const mark = { etcdIndex: cluster.machine.keySpace.index, dateMs: NOW_MS + 1000 * to + 500 };
    return putLog(
      path(),
      from,
      logOf(cluster.entries.slice(from - 10), { after: from, term: 2 }, new Map([[to, mark]])),
    );
  };
  mkdirSync(path());
  note();
  putFull(path(), 10, cluster.full(NOW_MS));
  log1 = log(10, 14);
  putFull(path(), 14, cluster.full(NOW_MS + 20_000));
  [log2, log3] = [log(14, 16), log(16, 18)];
  newest = cluster.machine.keySpace.index;
  for (const name of readdirSync(path())) FILES.set(name, readFileSync(join(path(), name)));
});

function path(): string {
  return join(directory.path(), 'backup');
}

/** The same backup, but for these files; without those that are `undefined`. */
function put(changed: Readonly<Record<string, Buffer | undefined>>): void {
  clear(path());
  for (const [name, bytes] of Object.entries({ ...Object.fromEntries(FILES), ...changed })) {
    if (bytes !== undefined) writeFileSync(join(path(), name), bytes);
  }
}

interface Verdict {
  readonly code: number;
  readonly said: string;
}

async function verified(): Promise<Verdict> {
  const before = output.text().length;
  const code = await snapshot(['verify', path()], {});
  return { code, said: output.text().slice(before) };
}

/** What a restore would make: never another state than it says. */
async function restored(target: Target): Promise<{ readonly etcdIndex: number; readonly said: string }> {
  try {
    return await withPast(path(), target, async ({ state, etcdIndex, notes }) => {
      expect(linesOf((await loadState(state)).machine)).toEqual(STATES.get(etcdIndex));
      if (target.kind === 'index') expect(etcdIndex).toBe(target.index);
      return { etcdIndex, said: notes.join('\n') };
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'BackupError') throw error;
    return { etcdIndex: 0, said: error.message };
  }
}

/** Where the records of a file begin, with the end of the file. */
function recordsOf(name: string, bytes: Buffer): readonly number[] {
  const [preambleBytes, headBytes] = name.endsWith('.log') ? [15, LOG_HEAD_BYTES] : [16, RECORD_HEAD_BYTES];
  const places = [preambleBytes];
  for (let at = preambleBytes; at < bytes.length; places.push(at)) at += headBytes + bytes.readUInt32BE(at);
  return places;
}

/** The heads at the ends and one between, and some of what is in the records; or everything. */
function placesOf(name: string, bytes: Buffer): readonly number[] {
  if (EVERY_BYTE) return [...bytes.keys()];
  const random = new SeededRandom(SEED);
  const records = recordsOf(name, bytes);
  const ends = [records[0]!, random.pick(records), ...records.slice(-2)];
  const heads = ends.flatMap((at) => [at - 1, ...Array.from({ length: 14 }, (_, next) => at + next)]);
  const samples = Array.from({ length: SAMPLES_A_FILE }, () => random.integer(0, bytes.length - 1));
  return [...new Set([0, 1, 13, 14, ...heads, ...samples])].filter((at) => at < bytes.length);
}

/** Where the mark at the end of a log begins. It says nothing but when, and so is in nobody's way if there is another log. */
function lastMarkOf(name: string, bytes: Buffer): number {
  return recordsOf(name, bytes).at(-2)!;
}

function flipped(bytes: Buffer, at: number, bits: number): Buffer {
  const other = Buffer.from(bytes);
  other[at]! ^= bits;
  return other;
}

test('a byte that was changed anywhere is found with its file and place, and nothing wrong is made of it', async () => {
  for (const [name, bytes] of FILES) {
    for (const at of placesOf(name, bytes)) {
      for (const bits of EVERY_BYTE ? [1 << (at % 8), 0xff] : [at % 2 === 0 ? 1 << (at % 8) : 0xff]) {
        put({ [name]: flipped(bytes, at, bits) });
        const { code, said } = await verified();
        expect([name, at, code, said]).toEqual([name, at, 1, expect.stringMatching(`damaged  ${name}: byte \\d+: `)]);
        // The newest state can be made without what is before the second snapshot, and, from the first one, without the second.
        const last = await restored({ kind: 'newest' });
        const isInTheWay = (name === log2 && at < lastMarkOf(name, bytes)) || name === log3;
        expect([name, at, last]).toEqual([
          name,
          at,
          {
            etcdIndex: isInTheWay ? 0 : newest,
            said: expect.stringMatching(
              isInTheWay
                ? `${name} is damaged: byte \\d+`
                : name === FULL_2
                  ? `${name} is not whole .*: byte \\d+`
                  : '^$',
            ),
          },
        ]);
        const early = await restored({ kind: 'index', index: 6 });
        if (name === FULL_1 || name === log1) {
          if (early.etcdIndex === 0) expect(early.said).toMatch(new RegExp(`${name} is .*: byte \\d+`));
        } else expect(early.etcdIndex).toBe(6);
      }
    }
  }
}, 1_800_000);

test('a snapshot by itself is neither verified nor restored with a byte changed or an end cut off, and nothing is made', async () => {
  const bytes = FILES.get(FULL_2)!;
  const file = join(directory.path(), 'state.snap');
  const commands = [['status'], ['verify'], ['restore', `--data-dir=${join(directory.path(), 'data')}`]] as const;
  for (const at of placesOf(FULL_2, bytes)) {
    for (const wrong of [flipped(bytes, at, 1 << (at % 8)), flipped(bytes, at, 0xff), bytes.subarray(0, at)]) {
      writeFileSync(file, wrong);
      for (const [word, ...more] of commands) {
        const before = output.text().length;
        expect([at, word, await snapshot([word, file, ...more], {})]).toEqual([at, word, 1]);
        expect(output.text().slice(before)).toMatch(/state\.snap is not whole: byte \d+: /);
      }
    }
  }
  expect(readdirSync(directory.path()).sort()).toEqual(['backup', 'state.snap']);
}, 1_800_000);

test('a snapshot that was cut off anywhere is found with the place', async () => {
  for (const name of [FULL_1, FULL_2]) {
    const bytes = FILES.get(name)!;
    for (const at of placesOf(name, bytes)) {
      put({ [name]: bytes.subarray(0, at) });
      expect(await verified()).toMatchObject({
        code: 1,
        said: expect.stringContaining(`${name}: byte ${at}: the file ends here`),
      });
      expect((await restored({ kind: 'newest' })).etcdIndex).toBe(newest);
      const { etcdIndex, said } = await restored({ kind: 'index', index: 6 });
      if (name === FULL_1) expect([etcdIndex, said]).toEqual([0, expect.stringContaining(`byte ${at}: `)]);
      else expect(etcdIndex).toBe(6);
    }
  }
}, 1_800_000);

test('a log that was cut off leads as far as its whole entries, and what it lacks is missed where something goes on from there', async () => {
  for (const name of [log1, log2, log3]) {
    const bytes = FILES.get(name)!;
    const boundaries = recordsOf(name, bytes).slice(1);
    // A mark at the end says nothing but when.
    const lastEntryEnd = boundaries.at(-2)!;
    for (const at of placesOf(name, bytes)) {
      put({ [name]: bytes.subarray(0, at) });
      const { code, said } = await verified();
      if (!boundaries.includes(at))
        expect([name, at, said]).toEqual([
          name,
          at,
          expect.stringMatching(`${name} ends in the middle of a record, at byte \\d+`),
        ]);
      const isMissed = name === log2 && at < lastEntryEnd;
      expect([name, at, code]).toEqual([name, at, isMissed ? 1 : 0]);
      if (isMissed) expect(said).toContain(`damaged  ${log3}: nothing leads to its entries 17 to 18`);
      const last = await restored({ kind: 'newest' });
      if (name === log1 || (name === log2 && !isMissed)) expect(last.etcdIndex).toBe(newest);
      else if (isMissed)
        expect(last).toEqual({
          etcdIndex: 0,
          said: expect.stringMatching('the entries \\d+ to 16 of the log are in no file'),
        });
      else {
        expect(last.etcdIndex).toBe(newest - 2 + boundaries.slice(1, 3).filter((end) => end <= at).length);
        if (!boundaries.includes(at)) expect(last.said).toContain(`${name} ends in the middle of a record, at byte`);
      }
    }
  }
}, 1_800_000);

test('records that were doubled, moved, left out or put behind the end make nothing wrong', async () => {
  for (const [name, bytes] of FILES) {
    const places = recordsOf(name, bytes);
    const records = places.slice(0, -1).map((from, at) => bytes.subarray(from, places[at + 1]));
    const isMark = (record: Buffer | undefined): boolean => name.endsWith('.log') && record?.[4] === 3;
    const variants: Buffer[] = [];
    const made = (list: readonly Buffer[]): void =>
      void variants.push(Buffer.concat([bytes.subarray(0, places[0]), ...list]));
    records.forEach((record, at) => {
      if (!isMark(record)) made([...records.slice(0, at), record, ...records.slice(at)]);
      if (at > 0) made(records.toSpliced(at - 1, 2, record, records[at - 1]!));
      if (at < records.length - (name.endsWith('.log') ? 2 : 1)) made(records.toSpliced(at, 1));
    });
    for (const other of FILES.values()) variants.push(Buffer.concat([bytes, other]));
    variants.push(Buffer.concat([bytes, Buffer.from('x'.repeat(99))]));
    for (const variant of variants) {
      put({ [name]: variant });
      const { code, said } = await verified();
      expect([name, variants.indexOf(variant), code, said]).toEqual([
        name,
        variants.indexOf(variant),
        1,
        expect.stringMatching(`damaged  ${name}: byte \\d+: `),
      ]);
      await restored({ kind: 'index', index: 6 });
      const last = await restored({ kind: 'newest' });
      expect([0, newest]).toContain(last.etcdIndex);
      if (last.etcdIndex === 0) expect(last.said).toMatch(new RegExp(`${name} is damaged: byte \\d+`));
    }
  }
}, 1_800_000);

test('files that changed places or went away make nothing wrong', async () => {
  const names = [...FILES.keys()];
  for (const one of names) {
    for (const other of names.filter((name) => name.slice(-4) === one.slice(-4) && name > one)) {
      put({ [one]: FILES.get(other), [other]: FILES.get(one) });
      const { code, said } = await verified();
      expect([one, other, code, said]).toEqual([
        one,
        other,
        1,
        expect.stringMatching(`damaged  ${one}: byte \\d+: its name says`),
      ]);
      expect(said).toMatch(new RegExp(`damaged  ${other}: byte \\d+: its name says`));
      for (const target of [{ kind: 'newest' }, { kind: 'index', index: 6 }] as const)
        expect([0, newest, 6]).toContain((await restored(target)).etcdIndex);
    }
    put({ [one]: undefined });
    const { etcdIndex } = await restored({ kind: 'newest' });
    expect([one, etcdIndex]).toEqual([one, one === log2 ? 0 : one === log3 ? newest - 2 : newest]);
    expect([one, (await verified()).code]).toEqual([one, one === log2 ? 1 : 0]);
  }
});

test('an older state is not taken for the newest, where a snapshot or a log behind it cannot be read', async () => {
  const cut = (name: string): Buffer => FILES.get(name)!.subarray(0, 20);
  // Whatever is behind the second snapshot is not known to be the last.
  for (const changed of [
    { [FULL_2]: cut(FULL_2), [log1]: undefined, [log2]: undefined, [log3]: undefined },
    { [log2]: undefined, [log3]: flipped(FILES.get(log3)!, 3, 1) },
    { [FULL_2]: cut(FULL_2), [log1]: undefined, [log2]: flipped(FILES.get(log2)!, 3, 1), [log3]: undefined },
  ]) {
    put(changed);
    expect(await restored({ kind: 'newest' })).toEqual({
      etcdIndex: 0,
      said: expect.stringMatching(/what can be restored goes up to index/),
    });
  }
});
