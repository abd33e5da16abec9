import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { KeyCommand } from '../../src/machine/command';
import type { Machine } from '../../src/machine/machine';
import { restoreMember, type Restored } from '../../src/member/bootstrap';
import { SnapshotFile } from '../../src/snapshot/openFile';
import { restore, withAdvice, type RestoreOptions, type RestoreReport } from '../../src/snapshot/restore';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { fillDataDirectory } from '../../src/storage/fillDirectory';
import type { Kv } from '../../src/storage/kv';
import { MemberStore } from '../../src/storage/memberStore';
import { storageErrorOf } from '../../src/storage/rocksStatus';
import { HEADER } from './support/sampleFile';
import { fileOfRows, machineAfter, NOW_MS, rowsOf, set } from './support/states';

const THREE = ['a', 'b', 'c'].map((name, at) => ({ name, peerURLs: [`http://127.0.0.1:${7001 + at}`] }));
const BUMP = 1_000_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-restore-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function restored(bytes: Uint8Array, options: Partial<RestoreOptions> = {}): Promise<RestoreReport> {
  const path = join(directory, 'state.snap');
  writeFileSync(path, bytes);
  const usual = { dataDir: join(directory, 'data'), name: 'a', members: THREE, token: 't', bumpIndex: BUMP };
  const file = await SnapshotFile.open(path);
  try {
    return await restore(file, { ...usual, ttl: { kind: 'keep-date' }, nowMs: NOW_MS, ...options });
  } finally {
    await file.close();
  }
}

/** What a member that is started there finds. */
async function opened(dataDir = join(directory, 'data')): Promise<Restored> {
  const data = await openDataDirectory({ path: dataDir });
  try {
    const found = await restoreMember(await MemberStore.open(data.kv), 1000);
    if (found === undefined) throw new Error('there is nothing');
    return found;
  } finally {
    await data.close();
  }
}

/** Every key that clients see, with all that they see of it. */
function keysOf({ keySpace }: Machine): unknown[] {
  return [...keySpace.tree.everyNode()]
    .filter(({ path }) => path !== '/' && !path.startsWith('/_etcd'))
    .map((node) => [
      node.path,
      node.dir ? '' : node.value,
      node.createdIndex,
      node.modifiedIndex,
      node.expiry?.expirationMs,
    ])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

const name = fc.constantFrom('a', 'b', 'c', 'd');
const command: fc.Arbitrary<KeyCommand> = fc.oneof(
  fc
    .tuple(
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.string({ maxLength: 20 }),
      fc.option(fc.nat(), { nil: undefined }),
    )
    .map(([path, value, ttlMs]) =>
      set(
        `/${path.join('/')}`,
        Buffer.from(value).toString('latin1'),
        ttlMs === undefined ? undefined : NOW_MS + ttlMs,
      ),
    ),
  fc
    .tuple(fc.array(name, { minLength: 1, maxLength: 2 }), fc.boolean())
    .map(
      ([path, recursive]) =>
        ({ type: 'delete', path: `/${path.join('/')}`, recursive, dir: recursive, nowMs: NOW_MS }) as never,
    ),
);

test('whatever was done before, a restored member has the keys of that moment, and no past', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (commands, rowsAPart) => {
        const before = machineAfter(commands);
        const expected = keysOf(before);
        const dataDir = mkdtempSync(join(directory, 'data-'));
        rmSync(dataDir, { recursive: true });
        const { etcdIndex } = await restored(fileOfRows(rowsOf(before), rowsAPart), { dataDir });
        const { machine } = await opened(dataDir);
        expect(keysOf(machine)).toEqual(expected);
        expect(machine.keySpace.index).toBe(etcdIndex);
        expect(etcdIndex).toBe(before.keySpace.index + BUMP + THREE.length);
        const watch = (sinceIndex: number) =>
          machine.keySpace.watch({ path: '/', recursive: true, stream: true, sinceIndex } as never);
        for (const since of [1, before.keySpace.index, before.keySpace.index + BUMP]) {
          expect(watch(since)).toMatchObject({ ok: false, code: 401 });
        }
        expect(watch(etcdIndex + 1)).toMatchObject({ ok: true, past: [] });
      },
    ),
    { numRuns: 15 },
  );
});

