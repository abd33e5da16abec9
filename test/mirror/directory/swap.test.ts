import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Disk } from '../../../src/mirror/directory/disk';
import { InTheWayError } from '../../../src/mirror/directory/links';
import { isGeneration } from '../../../src/mirror/directory/names';
import { SameNameError, swapIn, tidy, type NewState } from '../../../src/mirror/directory/swap';
import { seenAtOnce, seenByName } from '../support/readers';

const MODES = { file: 0o640, directory: 0o750 };
const NOW_MS = Date.UTC(2026, 10, 27, 16, 42, 9);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-swap-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function state(files: Readonly<Record<string, string>>): NewState {
  return { files: Object.entries(files).map(([path, content]) => ({ path: path.split('/'), content })), note: '{}' };
}

function mapOf(files: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(files));
}

const OLD = { stays: '1', changes: 'old', goes: 'x', 'db/host': 'a', becomes: 'file' };
const NEW = { stays: '1', changes: 'new', comes: 'y', 'db/host': 'b', 'db/port': '1', 'becomes/directory': 'z' };

async function write(files: Readonly<Record<string, string>>, disk?: Disk): Promise<unknown> {
  return swapIn(directory, state(files), disk ?? (await Disk.at(directory, MODES)), NOW_MS);
}

/** Nothing but the link, one directory of files, and a link for each name. */
function expectNoLeftovers(files: Readonly<Record<string, string>>): void {
  const names = readdirSync(directory);
  expect(names.filter(isGeneration)).toHaveLength(1);
  const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
  expect(names.filter((name) => !isGeneration(name)).sort()).toEqual(['..data', ...tops].sort());
}

test('all files are there, with the layout that Kubernetes gives ConfigMaps', async () => {
  expect(await write(OLD)).toBeUndefined();
  expect(seenByName(directory)).toEqual(mapOf(OLD));
  expect(seenAtOnce(directory)).toEqual(mapOf(OLD));
  expect(readdirSync(directory).find(isGeneration)).toMatch(/^\.\.2026_11_27_16_42_09\.\w{6}$/);
  await write(NEW);
  expect(seenByName(directory)).toEqual(mapOf(NEW));
  expectNoLeftovers(NEW);
  await write({});
  expect(seenByName(directory)).toEqual(new Map());
  expectNoLeftovers({});
});

test('modes are those that were asked for, whatever the umask; a group that a directory hands down stays', async () => {
  const before = process.umask(0o077);
  try {
    chmodSync(directory, 0o2770);
    await write({ 'db/host': 'a' });
    expect(statSync(join(directory, 'db/host')).mode & 0o7777).toBe(0o640);
    for (const path of ['..data', 'db']) expect(statSync(join(directory, path)).mode & 0o7777).toBe(0o2750);
  } finally {
    process.umask(before);
  }
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;
asRoot('root gives everything to the owner of the directory', async () => {
  chownSync(directory, 12345, 23456);
  await write({ 'db/host': 'a' });
  for (const path of ['..data', 'db', 'db/host'])
    expect(statSync(join(directory, path))).toMatchObject({ uid: 12345, gid: 23456 });
});

asRoot('who owns the directory leads root nowhere else with links, at no step', async () => {
  const victim = mkdtempSync(join(tmpdir(), 'cairn-victim-'));
  const own = join(directory, 'own');
  chmodSync(directory, 0o755);
  /** What somebody does who owns the directory: every new one is replaced by a link to another, and so is what is in it. */
  const attack =
    'cd "$0" || exit 1; for new in ..2*; do [ -L "$new" ] && continue; ' +
    'rm -rf "$new/db" && ln -s "$1/db" "$new/db"; mv "$new" "taken$new" && ln -s "$1" "$new"; done; true';
  let attacks = 0;
  try {
    for (let step = 0, isOver = false; !isOver; step++) {
      rmSync(victim, { recursive: true });
      mkdirSync(join(victim, 'db'), { recursive: true });
      writeFileSync(join(victim, 'db', 'host'), 'untouched');
      rmSync(own, { recursive: true, force: true });
      mkdirSync(own);
      chownSync(own, 12345, 23456);
      await swapIn(own, state(OLD), await Disk.at(own, MODES), NOW_MS);
      let done = 0;
      const attacked = stepping(await Disk.at(own, MODES), () => {
        if (done++ !== step) return;
        // Programs that everybody may run: what is on the PATH of the tests may be root's alone.
        const env = { PATH: '/usr/bin:/bin' };
        execFileSync('/bin/sh', ['-c', attack, own, victim], { uid: 12345, gid: 23456, stdio: 'ignore', env });
        attacks += 1;
      });
      await swapIn(own, state({ 'db/host': 'a', 'db/port': '1' }), attacked, NOW_MS).catch(() => undefined);
      isOver = done <= step;
      expect(statSync(victim)).toMatchObject({ uid: 0, gid: 0 });
      expect([readdirSync(victim), readdirSync(join(victim, 'db'))]).toEqual([['db'], ['host']]);
      expect(statSync(join(victim, 'db', 'host'))).toMatchObject({ uid: 0, size: 'untouched'.length });
    }
    expect(attacks).toBeGreaterThan(20);
  } finally {
    rmSync(victim, { recursive: true, force: true });
  }
});

test('what others put into the directory stays, and what is in the way is said before anything is written', async () => {
  writeFileSync(join(directory, 'lost'), 'theirs');
  symlinkSync('/etc/passwd', join(directory, 'link'));
  await write({ a: '1' });
  for (const name of ['lost', 'link']) {
    const refused = write({ a: '2', [name]: 'mine' });
    await expect(refused).rejects.toThrow(InTheWayError);
    await expect(refused).rejects.toThrow(`${join(directory, name)} is in the way`);
    expect(seenAtOnce(directory)).toEqual(mapOf({ a: '1' }));
  }
  await write({});
  expect(
    readdirSync(directory)
      .filter((name) => !name.startsWith('..'))
      .sort(),
  ).toEqual(['link', 'lost']);
});

test('a `..data` that is no link is left alone', async () => {
  mkdirSync(join(directory, '..data'));
  await expect(write({ a: '1' })).rejects.toThrow(/\.\.data is in the way/);
  expect(readdirSync(directory)).toEqual(['..data']);
});

test('two names that are one to the file system are refused, and nothing of them stays', async () => {
  await write({ a: '1' });
  const disk = stepping(await Disk.at(directory, MODES), (step, args) => {
    if (step === 'writeFile' && String(args[0]).endsWith('/É'))
      throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
  });
  const refused = write({ é: '1', É: '2' }, disk);
  await expect(refused).rejects.toThrow(SameNameError);
  await expect(refused).rejects.toThrow('"É" and another key are one file on this file system');
  expect(seenAtOnce(directory)).toEqual(mapOf({ a: '1' }));
  expectNoLeftovers({ a: '1' });
});

/** Calls `before` before each step. */
function stepping(disk: Disk, before: (step: string, args: readonly unknown[]) => void): Disk {
  return new Proxy(disk, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      // A process that ended holds nothing any more.
      if (typeof value !== 'function' || name === 'release') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        before(String(name), args);
        return (await Reflect.apply(value, target, args)) as unknown;
      };
    },
  });
}

