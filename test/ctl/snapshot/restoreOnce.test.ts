import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AskMembers } from '../../../src/ctl/clearRemoved';
import { restoreOnce } from '../../../src/ctl/snapshot/restoreOnce';
import { whyNotNoted } from '../../../src/ctl/snapshot/volumeNote';
import { FILLING_TEXT, FORMAT_DRAFT } from '../../../src/storage/directoryChecks';
import { fileOfRows, machineAfter, rowsOf, set } from '../../snapshot/support/states';
import { captureOutput } from '../output';

const CLUSTER = 'a=http://127.0.0.1:7001,b=http://127.0.0.1:7002';
const nobody: AskMembers = () => Promise.reject(new Error('connection refused'));

const output = captureOutput();
let place: string;
let volume: string;
let data: string;
let records: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cairn-once-'));
  [volume, records] = [join(place, 'volume'), join(place, 'records')];
  for (const each of [volume, records]) mkdirSync(each);
  data = join(volume, 'data');
  writeFileSync(join(place, 'state.snap'), fileOfRows(rowsOf(machineAfter([set('/a', '1')]))));
});
afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

function run(name = 'a', ask = nobody, token = 'first', file = 'state.snap'): Promise<number> {
  const words = ['--data-dir', data, '--name', name, '--record', join(records, name)];
  return restoreOnce(
    [join(place, file), ...words, '--initial-cluster', CLUSTER, '--initial-cluster-token', token],
    ask,
    {},
  );
}

/** Of the cluster that was restored, as the last run told it. */
function clusterId(): string {
  return /new cluster ([0-9a-f]+)/.exec(output.text())?.[1] ?? '';
}

test('a new release begins with the snapshot, and that is remembered beside the data and elsewhere', async () => {
  expect(await run()).toBe(0);
  expect(output.text()).toMatch(
    /^a: restored \d+ keys and directories; member [0-9a-f]+ of the new cluster [0-9a-f]+$/m,
  );
  expect([readdirSync(volume).sort(), readdirSync(records)]).toEqual([['data', 'data.restored'], ['a']]);
  expect(existsSync(join(data, 'FORMAT'))).toBe(true);
});

test('once: not when the pod starts again, not when the disk was lost, not when the data were moved aside', async () => {
  await run();
  expect(await run()).toBe(0);
  expect(output.text()).toContain('a: has the restored state already');
  rmSync(data, { recursive: true });
  expect(await run()).toBe(0);
  expect(output.text()).toContain('a: has begun before and lost its data: nothing is restored');
  rmSync(join(records, 'a'));
  expect(await run()).toBe(0);
  expect(output.text()).toContain('a: was restored before: nothing is restored again');
  rmSync(join(volume, 'data.restored'));
  expect(await run()).toBe(0);
  expect(readdirSync(volume)).toEqual([]);
});

test('the file is not needed any more once it was done', async () => {
  await run();
  expect(await run('a', nobody, 'first', 'gone.snap')).toBe(0);
});

test('members that are restored one after the other do not keep each other from it; another cluster does', async () => {
  await run();
  const id = clusterId();
  rmSync(volume, { recursive: true });
  mkdirSync(volume);
  const asked: string[] = [];
  const first: AskMembers = (url) => {
    asked.push(url);
    return Promise.resolve({ clusterId: id, members: [] });
  };
  expect(await run('b', first)).toBe(0);
  expect([clusterId(), asked]).toEqual([id, ['http://127.0.0.1:7001']]);
  rmSync(volume, { recursive: true });
  rmSync(join(records, 'b'));
  mkdirSync(volume);
  expect(await run('b', () => Promise.resolve({ clusterId: 'another', members: [] }))).toBe(0);
  expect(output.text()).toContain(
    'b: a member of another cluster (another) runs at http://127.0.0.1:7001; nothing is restored',
  );
  expect([readdirSync(volume), readdirSync(records).includes('b')]).toEqual([[], true]);
});

test.each(['another cluster answers', 'it is written down that it began'])(
  'what a run left half filled is cleared away where nothing is restored any more: %s',
  async (why) => {
    mkdirSync(join(data, 'db'), { recursive: true });
    chmodSync(data, 0o700);
    writeFileSync(join(data, FORMAT_DRAFT), FILLING_TEXT);
    writeFileSync(join(data, 'db', 'half'), '');
    // It was killed right before its end, too.
    writeFileSync(join(data, 'FORMAT.filled'), '');
    if (why !== 'another cluster answers') writeFileSync(join(records, 'a'), '');
    expect(await run('a', () => Promise.resolve({ clusterId: 'another', members: [] }))).toBe(0);
    expect(output.text()).toContain('nothing is restored');
    // A member can begin there.
    expect(readdirSync(data)).toEqual([]);
    expect(await run()).toBe(0);
  },
);