test('the same file and arguments make the same cluster for each member, and never the old one', async () => {
  const file = fileOfRows(rowsOf(machineAfter([set('/a', '1')])));
  const reports = [];
  const states = [];
  for (const { name } of THREE) {
    reports.push(await restored(file, { name, dataDir: join(directory, name) }));
    states.push(await opened(join(directory, name)));
  }
  const [first] = states;
  expect(new Set(reports.map(({ memberId }) => memberId)).size).toBe(3);
  for (const { identity, machine, raft } of states) {
    expect([identity.clusterId, identity.foundation]).toEqual([first!.identity.clusterId, first!.identity.foundation]);
    expect(machine.digest()).toBe(first!.machine.digest());
    expect(
      machine.cluster
        .members()
        .map(({ peerURLs }) => peerURLs[0])
        .sort(),
    ).toEqual(THREE.map(({ peerURLs }) => peerURLs[0]));
    expect(raft.start).toMatchObject({ index: HEADER.index + BUMP, term: HEADER.term + 1 });
    expect(raft.start.configuration.voters).toHaveLength(3);
    expect(raft.hardState.commit).toBe(raft.start.index);
    expect(machine.cluster.removedIds()).toEqual([]);
  }
  const others = [
    await restored(file, { dataDir: join(directory, 'd1'), token: 'another' }),
    await restored(file, { dataDir: join(directory, 'd2'), bumpIndex: BUMP + 1 }),
    await restored(fileOfRows(rowsOf(machineAfter([set('/a', '2')]))), { dataDir: join(directory, 'd3') }),
  ];
  const ids = [HEADER.clusterId, reports[0]!.clusterId, ...others.map(({ clusterId }) => clusterId)];
  expect(new Set(ids).size).toBe(ids.length);
});

test('TTLs keep their date, or what was left', async () => {
  const file = fileOfRows(rowsOf(machineAfter([set('/a', '1', NOW_MS + 5000), set('/b', '2')])));
  const endOf = ({ machine }: Restored): unknown => machine.keySpace.tree.find('/a')?.expiry?.expirationMs;
  const nowMs = NOW_MS + 86_400_000;
  // A day later the date has passed, and what was left has not; the state of a member does not depend on when it was restored.
  const kept = await restored(file, { nowMs });
  expect(kept).toMatchObject({ keysWithTtl: 1, ttlsOver: 1 });
  expect(endOf(await opened())).toBe(NOW_MS + 5000);
  const sooner = await restored(file, { dataDir: join(directory, 'sooner'), nowMs: NOW_MS });
  expect(sooner).toEqual({ ...kept, ttlsOver: 0 });
  const left = await restored(file, {
    dataDir: join(directory, 'left'),
    ttl: { kind: 'keep-left', atMs: nowMs },
    nowMs,
  });
  expect(left).toMatchObject({ keysWithTtl: 1, ttlsOver: 0 });
  expect(endOf(await opened(join(directory, 'left')))).toBe(NOW_MS + 86_405_000);
});

test.each([
  // A clock that was far ahead or behind when the state was saved or restored: nothing ends before 1970 or beyond what a row can say.
  [
    'a date long past',
    Date.parse('0001-01-01T00:00:00Z'),
    [0, 2 ** 48 - 2 + Date.parse('0001-01-01T00:00:00Z') - NOW_MS],
  ],
  [
    'the last date that can be given',
    Date.parse('9999-12-31T23:59:59Z'),
    [Date.parse('9999-12-31T23:59:59Z') + 5000, 2 ** 48 - 1],
  ],
])('what was left is counted from %s, and what has no TTL gets none', async (_name, atMs, ends) => {
  const rows = rowsOf(machineAfter([set('/a', '1', NOW_MS + 5000), set('/b', '2', 2 ** 48 - 2), set('/c', '3')]));
  await restored(fileOfRows(rows), { ttl: { kind: 'keep-left', atMs } });
  const { tree } = (await opened()).machine.keySpace;
  const endOf = (path: string): number | undefined => tree.find(path)?.expiry?.expirationMs;
  expect([[endOf('/a'), endOf('/b')], endOf('/c'), tree.find('/c') !== undefined]).toEqual([ends, undefined, true]);
});

