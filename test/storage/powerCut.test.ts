/** Real files of the engine after power cuts that lost any pages of what was not synced: each start finds a prefix of the writes. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logKey } from '../../src/storage/layout';
import { readLog } from '../../src/storage/logFormat';
import { openRocks } from '../../src/storage/rocks';
import { MARK_FILE, readMark } from '../../src/storage/syncedMark';
import { SeededRandom } from '../simulation/random';
import { listed, put } from './support/kvSuite';
import { readable } from './support/logFile';
import { afterPowerCut, loseSector, type WrittenLog } from './support/powerCut';

/** In memory where there is such a place: the syncs are not what is tried here. */
const home = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cairn-power-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const SYNCED = 30;
const UNSYNCED = 14;
const SEEDS = Array.from({ length: 60 }, (_, at) => at + 1);

interface Written {
  readonly path: string;
  readonly logName: string;
  readonly log: WrittenLog;
  /** Of each batch the key, in order. */
  readonly keys: readonly string[];
}

let written: Written;

/** Entries that were synced, rows that were not, and one more entry whose sync is under way. */
beforeAll(async () => {
  const path = mkdtempSync(join(home, 'made-'));
  const kv = await openRocks({ path, createIfMissing: true });
  const keys: string[] = [];
  const write = async (key: Buffer, bytes: number, sync: boolean): Promise<void> => {
    keys.push(key.toString('latin1'));
    await kv.batch([put(key.toString('latin1'), Buffer.alloc(bytes, keys.length))], { sync });
  };
  for (let at = 1; at <= SYNCED; at++) await write(logKey(at), 100 + 37 * at, true);
  await until(async () => {
    const mark = await readMark(path);
    return typeof mark !== 'string' && mark.synced === SYNCED;
  });
  const mark = readFileSync(join(path, MARK_FILE));
  for (let at = 0; at < UNSYNCED; at++) await write(Buffer.from(`r${at}`), 300 + 1511 * at, false);
  await write(logKey(SYNCED + 1), 2000, true);
  const copy = mkdtempSync(join(home, 'copy-'));
  cpSync(path, copy, { recursive: true });
  await kv.close();
  writeFileSync(join(copy, MARK_FILE), mark);
  const logName = readdirSync(copy).find((name) => name.endsWith('.log'))!;
  const bytes = readFileSync(join(copy, logName));
  const begins: number[] = [];
  readLog(readable(bytes), {
    onPayload: (_pieces, at) => begins.push(at),
    onDamage: () => {
      throw new Error('the log is damaged');
    },
  });
  expect(begins.length).toBe(keys.length);
  const log = { bytes, syncedTo: begins[SYNCED]!, writeEnds: [...begins.slice(SYNCED + 1), bytes.length] };
  written = { path: copy, logName, log, keys };
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function withLog(bytes: Buffer): string {
  const path = mkdtempSync(join(home, 'left-'));
  cpSync(written.path, path, { recursive: true });
  writeFileSync(join(path, written.logName), bytes);
  return path;
}

async function contents(path: string): Promise<{ keys: readonly string[]; warnings: readonly string[] }> {
  const kv = await openRocks({ path, createIfMissing: false });
  const keys = (await listed(kv)).map((line) => line.slice(0, line.indexOf('=')));
  await kv.close();
  return { keys, warnings: kv.warnings };
}

/** Whether writes follow after one that is missing. */
function hasHole(left: Buffer): boolean {
  let isDamaged = false;
  let follows = false;
  readLog(readable(left), { onDamage: () => void (isDamaged = true), onPayload: () => void (follows ||= isDamaged) });
  return follows;
}

const seen = { cut: 0, holes: 0, lengths: new Set<number>() };

test.each(SEEDS)(
  'power cut %i: all that was synced, a prefix of the rest, and no complaint at the next start',
  async (seed) => {
    const { keys, log } = written;
    const left = afterPowerCut(log, new SeededRandom(seed).next);
    expect(left.subarray(0, log.syncedTo).equals(log.bytes.subarray(0, log.syncedTo))).toBe(true);
    const path = withLog(left);
    const first = await contents(path);
    expect(first.keys.length).toBeGreaterThanOrEqual(SYNCED);
    expect(new Set(first.keys)).toEqual(new Set(keys.slice(0, first.keys.length)));
    if (first.warnings.length > 0) seen.cut++;
    if (hasHole(left)) seen.holes++;
    seen.lengths.add(first.keys.length);
    expect(await contents(path)).toEqual({ keys: first.keys, warnings: [] });
  },
);

test('the power cuts were of many kinds', () => {
  expect(seen.cut).toBeGreaterThan(SEEDS.length / 3);
  expect(seen.holes).toBeGreaterThan(SEEDS.length / 10);
  expect(seen.lengths.size).toBeGreaterThan(UNSYNCED / 3);
});

test.each(SEEDS.slice(0, 10))('a sector that was synced is gone (%i): the start is refused', async (seed) => {
  const { log } = written;
  const path = withLog(loseSector(log.bytes, log.syncedTo, new SeededRandom(seed).next));
  await expect(contents(path)).rejects.toMatchObject({ kind: 'corrupt' });
});
