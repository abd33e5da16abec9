'use strict';

/**
 * Puts dist/main.js and everything it loads into one file, dist/program.js: finding and reading 250 modules takes Node.js
 * longer than running them does. What is native, loaded by path or seldom needed (x509.ts) stays outside. Beside it come dist/cairn.js, which runs it,
 * the code that V8 compiles of it for a start, and the dashboard.
 */
const { spawnSync } = require('node:child_process');
const { copyFileSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');
const { buildDashboard } = require('./dashboard');

const DIST = join(__dirname, '..', 'dist');

buildSync({
  entryPoints: [join(DIST, 'main.js')],
  outfile: join(DIST, 'program.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['rocksdb', '@node-rs/crc32', 'bcrypt', 'pino-pretty', '@peculiar/x509', 'reflect-metadata'],
  // The launcher runs this as a script, where `import()` has no loader: what is loaded late is loaded by `require`.
  supported: { 'dynamic-import': false },
  sourcemap: 'linked',
  logLevel: 'warning',
});
asciiOnly(join(DIST, 'program.js'));
buildDashboard();
copyFileSync(join(__dirname, 'launcher.js'), join(DIST, 'cairn.js'));
// V8 tells the cache of another program by its length only.
rmSync(join(DIST, 'program.js.cache'), { force: true });
// What is set for the member that is about to be started is not meant for the one that runs for a moment now.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ETCD_')));
const { status } = spawnSync(process.execPath, [join(__dirname, 'warm.js')], {
  env,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (status !== 0) process.stderr.write('cairn: no compiled code was kept; every start will take a little longer\n');

/** Comments keep what strings are rid of. One byte a character is read in a third of the time, and takes half the memory. */
function asciiOnly(path) {
  const text = readFileSync(path, 'utf8');
  const escaped = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  writeFileSync(path, escaped);
}
