/** `npm run build` and the build of `npm start`, with a compiler and a bundler that are quick and tell what they were given. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const COMPILED = ['main.js', 'config/options.js'];
const BUNDLED = ['cairn.js', 'cairnctl.js', 'program.js', 'ctlProgram.js', 'dashboard/index.html'];

/** Goes by its notes, as tsc does, and not by what is there. */
const COMPILER = `
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
writeFileSync('stamp-was-there', String(existsSync('node_modules/.cairn/build')));
if (process.env.CAIRN_TEST_FAILS) process.exit(3);
mkdirSync('dist/config', { recursive: true });
if (!existsSync('dist/.tsbuildinfo')) for (const name of ${JSON.stringify(COMPILED)}) writeFileSync('dist/' + name, 'compiled');
writeFileSync('dist/.tsbuildinfo', 'notes');
`;
const BUNDLER = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('dist/dashboard', { recursive: true });
for (const name of ${JSON.stringify(BUNDLED)}) writeFileSync('dist/' + name, 'bundled');
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-build-'));
  cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  write('scripts/bundle.js', BUNDLER);
  write('node_modules/typescript/bin/tsc', COMPILER);
  for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json']) write(name, '{}');
  write('src/main.ts', 'one');
  for (const name of ['src/config/options.ts', 'src/config/buffer.d.ts', 'src/dashboard/main.ts']) write(name, '');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function build(more: Readonly<Record<string, string>> = {}): number | null {
  // In the image there is neither Git nor the stamp of an installation.
  const env = { ...process.env, ...more };
  return spawnSync(process.execPath, ['scripts/build.js'], { cwd: folder, env }).status;
}

function isBuilt(): boolean {
  const { stdout } = spawnSync(process.execPath, ['-p', "require('./scripts/build.js').isBuilt()"], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout === 'true\n';
}

test('what is built is that of the sources as they are', () => {
  expect(isBuilt()).toBe(false);
  expect(build()).toBe(0);
  expect(isBuilt()).toBe(true);
  write('src/main.ts', 'two');
  expect(isBuilt()).toBe(false);
});

test('a build that ends half done leaves nothing that passes for built, also of the sources of before', () => {
  expect(build()).toBe(0);
  write('src/main.ts', 'two');
  expect(build({ CAIRN_TEST_FAILS: 'yes' })).toBe(3);
  expect(readFileSync(join(folder, 'stamp-was-there'), 'utf8')).toBe('false');
  write('src/main.ts', 'one');
  expect(isBuilt()).toBe(false);
});

test.each([...COMPILED, ...BUNDLED])('without %s it is built again, and all is there', (name) => {
  expect(build()).toBe(0);
  rmSync(join(folder, 'dist', name));
  expect(isBuilt()).toBe(false);
  expect(build()).toBe(0);
  expect(isBuilt()).toBe(true);
});

test('the notes of the compiler stay where nothing is missing', () => {
  expect(build()).toBe(0);
  write('dist/.tsbuildinfo', 'older notes');
  write('dist/main.js', 'compiled before');
  expect(build()).toBe(0);
  expect(readFileSync(join(folder, 'dist/main.js'), 'utf8')).toBe('compiled before');
});

describe('where the file system refuses something', () => {
  /** Runs the script with a function of the file system that fails where a path matches. */
  function refused(script: string, name: string, code: string, syscall: string, path: string) {
    const hook = `
      const fs = require('node:fs');
      const real = fs.${name};
      fs.${name} = (...given) => {
        const path = given.find((each) => String(each).includes(${JSON.stringify(path)}));
        if (path === undefined) return real(...given);
        throw Object.assign(new Error('refused'), { code: '${code}', syscall: '${syscall}', path });
      };`;
    write('hook.js', hook);
    return spawnSync(process.execPath, ['--require', './hook.js', script], { cwd: folder, encoding: 'utf8' });
  }

  test.each([
    [
      'writeFileSync',
      'EACCES',
      'open',
      '.cache/prepare.lock',
      'run this as the owner of the clone, or give it to this user',
    ],
    ['writeFileSync', 'ENOSPC', 'write', '.cairn/build', 'make room there'],
    ['linkSync', 'EPERM', 'link', '.cache/prepare.lock', 'put the clone on a file system that has hard links'],
  ])('%s with %s: a sentence, and no stack', (name, code, syscall, path, advice) => {
    const { status, stderr } = refused('scripts/build.js', name, code, syscall, path);
    const [said] = stderr.trim().split('\n').slice(-1);
    expect(said).toMatch(new RegExp(`^cairn: .*${code} at .*${path}.* \\(${syscall}\\); ${advice}`));
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(status).toBe(1);
  });

  test('npm start says it too', () => {
    write('package-lock.json', '{}');
    write('.cache', 'no directory');
    const { status, stderr } = spawnSync(process.execPath, ['scripts/prepare.js'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(/^cairn: the clone cannot be made ready: EEXIST at \S+\.cache \(mkdir\); .*\n$/);
    expect(status).toBe(1);
  });
});

test('npm run build goes this way', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { build: string } };
  expect(scripts.build).toMatch(/\bnode scripts\/build\.js$/);
});