test('data of an earlier release are not taken for the restored ones, and stay', async () => {
  await run();
  rmSync(join(records, 'a'));
  expect(await run('a', nobody, 'second')).toBe(1);
  expect(output.text()).toMatch(
    /data has data that were not restored for this release, and they stay as they are\. Delete/,
  );
  expect(existsSync(join(data, 'FORMAT'))).toBe(true);
  expect(readdirSync(records)).toEqual([]);
});

test('a damaged file makes nothing, is recorded nowhere, and ends the pod', async () => {
  writeFileSync(join(place, 'state.snap'), 'no state');
  expect(await run()).toBe(1);
  expect([readdirSync(volume), readdirSync(records)]).toEqual([[], []]);
});

test('a restore that was killed is made anew', async () => {
  mkdirSync(join(data, 'db'), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'FORMAT.new'), 'cairn is filling this directory\n');
  writeFileSync(join(volume, 'data.restored'), 'A sentence.\n{"token":"first","phase":"restoring"}\n');
  expect(await run()).toBe(0);
  expect(existsSync(join(data, 'FORMAT'))).toBe(true);
});

test('what says of the restore is replaced in one step: killed in the midst, nobody finds half of it', async () => {
  const [note, before] = [join(volume, 'data.restored'), join(place, 'before')];
  const text = 'A sentence.\n{"token":"first","phase":"restoring"}\n';
  writeFileSync(note, text);
  linkSync(note, before);
  // Of a run that was killed while it wrote.
  writeFileSync(`${note}.new`, 'A sent');
  writeFileSync(join(records, 'a.new'), 'A memb');
  expect(await run()).toBe(0);
  expect(readFileSync(note, 'utf8')).toContain('"phase":"restored"');
  // The file itself was left as it was, so there was no moment in which it was empty.
  expect(readFileSync(before, 'utf8')).toBe(text);
  expect([readdirSync(volume).sort(), readdirSync(records)]).toEqual([['data', 'data.restored'], ['a']]);
});

test('data that are there with the note of the beginning were restored to their end: only that is written down', async () => {
  await run();
  rmSync(join(records, 'a'));
  writeFileSync(join(volume, 'data.restored'), 'A sentence.\n{"token":"first","phase":"restoring"}\n');
  expect(await run()).toBe(0);
  expect(output.text()).toContain('a: has the restored state already');
  expect(readdirSync(records)).toEqual(['a']);
  expect(readFileSync(join(volume, 'data.restored'), 'utf8')).toContain('"phase":"restored"');
});

test('what a killed run began to write beside the note goes, and what is not of one stays', async () => {
  await run();
  const [note, draft] = [join(volume, 'data.restored'), join(volume, 'data.restored.new')];
  const text = readFileSync(note, 'utf8');
  for (const part of ['', text.slice(0, 10), text.slice(0, -5), text]) {
    writeFileSync(draft, part);
    expect(await run()).toBe(0);
    expect([part, existsSync(draft)]).toEqual([part, false]);
  }
  // Of one that was killed at its last step of all.
  writeFileSync(note, text.replace('restored"}', 'restoring"}'));
  writeFileSync(draft, text);
  expect(await run()).toBe(0);
  expect([existsSync(draft), readFileSync(note, 'utf8')]).toEqual([false, text]);
  for (const other of ['mine', `${text.slice(0, 20)}, and mine`, 'x'.repeat(100_000)]) {
    writeFileSync(draft, other);
    expect(await run()).toBe(0);
    expect(readFileSync(draft, 'utf8')).toBe(other);
  }
  rmSync(draft);
  symlinkSync(note, draft);
  expect(await run()).toBe(0);
  expect(readFileSync(draft, 'utf8')).toBe(text);
});

test('a pod that comes later joins the others', async () => {
  expect(await run('c')).toBe(0);
  expect(output.text()).toContain('c: not one of the members that the restored cluster begins with; it joins them');
  expect([readdirSync(volume), readdirSync(records)]).toEqual([[], []]);
});

test.each(['data.restored', 'data.restored.new'])('a directory at %s is named, with what to do', async (name) => {
  mkdirSync(join(volume, name));
  expect(await run()).toBe(1);
  expect(output.text()).toContain(`${data}.restored, which says whether the snapshot was restored: `);
  expect(output.text()).toContain('a directory');
  expect(output.text()).toContain('move it away, and run the command again');
});

test('so is a directory in the place of the record', async () => {
  mkdirSync(join(records, 'a.new'));
  expect(await run()).toBe(1);
  expect(output.text()).toContain(
    `${join(records, 'a')}, which says whether the snapshot was restored: a directory is in its place`,
  );
});

test('a full disk is named by the file for which there is no room', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(whyNotNoted('/v/data.restored', full).message).toMatch(
    /^\/v\/data\.restored, .*: the disk is full; make room there/,
  );
});

test.each(['x y', 'a/b', '..'])('a name that no member can have makes nothing: %j', async (name) => {
  expect(await run(name)).toBe(2);
  expect(output.text()).toContain('--name: ');
  expect([readdirSync(volume), readdirSync(records)]).toEqual([[], []]);
});