function expectWhole(...possible: readonly Readonly<Record<string, string>>[]): void {
  const whole = possible.map((files) => JSON.stringify([...mapOf(files)].sort()));
  expect(whole).toContain(JSON.stringify([...seenByName(directory)].sort()));
  expect(whole).toContain(JSON.stringify([...(seenAtOnce(directory) ?? [])].sort()));
}

/** How many steps a change has, each looked at; the view of readers is whole before every one. */
async function countSteps(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Promise<number> {
  if (Object.keys(from).length > 0) await write(from);
  let steps = 0;
  const disk = stepping(await Disk.at(directory, MODES), () => {
    expectWhole(from, to);
    steps++;
  });
  await write(to, disk);
  return steps;
}

describe.each([
  ['the first state', {}, OLD],
  ['another state', OLD, NEW],
  ['no file at all', OLD, {}],
])('%s', (_name, from: Readonly<Record<string, string>>, to: Readonly<Record<string, string>>) => {
  test('killed before any step, readers have the old state or the new one, and the next process goes on', async () => {
    const steps = await countSteps(from, to);
    expect(steps).toBeGreaterThan(10);
    for (let last = 0; last < steps; last++) {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      if (Object.keys(from).length > 0) await write(from);
      let done = 0;
      const killed = stepping(await Disk.at(directory, MODES), () => {
        // Nothing is tidied up by a process that is dead.
        if (done++ >= last) throw new Error('killed');
      });
      await write(to, killed).catch(() => undefined);
      expectWhole(from, to);
      await tidy(directory, await Disk.at(directory, MODES));
      expectWhole(from, to);
      const left = readdirSync(directory).filter((name) => name.startsWith('..') && name !== '..data');
      expect(left.length).toBeLessThanOrEqual(1);
      expect(await write(to)).toBeUndefined();
      expectWhole(to);
      expectNoLeftovers(to);
    }
  });

  test('when a step fails, the old state stays and nothing else', async () => {
    const steps = await countSteps(from, to);
    for (let failing = 0; failing < steps; failing++) {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      if (Object.keys(from).length > 0) await write(from);
      let done = 0;
      const full = stepping(await Disk.at(directory, MODES), () => {
        if (done++ === failing) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      });
      const isSwapped = await write(to, full).then(
        () => true,
        () => false,
      );
      expectWhole(isSwapped ? to : from);
      if (!isSwapped && Object.keys(from).length > 0) expectNoLeftovers(from);
      if (!isSwapped && Object.keys(from).length === 0) expect(readdirSync(directory)).toEqual([]);
    }
  });
});

test('directories of nobody and half-made links are removed, links of others are not', async () => {
  await write({ a: '1' });
  mkdirSync(join(directory, '..2020_01_01_00_00_00.abcdef'));
  symlinkSync('..2020_01_01_00_00_00.abcdef', join(directory, '..data_tmp'));
  symlinkSync('..data/gone', join(directory, 'gone'));
  symlinkSync('..data/a', join(directory, 'alias'));
  mkdirSync(join(directory, '..mine'));
  await tidy(directory, await Disk.at(directory, MODES));
  expect(lstatSync(join(directory, 'alias')).isSymbolicLink()).toBe(true);
  const names = readdirSync(directory).filter((name) => !isGeneration(name));
  expect(names.sort()).toEqual(['..data', '..mine', 'a', 'alias']);
  expect(seenByName(directory)).toEqual(mapOf({ a: '1', alias: '1' }));
});
