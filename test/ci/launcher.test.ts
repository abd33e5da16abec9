/** dist/cairn.js runs the program with the code compiled when it was built, and without it where that is of no use. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyMissing } from '../support/serverProcess';

const ROOT = join(__dirname, '../..');
const CACHE = 'program.js.cache';

const reason = whyMissing('cairn');
if (reason === undefined) describe('the launcher', suite);
else describe.skip(`the launcher (skipped: ${reason})`, suite);

function suite(): void {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-launcher-'));
    mkdirSync(join(folder, 'dist'));
    copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const name of ['cairn.js', 'program.js', CACHE])
      copyFileSync(join(ROOT, 'dist', name), join(folder, 'dist', name));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function node(...args: readonly string[]): string {
    return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  }

  function isCacheRefused(): string {
    return node('-p', "require('./dist/cairn.js').load().cachedDataRejected");
  }

  test('the code kept at the build is that of the program, and accepted', () => {
    expect(isCacheRefused()).toBe('false\n');
    expect(node('dist/cairn.js', '--version')).toMatch(/^Cairn Version: /);
  });

  test('code that is damaged is refused, and the program runs', () => {
    writeFileSync(join(folder, 'dist', CACHE), 'no code');
    expect(isCacheRefused()).toBe('true\n');
    expect(node('dist/cairn.js', '--version')).toMatch(/^Cairn Version: /);
  });

  describe('an installation that lacks something', () => {
    const binding = 'node_modules/rocksdb';

    /** Without its sources, and what is for other systems. */
    function copyBinding(): void {
      cpSync(join(ROOT, binding), join(folder, binding), {
        recursive: true,
        filter: (path) => !/\/(?:deps|darwin-\w+|win32-\w+)$/.test(path),
      });
    }

    /** The binary that is loaded here: a ready-made one, or one that was compiled. */
    function binary(): string {
      const built = 'build/Release/leveldown.node';
      return existsSync(join(folder, binding, built)) ? built : 'prebuilds/linux-x64/node.napi.glibc.node';
    }

    /** With packages of its own: links to all of them but this one. */
    function withOwn(name: string): void {
      rmSync(join(folder, 'node_modules'));
      mkdirSync(join(folder, 'node_modules'));
      for (const each of readdirSync(join(ROOT, 'node_modules')))
        if (each !== name) symlinkSync(join(ROOT, 'node_modules', each), join(folder, 'node_modules', each));
    }

    function start(): { readonly status: number | null; readonly stderr: string } {
      return spawnSync(process.execPath, ['dist/cairn.js', '--version'], { cwd: folder, encoding: 'utf8' });
    }

    test.each([
      ['no RocksDB', /Cannot find module 'rocksdb'/, () => undefined],
      [
        'an empty file of its binary',
        /file too short/,
        () => {
          copyBinding();
          truncateSync(join(folder, binding, binary()));
        },
      ],
      [
        'a RocksDB for other machines only',
        /No native build was found/,
        () => {
          copyBinding();
          rmSync(join(folder, binding, 'prebuilds'), { recursive: true });
          rmSync(join(folder, binding, 'build'), { recursive: true, force: true });
        },
      ],
      [
        'no program beside the launcher',
        /no such file or directory, open .*program\.js/,
        () => {
          rmSync(join(folder, 'dist/program.js'));
        },
      ],
    ])('%s: a sentence, and no stack', (_what, words, damage) => {
      withOwn('rocksdb');
      damage();
      const { status, stderr } = start();
      expect(status).toBe(1);
      expect(stderr).toMatch(words);
      expect(stderr).toContain('Install it again');
      expect(stderr.trim().split('\n')).toHaveLength(2);
    });
  });

  test('without kept code the program runs', () => {
    rmSync(join(folder, 'dist', CACHE));
    expect(node('dist/cairn.js', '--version')).toMatch(/^Cairn Version: /);
  });
}
