/**
 * A data directory made by several runs, and every kind of file in it flipped, cut, emptied and removed: each damage is either
 * noticed with one clear line and a documented exit code, or does no harm. Never is data wrong or missing without a word.
 */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../../src/config/exitCodes';
import { exitReasonOf } from '../../src/app/exit';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { StorageError } from '../../src/storage/errors';
import { MemberStore } from '../../src/storage/memberStore';
import { RegistrationNotes } from '../../src/storage/registrationNote';
import { WitnessNotes } from '../../src/storage/witnessNote';
import { leaveDiffering } from '../../src/app/differingState';
import { StateDiffersError } from '../../src/member/integrityCheck';
import { DIFFERING_FILE } from '../../src/platform/differingDirectory';
import { REMOVED_FILE } from '../../src/platform/removedFile';
import { markStandsStill } from '../support/markStandsStill';
import { BOOTSTRAP, commands, load, row } from './support/memberRows';
import { splitLog } from './support/splitLog';

/** In memory where there is such a place: thousands of syncs are not what is tried here. */
const home = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cairn-damage-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const DAMAGES = 504;
const RUNS = 4;
const WRITES_OF_A_RUN = 12;
const OPENING_LIMIT_MS = 20_000;

/** A small generator that gives the same numbers each time (Mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/**
 * The directory after some runs: stopped in order, as it is when the process of the last run is killed, and when that happens
 * while there are two logs, because the memory table of the older one is still being written.
 */
async function made(): Promise<{ stopped: string; killed: string; twoLogs: string }> {
  const stopped = join(mkdtempSync(join(home, 'made-')), 'data');
  const killed = join(mkdtempSync(join(home, 'made-')), 'data');
  let index = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const directory = await openDataDirectory({ path: stopped });
    const store = await MemberStore.open(directory.kv);
    if (run === 0) {
      await store.initialise(BOOTSTRAP);
      const known = new Map([['1', { incarnation: 'cd', early: true }]]);
      await new WitnessNotes(directory.kv).write({ incarnation: 'ab', known });
      await new RegistrationNotes(directory.kv).write({ protocol: '2.3', url: 'http://d', key: '/k', value: 'v' });
    } else await load(store);
    await store.nextRun();
    for (let at = 0; at < WRITES_OF_A_RUN; at += 1) {
      index += 1;
      await store.write({
        hardState: { term: 1, votedFor: '2a', commit: index - 1 },
        entries: commands(index, index, 1),
      });
      await store.write({ rows: [row('node', `/k${index}`, 'v'.repeat(900))], applied: index });
    }
    if (run === RUNS - 1) {
      await markStandsStill(join(stopped, 'db'));
      cpSync(stopped, killed, { recursive: true });
    }
    await directory.close();
  }
  const twoLogs = join(mkdtempSync(join(home, 'made-')), 'data');
  cpSync(killed, twoLogs, { recursive: true });
  await splitLog(join(twoLogs, 'db'));
  writeFileSync(join(killed, REMOVED_FILE), '{"memberId":"2a"}');
  return { stopped, killed, twoLogs };
}

/** What a member may not lose: who it is, what it promised, its entries, and rows that fit them. */
async function contents(path: string): Promise<string> {
  const directory = await openDataDirectory({ path });
  try {
    const witness = await new WitnessNotes(directory.kv).read();
    const notes = [witness?.incarnation, [...(witness?.known ?? [])], await new RegistrationNotes(directory.kv).read()];
    const loaded = await load(await MemberStore.open(directory.kv));
    if (loaded.identity === undefined) return 'nothing';
    const entries = loaded.entries.map((entry) => (entry.kind === 'command' ? Buffer.from(entry.data).toString() : ''));
    // Rows that were not synced may be behind: they are made again from the entries.
    const rows = new Set(loaded.rows);
    const isRowed = loaded.rows.length === loaded.applied && isEveryRow(rows, loaded.applied);
    const { identity, hardState, start } = loaded;
    return JSON.stringify({ identity, hardState, start, entries, isRowed, notes });
  } finally {
    await directory.close();
  }
}

function isEveryRow(rows: ReadonlySet<string>, applied: number): boolean {
  return Array.from({ length: applied }, (_, at) => `node:/k${at + 1}=${'v'.repeat(900)}`).every((each) =>
    rows.has(each),
  );
}

