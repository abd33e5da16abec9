/**
 * `cairn snapshot restore` and `cairn restore-once`, killed before and after each change that they make to files: no member ever starts from a
 * part of a state, and the same command finishes.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreMember } from '../../src/member/bootstrap';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { MemberStore } from '../../src/storage/memberStore';
import { fileOfRows, machineAfter, rowsOf, set } from '../snapshot/support/states';
import { whyMissing } from '../support/serverProcess';
import { changesIn, stoppedAtChange } from './fileChanges';
import { runCairn } from './killingProxy';

const reason = whyMissing('cairn');
if (reason === undefined) describe('a restore that is killed', suite);
else describe.skip(`a restore that is killed (skipped: ${reason})`, suite);

function suite(): void {
  let place: string;
  let volume: string;
  let data: string;

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-killed-'));
    volume = join(place, 'volume');
    data = join(volume, 'data');
    const keys = Array.from({ length: 200 }, (_, at) => set(`/k${at}`, `${at}`));
    writeFileSync(join(place, 'state.snap'), fileOfRows(rowsOf(machineAfter(keys))));
  });
  afterEach(() => {
    rmSync(place, { recursive: true, force: true });
  });

  const clear = (): void => {
    rmSync(volume, { recursive: true, force: true });
    mkdirSync(volume);
  };
  const run = (words: readonly string[], meant: RegExp, step: number) => {
    return runCairn(words, stoppedAtChange(place, { meant, step, signal: 'SIGKILL' })).ended;
  };
  /** What a member that is started there begins with; undefined: it begins anew. */
  const opened = async (): Promise<string | undefined> => {
    const directory = await openDataDirectory({ path: data });
    try {
      const found = await restoreMember(await MemberStore.open(directory.kv), 1000);
      return found === undefined ? undefined : `${found.identity.clusterId} ${found.machine.digest()}`;
    } finally {
      await directory.close();
    }
  };

  test('snapshot restore', async () => {
    const meant = /volume\/data/;
    const words = ['snapshot', 'restore', join(place, 'state.snap'), '--data-dir', data];
    clear();
    const undisturbed = await run(words, meant, 0);
    const steps = changesIn(undisturbed.text) ?? 0;
    expect([undisturbed.code, steps]).toEqual([0, expect.any(Number)]);
    // The directory, the draft, the database, its mark, the name, its place, and the draft's end.
    expect(steps).toBeGreaterThanOrEqual(7);
    const whole = await opened();
    const met = new Set<string>();
    for (let step = 1; step <= steps; step++) {
      clear();
      expect((await run(words, meant, step)).signal).toBe('SIGKILL');
      const isThere = existsSync(join(data, 'FORMAT'));
      const isBegun = existsSync(join(data, 'db'));
      met.add(isThere ? 'there' : isBegun ? 'begun' : 'nothing');
      if (isThere) expect(await opened()).toBe(whole);
      else if (isBegun) await expect(opened()).rejects.toThrow('nothing in it counts');
      const again = await run(words, meant, 0);
      if (isThere) expect([again.code, again.text]).toEqual([1, expect.stringContaining('the state is whole')]);
      else expect(again.code).toBe(0);
      expect(await opened()).toBe(whole);
    }
    expect([...met].sort()).toEqual(['begun', 'nothing', 'there']);
  });

  test('restore-once', async () => {
    // What is before them and between them is what the other test is of.
    const meant = /volume\/(data\.restored|begun)/;
    const record = join(volume, 'begun');
    const words = [
      ...['restore-once', join(place, 'state.snap'), '--data-dir', data, '--record', record, '--name', 'a'],
      ...['--initial-cluster', 'a=http://127.0.0.1:7001', '--initial-cluster-token', 'once'],
    ];
    clear();
    const undisturbed = await run(words, meant, 0);
    const steps = changesIn(undisturbed.text) ?? 0;
    expect(undisturbed.code).toBe(0);
    // Two notes and the record are written, and put in their places.
    expect(steps).toBeGreaterThanOrEqual(6);
    const whole = await opened();
    const left = readdirSync(volume).sort();
    for (let step = 1; step <= steps; step++) {
      clear();
      expect((await run(words, meant, step)).signal).toBe('SIGKILL');
      // Nothing is taken for a member that has begun before the state is there.
      if (existsSync(record)) expect(existsSync(join(data, 'FORMAT'))).toBe(true);
      if (existsSync(join(data, 'FORMAT'))) expect(await opened()).toBe(whole);
      else if (existsSync(join(data, 'db'))) await expect(opened()).rejects.toThrow('nothing in it counts');
      expect([step, (await run(words, meant, 0)).code]).toEqual([step, 0]);
      expect([await opened(), readdirSync(volume).sort()]).toEqual([whole, left]);
      expect(readFileSync(record, 'utf8')).toContain('has begun');
    }
  });
}