test('users, roles and the settings of the cluster come along', async () => {
  const machine = machineAfter([]);
  let index = machine.keySpace.index;
  const change = (what: unknown): void => {
    machine.auth.apply(what as never, () => ++index);
  };
  change({ type: 'createUser', user: 'root', passwordHash: `$2a$10$${'a'.repeat(53)}`, roles: ['root'] });
  change({ type: 'createRole', role: 'r', permissions: { read: ['/x'], write: null } });
  change({ type: 'enable' });
  machine.keySpace.restoreIndex(index);
  await restored(fileOfRows(rowsOf(machine)));
  const { auth, keySpace } = (await opened()).machine;
  expect([auth.enabled, auth.user('root')?.roles, auth.role('r')?.permissions.read]).toEqual([true, ['root'], ['/x']]);
  expect(keySpace.tree.find('/_etcd/config')).toBeDefined();
});

test('a directory that has something is refused and stays as it is', async () => {
  const file = fileOfRows(rowsOf(machineAfter([set('/a', '1')])));
  await restored(file);
  const before = (await opened()).identity;
  await expect(restored(file, { name: 'b' })).rejects.toThrow('is the data directory of a member already');
  expect((await opened()).identity).toEqual(before);
  mkdirSync(join(directory, 'other'));
  writeFileSync(join(directory, 'other/notes'), 'mine');
  await expect(restored(file, { dataDir: join(directory, 'other') })).rejects.toThrow('not empty');
  expect(readdirSync(join(directory, 'other'))).toEqual(['notes']);
});

test('a damaged file makes nothing', async () => {
  const file = Buffer.from(fileOfRows(rowsOf(machineAfter([set('/a', '1')]))));
  file[file.length >> 1]! ^= 1;
  await expect(restored(file)).rejects.toThrow(/^byte \d+/);
  expect(existsSync(join(directory, 'data'))).toBe(false);
});

test('what was being filled is no data directory, and can be filled again', async () => {
  const path = join(directory, 'data');
  const fill = async (kv: Kv): Promise<void> => {
    await kv.batch([{ type: 'put', key: 'x', value: 'y' }], { sync: true });
    throw new Error('killed');
  };
  const crash = fillDataDirectory({ path }, { fill });
  await expect(crash).rejects.toThrow('killed');
  expect(readdirSync(path).sort()).toEqual(['FORMAT.new', 'db']);
  await expect(openDataDirectory({ path })).rejects.toThrow('Run cairn snapshot restore again');
  // Killed between the two last steps.
  writeFileSync(join(path, 'FORMAT.filled'), 'cai');
  await expect(openDataDirectory({ path })).rejects.toThrow('nothing in it counts');
  await restored(fileOfRows(rowsOf(machineAfter([set('/a', '1')]))));
  expect(readFileSync(join(path, 'FORMAT'), 'utf8')).toBe('cairn 2\n');
  expect((await opened()).machine.keySpace.tree.find('/a')).toBeDefined();
});

test('one that another process is filling is left to it', async () => {
  const path = join(directory, 'data');
  const file = fileOfRows(rowsOf(machineAfter([])));
  const isLeft = (): Promise<void> => expect(restored(file)).rejects.toThrow('being filled by another process');
  // At each moment: while nothing is made yet, while there is a database, and while there is none any more.
  await fillDataDirectory({ path }, { begin: isLeft, fill: isLeft });
  expect(readdirSync(path).sort()).toEqual(['FORMAT', 'db']);
});

test('indexes that no row can hold are refused', async () => {
  await expect(restored(fileOfRows(rowsOf(machineAfter([]))), { bumpIndex: 2 ** 47 })).rejects.toThrow('--bump-index');
  expect(existsSync(join(directory, 'data'))).toBe(false);
});

test('on a disk that is full nobody is told to start a member', () => {
  const full = storageErrorOf(new Error('IO error: No space left on device'), 'writing to', '/d/db');
  const told = withAdvice(full, '/d') as Error & { kind: string };
  expect([told.kind, told.message]).toEqual([
    'full',
    'no space left for /d: make room and run the command again; no member starts from what is there now',
  ]);
  const damage = storageErrorOf(new Error('Corruption: bad block'), 'writing to', '/d/db');
  expect(withAdvice(damage, '/d')).toBe(damage);
});