function filesOf(path: string): string[] {
  const all = readdirSync(path, { recursive: true }) as string[];
  return all.filter((name) => statSync(join(path, name)).isFile()).sort();
}

/** Does something to a file; answers what, in words. */
function damage(file: string, random: (below: number) => number): string {
  const { size } = statSync(file);
  const kind = random(12);
  if (kind === 0) {
    rmSync(file);
    return 'removed';
  }
  if (kind === 1 || size === 0) {
    truncateSync(file, 0);
    return 'emptied';
  }
  if (kind <= 3) {
    const at = kind === 2 ? size >> 1 : random(size);
    truncateSync(file, at);
    return `cut at ${at}`;
  }
  const bytes = readFileSync(file);
  if (kind === 4) {
    const from = random(size) & ~511;
    writeFileSync(file, bytes.fill(0, from, Math.min(size, from + 512)));
    return `without the sector at ${from}`;
  }
  // Half of them near the end: that is where what is acknowledged last lies.
  const at = kind <= 8 ? random(size) : size - 1 - random(Math.min(size, 200));
  const bit = random(8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(file, bytes);
  return `bit ${bit} of byte ${at} flipped`;
}

/** The verdict on one opening: what is wrong with it, or nothing. */
async function verdictOn(path: string, expected: string): Promise<{ noticed: boolean; fault: string | undefined }> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), OPENING_LIMIT_MS);
  });
  try {
    const found = await Promise.race([contents(path), hang]);
    return { noticed: false, fault: found === expected ? undefined : `other data: ${found.slice(0, 300)}` };
  } catch (error) {
    const isClear = error instanceof StorageError && !error.message.includes('\n') && error.message.length > 40;
    const isDocumented =
      isClear &&
      [exitCodes.storageFailure.code, exitCodes.dataDirectoryUnusable.code].some(
        (code) => code === exitCodes[exitReasonOf(error)].code,
      );
    return { noticed: true, fault: isDocumented ? undefined : `unclear: ${String(error)}` };
  } finally {
    clearTimeout(timer);
  }
}

test(`${DAMAGES} damages to a data directory are noticed or harmless`, async () => {
  const { stopped, killed, twoLogs } = await made();
  const sources = [
    { path: stopped, expected: '' },
    { path: killed, expected: '' },
    { path: twoLogs, expected: '' },
  ];
  for (const source of sources) {
    const copy = join(mkdtempSync(join(home, 'whole-')), 'data');
    cpSync(source.path, copy, { recursive: true });
    source.expected = await contents(copy);
    expect(source.expected).toContain(`command ${RUNS * WRITES_OF_A_RUN}`);
    expect(source.expected).toContain('"isRowed":true');
    expect(source.expected).toContain('"notes":["ab",[["1",{"incarnation":"cd","early":true}]],{"protocol":"2.3"');
  }
  const random = randomOf(12);
  const faults: string[] = [];
  let noticed = 0;
  for (let at = 0; at < DAMAGES; at += 1) {
    const { path: source, expected } = sources[at % sources.length] ?? { path: stopped, expected: '' };
    const path = join(mkdtempSync(join(home, 'damaged-')), 'data');
    cpSync(source, path, { recursive: true });
    const files = filesOf(path);
    const name = files[Math.floor(at / sources.length) % files.length] ?? '';
    const what = damage(join(path, name), random);
    const verdict = await verdictOn(path, expected);
    if (verdict.noticed) noticed += 1;
    if (verdict.fault !== undefined) faults.push(`${at}: ${name} ${what}: ${verdict.fault}`);
    rmSync(join(path, '..'), { recursive: true });
  }
  expect(faults).toEqual([]);
  expect(noticed).toBeGreaterThan(DAMAGES / 4);
}, 300_000);

test('whatever happens to the mark of a state that differs, as long as it is there, nobody serves from it', async () => {
  const path = mkdtempSync(join(home, 'marked-'));
  const options = { autoRejoin: false, forceNewCluster: false, namesOthers: true };
  for (const text of ['', 'The state', '\0'.repeat(600), 'x'.repeat(100_000)]) {
    writeFileSync(join(path, DIFFERING_FILE), text);
    await expect(leaveDiffering(path, options, { warn: () => undefined })).rejects.toBeInstanceOf(StateDiffersError);
  }
});
