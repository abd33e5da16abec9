import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberText } from '../../src/machine/keyspace/rowNumbers';
import { LoadedState } from '../../src/snapshot/loadedState';
import { SnapshotFile } from '../../src/snapshot/openFile';
import { restore } from '../../src/snapshot/restore';
import { letterOfTable } from '../../src/storage/layout';
import type { StoredRow } from '../../src/storage/stateChunk';
import { HEADER } from './support/sampleFile';
import { fileOfRows, machineAfter, rowsOf, set } from './support/states';

/** Every byte of these files is as it was written, checksums and all; what was written is not what a member has. */

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-crafted-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const SOUND = rowsOf(machineAfter([set('/a/b', '1'), set('/c', '2')]));

function key(path: string, modifiedIndex = 2): StoredRow {
  return { table: 'node', key: path, value: `20${numberText(1)}${numberText(modifiedIndex)}value` };
}

function directoryAt(path: string): StoredRow {
  return { table: 'node', key: path, value: `21${numberText(1)}${numberText(1)}` };
}

function fileWith(...rows: readonly StoredRow[]): Buffer {
  const place = ({ table, key: name }: StoredRow): string => letterOfTable(table) + name;
  return fileOfRows([...SOUND, ...rows].sort((a, b) => (place(a) < place(b) ? -1 : 1)));
}

/** What the two commands say of a file, `verify` and `restore`; undefined: that it can be used. */
async function complaintsOf(bytes: Uint8Array): Promise<readonly unknown[]> {
  const path = join(directory, 'state.snap');
  writeFileSync(path, bytes);
  const file = await SnapshotFile.open(path);
  const complaintOf = async (use: () => Promise<unknown>): Promise<unknown> =>
    use().then(
      () => undefined,
      (error: unknown) => error,
    );
  try {
    const verified = await complaintOf(async () => {
      const state = new LoadedState();
      await file.read({
        rows: (rows) => {
          state.add(rows);
        },
      });
      state.finish();
    });
    const restored = await complaintOf(() =>
      restore(file, {
        ...{ dataDir: join(directory, 'data'), name: 'a', token: 't', bumpIndex: 1000, ttl: { kind: 'keep-date' } },
        nowMs: 0,
        members: [{ name: 'a', peerURLs: ['http://127.0.0.1:7001'] }],
      }),
    );
    return [verified, restored];
  } finally {
    await file.close();
  }
}

test('a sound state can be used, so what follows is refused for what was added', async () => {
  expect(await complaintsOf(fileWith(key('/..data'), key('/a/.b'), key('/\xff\0')))).toEqual([undefined, undefined]);
});

test.each<[what: string, rows: readonly StoredRow[], message: string]>([
  ['a key without a name', [key('')], 'a key is named ""'],
  ['the root as a key', [key('/')], 'a key is named "/"'],
  ['a key that begins with no slash', [key('x')], 'a key is named "x"'],
  ['a key that leads up', [key('/..')], 'a key is named "/.."'],
  ['a key that leads nowhere', [key('/a/.')], 'a key is named "/a/."'],
  ['a name without letters', [directoryAt('/a/'), key('/a//b')], 'a key is named "/a/"'],
  [
    'an index that was not given yet',
    [key('/x', 2 ** 47)],
    `a key was changed at index ${2 ** 47}, and the state is at`,
  ],
  ['a member that is none', [{ table: 'member', key: 'z', value: '{}' }], 'a member row is not a member'],
  ['a past that is none', [{ table: 'event', key: 'z', value: '' }], 'history row key of 1 bytes'],
  ['a key of a member that is none', [{ table: 'node', key: '/_etcd/machines/z', value: '' }], 'node row of format ""'],
])('%s: neither verified nor restored, and nothing is made', async (_what, rows, message) => {
  const complaints = await complaintsOf(fileWith(...rows));
  const expected = { name: 'SnapshotDamage', message: expect.stringContaining(message) as string };
  expect(complaints).toMatchObject([expected, expected]);
  expect(readdirSync(directory)).toEqual(['state.snap']);
});

test.each([
  ['a term that no member could store', { term: Number.MAX_SAFE_INTEGER }],
  ['a date that is none', { takenAtMs: Number.MAX_SAFE_INTEGER }],
])('%s: neither verified nor restored, and nothing is made', async (_what, wrong) => {
  const complaints = await complaintsOf(fileOfRows(SOUND, 3, { ...HEADER, ...wrong }));
  const expected = { name: 'SnapshotDamage', message: expect.stringContaining('the header does not say') as string };
  expect(complaints).toMatchObject([expected, expected]);
  expect(readdirSync(directory)).toEqual(['state.snap']);
});
