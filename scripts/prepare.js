'use strict';

/**
 * Makes a fresh clone ready: installs packages and builds, each only if something changed since the last time.
 * Plain JavaScript on Node's own modules, because nothing else is there yet.
 */
require('./nodeVersion');
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  accessSync,
  constants: fsConstants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { constants } = require('node:os');
const { join, relative } = require('node:path');
const { runChild, ROOT } = require('./child');
const { withLock } = require('./lock');
const { remindEvery } = require('./reminder');

/** Longer than an installation takes as a rule. npm asks a network that does not answer for minutes, and says nothing. */
const REMIND_EVERY_MS = 60_000;
const STAMPS = join(ROOT, 'node_modules', '.cairn');

function say(text) {
  process.stderr.write(`cairn: ${text}\n`);
}

/** As exitCodes.badConfiguration of the program, which may not be built yet. */
const USAGE_EXIT_CODE = 2;

/** Ends the process: what was asked for makes no sense. */
function refuse(text) {
  say(text);
  process.exit(USAGE_EXIT_CODE);
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    })
    .sort();
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

function isCurrent(step, key) {
  const stamp = join(STAMPS, step);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
}

function markCurrent(step, key) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, step), key);
}

/**
 * Runs a command and shows its output; the process ends with the command's exit code if it fails. A signal to this process is
 * passed on, and ends it once the command has ended: no `npm ci` goes on alone.
 */
async function run(command, args) {
  const onStop = () => say('stopping');
  const { code, error, stoppedBy } = await runChild(command, args, ['ignore', 'inherit', 'inherit'], onStop);
  if (stoppedBy !== undefined) {
    say(`stopped by ${stoppedBy}; the next start goes on from here`);
    process.exit(128 + constants.signals[stoppedBy]);
  }
  if (error) say(`${command} could not be started: ${error.message}`);
  if (code !== 0) {
    say(`\`${command} ${args.join(' ')}\` failed; what it printed above says why`);
    process.exit(code ?? 1);
  }
}

function canLoadRocksDb() {
  const { status } = spawnSync(process.execPath, ['-e', "require('rocksdb')"], { cwd: ROOT, stdio: 'ignore' });
  return status === 0;
}

/** What is installed depends on the lock file, and on the words about packages in package.json; scripts may change. */
function installKey() {
  const { dependencies, devDependencies, overrides } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const wanted = JSON.stringify({ dependencies, devDependencies, overrides });
  return `${process.platform}-${process.arch} ${digest([join(ROOT, 'package-lock.json')])} ${hashOf(wanted)}`;
}

/** What the program needs, and a hand or a full disk may have taken away since. */
const NEEDED = ['rocksdb', 'koa', 'pino', 'typescript'];

function isInstalled() {
  const isThere = (name) => existsSync(join(ROOT, 'node_modules', name, 'package.json'));
  return isCurrent('install', installKey()) && NEEDED.every(isThere);
}

async function install() {
  const key = installKey();
  say('installing packages (once; about a minute)');
  const endReminder = remindEvery(REMIND_EVERY_MS, (seconds) => {
    say(
      `still installing after ${seconds} s. Is there a network, and does npm know its proxy ("npm config get proxy")? ` +
        'npm gives up by itself and says why; Ctrl-C ends it now',
    );
  });
  // Also what builds it, where NODE_ENV is production or npm is told to leave that out.
  await run('npm', [
    'ci',
    '--include=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]);
  endReminder();
  if (!canLoadRocksDb()) {
    say(
      `no ready-made RocksDB for ${process.platform}-${process.arch}: compiling it (once; several minutes, needs a C++ compiler)`,
    );
    // The package's own install script does nothing where there is no ready-made binary.
    await run('npm', ['explore', 'rocksdb', '--', 'node-gyp', 'rebuild']);
  }
  markCurrent('install', key);
}

function buildKey() {
  return digest([
    ...filesUnder(join(ROOT, 'src')),
    join(ROOT, 'tsconfig.json'),
    join(ROOT, 'tsconfig.build.json'),
    ...['bundle.js', 'dashboard.js', 'launcher.js', 'warm.js', 'warmCtl.js'].map((name) => join(ROOT, 'scripts', name)),
  ]);
}

function isBuilt() {
  const isWhole = (name) => (statSync(join(ROOT, 'dist', name), { throwIfNoEntry: false })?.size ?? 0) > 0;
  return isCurrent('build', buildKey()) && ['cairn.js', 'cairnctl.js'].every(isWhole);
}

async function build() {
  // Of what is built now: a source that changes meanwhile is built the next time.
  const key = buildKey();
  say('building: compiling (once; some ten seconds)');
  await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  say('building: bundling');
  await run(process.execPath, [join(ROOT, 'scripts', 'bundle.js')]);
  markCurrent('build', key);
}

/** Packages and program are written into the clone; npm would say it in forty lines. */
function checkWritable() {
  try {
    accessSync(ROOT, fsConstants.W_OK);
  } catch (error) {
    say(
      `${ROOT} cannot be written to (${error.code}), and packages or program are not ready: run this once as its owner`,
    );
    process.exit(1);
  }
}

/** Resolves when the clone is ready; ends the process, with a sentence, if it cannot be made so. */
async function prepare() {
  if (!statSync(join(ROOT, 'package-lock.json'), { throwIfNoEntry: false })) {
    say('package-lock.json is missing: this is not a complete clone');
    process.exit(1);
  }
  if (isInstalled() && isBuilt()) return;
  checkWritable();
  // Two terminals may want it at the same time; `npm ci` begins with deleting what the other one has just installed.
  await withLock(join(ROOT, '.cache', 'prepare.lock'), say, async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}

module.exports = { prepare, refuse, say, ROOT };

if (require.main === module) void prepare();
