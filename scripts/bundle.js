'use strict';

/**
 * Puts dist/main.js and everything it loads into one file, dist/program.js: finding and reading 250 modules takes Node.js
 * longer than running them does. What is native, loaded by path or seldom needed (x509.ts) stays outside. cairnctl gets one of its own,
 * dist/ctlProgram.js. Beside them come dist/cairn.js and dist/cairnctl.js, which run them, the code that V8 compiles of them for a start,
 * and the dashboard.
 */
const { spawnSync } = require('node:child_process');
const { copyFileSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');
const { buildDashboard } = require('./dashboard');

const DIST = join(__dirname, '..', 'dist');
const LINE_CHARACTERS = 200;

bundle('main.js', 'program.js');
// cairnctl without the server: it starts for each key that a script reads.
bundle('ctlMain.js', 'ctlProgram.js');
buildDashboard();
for (const name of ['cairn.js', 'cairnctl.js']) copyFileSync(join(__dirname, 'launcher.js'), join(DIST, name));
// V8 tells the cache of another program by its length only.
for (const name of ['program.js.cache', 'ctlProgram.js.cache']) rmSync(join(DIST, name), { force: true });
// What is set for the member that is about to be started is not meant for the one that runs for a moment now.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^ETCD(?:CTL)?_/.test(name)));
const { status } = spawnSync(process.execPath, [join(__dirname, 'warm.js')], {
  env,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (status !== 0) process.stderr.write('cairn: no compiled code was kept; every start will take a little longer\n');

function bundle(entry, outcome) {
  buildSync({
    entryPoints: [join(DIST, entry)],
    outfile: join(DIST, outcome),
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['rocksdb', '@node-rs/crc32', 'bcrypt', 'pino-pretty', '@peculiar/x509', 'reflect-metadata'],
    // The launcher runs this as a script, where `import()` has no loader: what is loaded late is loaded by `require`.
    supported: { 'dynamic-import': false },
    // V8 keeps the text as long as the program runs. Names stay, and lines short enough for a stack trace to say something.
    minifyWhitespace: true,
    lineLimit: LINE_CHARACTERS,
    // Notices of those whose code it is, in a file beside it.
    legalComments: 'external',
    // As Node.js wraps a module; the launcher would have to copy the text to do so.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  asciiOnly(join(DIST, outcome));
}

/** Comments keep what strings are rid of. One byte a character is read in a third of the time, and takes half the memory. */
function asciiOnly(path) {
  const text = readFileSync(path, 'utf8');
  const escaped = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  writeFileSync(path, escaped);
}
