'use strict';

/**
 * Keeps a build of the program for the tests of rolling upgrades:
 *
 *   node scripts/keep-build.js COMMIT NAME
 *
 * builds COMMIT, in a directory of its own, with the packages that are installed here, and writes test/cluster/builds/NAME.js.br: the
 * whole program in one file, without comments and line breaks, compressed. What is native stays outside, as in dist/program.js.
 */
const { spawnSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { brotliCompressSync } = require('node:zlib');
const { buildSync } = require('esbuild');

const ROOT = join(__dirname, '..');
const TREE_BYTES_MAX = 1 << 30;

function run(command, args, options) {
  const { status, error, stdout } = spawnSync(command, args, { maxBuffer: TREE_BYTES_MAX, ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`\`${command} ${args.join(' ')}\` ended with ${status}`);
  return stdout;
}

function keep(commit, name) {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-build-'));
  try {
    const tree = run('git', ['archive', commit], { cwd: ROOT });
    run('tar', ['x'], { cwd: directory, input: tree });
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: directory, stdio: 'inherit' });
    const outfile = join(directory, 'kept.js');
    buildSync({
      entryPoints: [join(directory, 'dist', 'main.js')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      external: ['rocksdb', '@node-rs/crc32', 'pino-pretty'],
      supported: { 'dynamic-import': false },
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'warning',
    });
    const kept = join(ROOT, 'test', 'cluster', 'builds', `${name}.js.br`);
    writeFileSync(kept, brotliCompressSync(readFileSync(outfile)));
    process.stdout.write(`${kept}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const [commit, name] = process.argv.slice(2);
if (commit === undefined || name === undefined) {
  process.stderr.write('usage: node scripts/keep-build.js COMMIT NAME\n');
  process.exitCode = 2;
} else {
  keep(commit, name);
}
