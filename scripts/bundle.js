'use strict';

/**
 * Puts dist/main.js and everything it loads into one file, dist/program.js: finding and reading 250 modules takes Node.js
 * longer than running them does. What is native or loaded by path stays outside. Beside it comes dist/cairn.js, which runs it,
 * and the code that V8 compiles of it for a start.
 */
const { spawnSync } = require('node:child_process');
const { copyFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const DIST = join(__dirname, '..', 'dist');

buildSync({
  entryPoints: [join(DIST, 'main.js')],
  outfile: join(DIST, 'program.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['rocksdb', 'pino-pretty'],
  sourcemap: 'linked',
  logLevel: 'warning',
});
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
