/** dist/cairn.js runs the program with the code compiled when it was built, and without it where that is of no use. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

  test('without kept code the program runs', () => {
    rmSync(join(folder, 'dist', CACHE));
    expect(node('dist/cairn.js', '--version')).toMatch(/^Cairn Version: /);
  });
}
