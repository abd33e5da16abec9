'use strict';

/** `npm run build`: makes dist/ of src/. `npm start` does the same where the sources are others than those of the last time. */
require('./nodeVersion');
const { readdirSync, rmSync, statSync } = require('node:fs');
const { join, relative } = require('node:path');
const { alone, digest, isCurrent, markCurrent, markUnfinished, orSentence, run, say, ROOT } = require('./steps');

const SOURCES = join(ROOT, 'src');
const DIST = join(ROOT, 'dist');
/** The bundler makes them of their own sources. */
const DASHBOARD = join(SOURCES, 'dashboard');
/** What is run and read; a hand or a full disk may have taken it away since. */
const NEEDED = [
  'cairn.js',
  'cairnctl.js',
  'program.js',
  'ctlProgram.js',
  'main.js',
  'config/options.js',
  'dashboard/index.html',
];

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    })
    .sort();
}

function isWhole(path) {
  const there = statSync(path, { throwIfNoEntry: false });
  return there?.isFile() === true && there.size > 0;
}

function buildKey() {
  return digest([
    ...filesUnder(SOURCES),
    join(ROOT, 'tsconfig.json'),
    join(ROOT, 'tsconfig.build.json'),
    ...['bundle.js', 'dashboard.js', 'launcher.js', 'warm.js', 'warmCtl.js'].map((name) => join(ROOT, 'scripts', name)),
  ]);
}

/** Whether what is in dist/ is whole, and of the sources as they are. */
function isBuilt() {
  return isCurrent('build', buildKey()) && NEEDED.every((name) => isWhole(join(DIST, name)));
}

/** The compiler goes by its notes of the last time and not by what is there: without them it writes all files again. */
function forgetIfIncomplete() {
  const compiled = filesUnder(SOURCES)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.startsWith(join(DASHBOARD, '/')))
    .map((path) => join(DIST, relative(SOURCES, path).replace(/ts$/, 'js')));
  if (!compiled.every(isWhole)) rmSync(join(DIST, '.tsbuildinfo'), { force: true });
}

/** Packages have to be there. The process ends, with a sentence, if it fails. */
async function build() {
  // Of what is built now: a source that changes meanwhile is built the next time.
  const key = buildKey();
  markUnfinished('build');
  forgetIfIncomplete();
  say('building: compiling (some ten seconds)');
  await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  say('building: bundling');
  await run(process.execPath, [join(ROOT, 'scripts', 'bundle.js')]);
  markCurrent('build', key);
}

module.exports = { build, isBuilt };

if (require.main === module) void orSentence(() => alone(build));
