import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { openRocks } from '../../src/storage/rocks';
import { put } from './support/kvSuite';
import { temporaryDirectory } from './support/temporaryDirectory';
import { start, writerCommand } from './support/children';

const home = temporaryDirectory();

function newPath(): string {
  return join(mkdtempSync(join(home, 'd-')), 'data');
}

async function created(): Promise<string> {
  const path = newPath();
  await (await openDataDirectory({ path })).close();
  return path;
}

/** Refused with this kind and message, and exactly as it was before. */
async function expectRefused(path: string, kind: string, message: RegExp): Promise<void> {
  const before = listing(path);
  const opening = openDataDirectory({ path });
  await expect(opening).rejects.toMatchObject({ name: 'StorageError', kind });
  await expect(opening).rejects.toThrow(message);
  expect(listing(path)).toEqual(before);
}

function listing(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [];
  return (readdirSync(path, { recursive: true }) as string[])
    .sort()
    .map((name) => `${name} ${lstatSync(join(path, name)).mtimeMs}`);
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test('of several that come in the same moment to where nothing is, one has the directory', async () => {
  for (let round = 0; round < 5; round++) {
    const path = newPath();
    const opened = await Promise.allSettled([1, 2, 3].map(() => openDataDirectory({ path })));
    const [winner, ...more] = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect([round, more.length, winner?.created]).toEqual([round, 0, true]);
    const refused = opened.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    for (const error of refused) expect(error).toMatchObject({ name: 'StorageError', kind: 'locked' });
    await winner!.kv.batch([put('a', '1')], { sync: true });
    await winner!.close();
    const again = await openDataDirectory({ path });
    expect([again.created, (await again.kv.get(Buffer.from('a'))) !== undefined]).toEqual([false, true]);
    await again.close();
  }
});

test.each(['before there was anything', 'when all of it was there'])(
  'one that was killed while it prepared, %s, is in nobody’s way',
  async (when) => {
    const path = when.startsWith('before') ? newPath() : await created();
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const socket = join(path, 'preparing-0123abcd');
    const listening = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(() => execFileSync(process.execPath, ['-e', listening])).toThrow();
    expect(existsSync(socket)).toBe(true);
    const directory = await openDataDirectory({ path });
    expect(readdirSync(path).sort()).toEqual(['FORMAT', 'PID', 'db']);
    await directory.close();
  },
);

test('a directory that is taken away fails the storage, once, and closes as any', async () => {
  const path = newPath();
  const failures: string[] = [];
  const failed = new Promise<void>((resolve) => {
    void openDataDirectory({
      path,
      onFailure: (error) => {
        failures.push(error.message);
        resolve();
      },
    }).then((directory) => {
      opened = directory;
      rmSync(path, { recursive: true });
    });
  });
  let opened: Awaited<ReturnType<typeof openDataDirectory>> | undefined;
  await failed;
  expect(failures).toEqual([
    expect.stringMatching(/was taken away while this member ran, or part of it: its FORMAT is gone/),
  ]);
  await expect(opened?.kv.batch([put('a', 'b')], { sync: true })).rejects.toThrow(/was taken away/);
  await opened?.close();
  expect(failures).toHaveLength(1);
});

test('another file in the place of the marker is another directory', async () => {
  const path = newPath();
  const failed = new Promise<string>((resolve) => {
    void openDataDirectory({ path, onFailure: ({ message }) => resolve(message) }).then((directory) => {
      opened = directory;
      writeFileSync(join(path, 'FORMAT.new'), 'cairn 2\n');
      renameSync(join(path, 'FORMAT.new'), join(path, 'FORMAT'));
    });
  });
  let opened: Awaited<ReturnType<typeof openDataDirectory>> | undefined;
  expect(await failed).toMatch(/another FORMAT is in its place/);
  await opened?.close();
});

test('a missing directory is created with its parents, private, and opened again later', async () => {
  const path = join(newPath(), 'a', 'b');
  const first = await openDataDirectory({ path });
  expect(first).toMatchObject({ created: true, warnings: [] });
  expect([mode(path), mode(join(path, 'db'))]).toEqual(['700', '700']);
  expect(readFileSync(join(path, 'FORMAT'), 'utf8')).toBe('cairn 2\n');
  expect(readFileSync(join(path, 'PID'), 'utf8')).toBe(`${process.pid}\n`);
  await first.kv.batch([put('a', '1')], { sync: true });
  await Promise.all([first.close(), first.close()]);
  expect(existsSync(join(path, 'PID'))).toBe(false);
  const second = await openDataDirectory({ path });
  expect(second).toMatchObject({ created: false, warnings: [] });
  expect(await second.kv.get(Buffer.from('a'))).toEqual(Buffer.from('1'));
  await second.close();
});

test('an empty volume with lost+found, or a crash in the middle of creating, counts as empty', async () => {
  const path = newPath();
  mkdirSync(join(path, 'lost+found'), { recursive: true, mode: 0o700 });
  writeFileSync(join(path, 'FORMAT.new'), 'cai');
  const opened = await openDataDirectory({ path });
  expect(opened.created).toBe(true);
  await opened.close();
});

test('a crash after the database was made and before it was used: it is made again', async () => {
  const path = await created();
  renameSync(join(path, 'FORMAT'), join(path, 'FORMAT.new'));
  const opened = await openDataDirectory({ path });
  expect(opened.created).toBe(true);
  await opened.kv.batch([put('a', '1')], { sync: true });
  await opened.close();
  expect(readdirSync(path).sort()).toEqual(['FORMAT', 'db']);
  // Nobody but a crash leaves a draft: with data it is no draft any more.
  renameSync(join(path, 'FORMAT'), join(path, 'FORMAT.new'));
  await expectRefused(path, 'corrupt', /has data, but its file FORMAT is missing/);
});

test('a marker without a database has lost its data', async () => {
  for (const lose of [
    (path: string) => rmSync(join(path, 'db'), { recursive: true }),
    (path: string) => readdirSync(join(path, 'db')).forEach((name) => rmSync(join(path, 'db', name))),
  ]) {
    const path = await created();
    lose(path);
    await expectRefused(path, 'corrupt', /there is no database in .*\/db, where one was/);
  }
});

test.each(['FORMAT.new', 'FORMAT.filled'])(
  '%s, which a restore left that was killed at its end, is removed by a start',
  async (name) => {
    const path = await created();
    writeFileSync(join(path, name), 'left');
    await (await openDataDirectory({ path })).close();
    expect(readdirSync(path)).not.toContain(name);
  },
);

test('a database without its marker', async () => {
  const path = await created();
  rmSync(join(path, 'FORMAT'));
  await expectRefused(path, 'format', /It has a database, but not the file FORMAT .*Nothing was changed/);
});

test('files of somebody else', async () => {
  const path = newPath();
  mkdirSync(path, { mode: 0o700 });
  for (const name of ['photo.jpg', 'b', 'c', 'd']) writeFileSync(join(path, name), 'x');
  await expectRefused(path, 'format', /not empty and not Cairn's\. It holds b, c, d, \.\.\.\. Nothing was changed/);
});

test('an etcd data directory', async () => {
  const path = newPath();
  mkdirSync(join(path, 'member', 'wal'), { recursive: true, mode: 0o700 });
  await expectRefused(path, 'format', /looks like the data directory of etcd/);
});

test('a file', async () => {
  const path = newPath();
  writeFileSync(path, 'x');
  await expectRefused(path, 'format', /is not a directory/);
  await expectRefused(join(path, 'below'), 'format', /not a directory/);
  expect(readFileSync(path, 'utf8')).toBe('x');
});

test('a place where nothing can be created', async () => {
  for (const path of ['/proc/cairn', '/proc/cairn/data']) {
    const opening = openDataDirectory({ path });
    await expect(opening).rejects.toThrow(/cannot create \/proc\/cairn.*: ENOENT, nothing can be created/);
    await expect(opening).rejects.toMatchObject({ kind: 'format' });
  }
  await expect(openDataDirectory({ path: '/dev/null/data' })).rejects.toMatchObject({ kind: 'format' });
});

test('a symbolic link that points nowhere, and a directory below one', async () => {
  const path = newPath();
  symlinkSync(join(path, '..', 'gone'), path);
  await expectRefused(path, 'format', /the data directory .* is a symbolic link that points nowhere: create/);
  await expectRefused(join(path, 'below'), 'format', /, above the data directory .*below, is a symbolic link that/);
  mkdirSync(join(path, '..', 'gone'), { mode: 0o700 });
  const opened = await openDataDirectory({ path });
  expect(opened.created).toBe(true);
  await opened.close();
});

test('another format, and a marker that makes no sense', async () => {
  const path = await created();
  writeFileSync(join(path, 'FORMAT'), 'cairn 3\n');
  await expectRefused(path, 'format', /has format 3, this program knows up to 2: use the newer program/);
  writeFileSync(join(path, 'FORMAT'), 'cairn 1\n');
  await expectRefused(path, 'format', /has format 1 of a version before the first release/);
  writeFileSync(join(path, 'FORMAT'), 'cairn');
  await expectRefused(path, 'corrupt', /FORMAT is not what Cairn writes/);
});

test.each([0o770, 0o702, 0o777])('an existing directory that others can write to (%s)', async (bits) => {
  const path = newPath();
  mkdirSync(path);
  chmodSync(path, bits);
  await expectRefused(path, 'permission', /others can write to the data directory .* run "chmod 700/);
  expect(mode(path)).toBe(bits.toString(8));
});

test('an existing directory of ours that others can read is made private', async () => {
  const path = newPath();
  mkdirSync(path);
  chmodSync(path, 0o755);
  const opened = await openDataDirectory({ path });
  expect(opened.warnings).toEqual([`the data directory ${path} was open to others (mode 0755); it is private now`]);
  expect(mode(path)).toBe('700');
  await opened.close();
});

test('our own directory is made private again, unless everybody could have written to it', async () => {
  const path = await created();
  chmodSync(path, 0o2770);
  const opened = await openDataDirectory({ path });
  expect(opened.warnings).toEqual([`the data directory ${path} was open to others (mode 2770); it is private now`]);
  expect(mode(path)).toBe('700');
  await opened.close();
  chmodSync(path, 0o707);
  await expectRefused(path, 'permission', /others can write/);
});

const asRoot = process.geteuid?.() === 0;
if (!asRoot) console.log('skipped: "no permission" as another user, because the tests do not run as root');

(asRoot ? test : test.skip)('no permission to create, or to read', async () => {
  const parent = newPath();
  mkdirSync(parent, { mode: 0o755 });
  chmodSync(home, 0o755);
  chmodSync(join(parent, '..'), 0o755);
  const foreign = join(parent, 'foreign');
  mkdirSync(foreign, { mode: 0o700 });
  const readOnly = join(parent, 'read-only');
  mkdirSync(readOnly, { mode: 0o755 });
  process.seteuid?.(65534);
  try {
    await expectRefused(join(parent, 'mine'), 'permission', /cannot create .*permission denied/i);
    await expectRefused(readOnly, 'permission', /cannot write in .*read-only: .*permission denied/i);
    await expect(openDataDirectory({ path: foreign })).rejects.toMatchObject({ kind: 'permission' });
  } finally {
    process.seteuid?.(0);
  }
});

test('in use by a living process, whose number is told', async () => {
  const path = await created();
  const writer = start(writerCommand(join(path, 'db'), 0, 0));
  await new Promise<void>((resolve) => writer.child.stdout?.once('data', () => resolve()) ?? resolve());
  writeFileSync(join(path, 'PID'), `${writer.child.pid}\n`);
  const opening = openDataDirectory({ path });
  await expect(opening).rejects.toMatchObject({ kind: 'locked' });
  await expect(opening).rejects.toThrow(`the data directory ${path} is in use by process ${writer.child.pid}`);
  writer.child.kill('SIGKILL');
  await writer.ended;
  // What the dead process left behind is in nobody's way.
  const opened = await openDataDirectory({ path });
  expect(readFileSync(join(path, 'PID'), 'utf8')).toBe(`${process.pid}\n`);
  await expect(openDataDirectory({ path })).rejects.toThrow(/in use by another process/);
  await opened.close();
});

test('a number left behind that now belongs to somebody else does not block', async () => {
  const path = await created();
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  writeFileSync(join(path, 'PID'), `${sleeper.pid}\n`);
  await (await openDataDirectory({ path })).close();
  sleeper.kill('SIGKILL');
  await new Promise((resolve) => sleeper.once('close', resolve));
});

test('a damaged database is not "in use" because somebody else has the number left behind by now', async () => {
  const path = await created();
  const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  writeFileSync(join(path, 'PID'), `${sleeper.pid}\n`);
  writeFileSync(join(path, 'db', 'CURRENT'), 'nonsense');
  await expect(openDataDirectory({ path })).rejects.toMatchObject({ kind: 'corrupt' });
  sleeper.kill('SIGKILL');
  await new Promise((resolve) => sleeper.once('close', resolve));
});

describe('something else in the place of a file is refused, unopened and unchanged:', () => {
  const files = ['FORMAT', 'FORMAT.new', 'PID', 'REMOVED', 'STATE-DIFFERS'];
  const ofDatabase = ['CURRENT', 'LOCK', 'SYNCED', '000099.log', '000099.sst'].map((name) => `db/${name}`);

  test.each([...files, ...ofDatabase])('%s', async (name) => {
    const path = await created();
    const elsewhere = join(home, `elsewhere-${name.replace('/', '-')}`);
    writeFileSync(elsewhere, 'cairn 2\n');
    const others: readonly [string, (at: string) => void][] = [
      ['a FIFO', (at) => execFileSync('mkfifo', [at])],
      ['a directory', (at) => mkdirSync(at)],
      ['a symbolic link', (at) => symlinkSync(elsewhere, at)],
    ];
    for (const [kind, put] of others) {
      const at = join(path, name);
      rmSync(at, { force: true, recursive: true });
      put(at);
      await expectRefused(path, 'format', new RegExp(`${name} is ${kind}, expected a file`));
    }
    expect(readFileSync(elsewhere, 'utf8')).toBe('cairn 2\n');
  });

  test('db', async () => {
    const path = await created();
    renameSync(join(path, 'db'), join(path, 'moved'));
    execFileSync('mkfifo', [join(path, 'db')]);
    await expectRefused(path, 'format', /db is a FIFO, expected a directory/);
    rmSync(join(path, 'db'));
    symlinkSync('moved', join(path, 'db'));
    await (await openDataDirectory({ path })).close();
  });
});

test('a database that lost its CURRENT file is not taken for a new one', async () => {
  const path = newPath();
  const opened = await openDataDirectory({ path });
  await opened.kv.batch([put('a', '1')], { sync: true });
  await opened.close();
  rmSync(join(path, 'db', 'CURRENT'));
  const before = readdirSync(join(path, 'db'));
  await expect(openDataDirectory({ path })).rejects.toMatchObject({ name: 'StorageError' });
  expect(readdirSync(join(path, 'db'))).toEqual(expect.arrayContaining(before));
});

test('a failure while it is open reaches the listener', async () => {
  const path = newPath();
  const failures: string[] = [];
  const opened = await openDataDirectory({ path, onFailure: (error) => failures.push(error.kind) });
  rmSync(join(path, 'db'), { recursive: true });
  const writing = (async () => {
    for (let at = 0; at < 60; at += 1)
      await opened.kv.batch([put(`k${at}`, Buffer.alloc(1_000_000, at))], { sync: true });
  })();
  await expect(writing).rejects.toMatchObject({ kind: 'io' });
  expect(failures).toEqual(['io']);
  await opened.close();
});

test('the database below is RocksDB and nothing else', async () => {
  const path = await created();
  await (await openRocks({ path: join(path, 'db'), createIfMissing: false })).close();
});
