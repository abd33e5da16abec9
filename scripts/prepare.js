'use strict';

/**
 * Makes a fresh clone ready: installs packages and builds, each only if something changed since the last time.
 * Plain JavaScript on Node's own modules, because nothing else is there yet.
 */
require('./nodeVersion');
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { accessSync, constants, existsSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { build, isBuilt } = require('./build');
const { remindEvery } = require('./reminder');
const { alone, digest, isCurrent, markCurrent, orSentence, refuse, run, say, ROOT } = require('./steps');

/** Longer than an installation takes as a rule. npm asks a network that does not answer for minutes, and says nothing. */
const REMIND_EVERY_MS = 60_000;

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
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

/** Packages and program are written into the clone; npm would say it in forty lines. */
function checkWritable() {
  try {
    accessSync(ROOT, constants.W_OK);
  } catch (error) {
    say(
      `${ROOT} cannot be written to (${error.code}), and packages or program are not ready: run this once as its owner`,
    );
    process.exit(1);
  }
}

/** Whether nothing is to be done. */
function isReady() {
  return isInstalled() && isBuilt();
}

/** Resolves when the clone is ready; ends the process, with a sentence, if it cannot be made so. */
function prepare() {
  return orSentence(makeReady);
}

async function makeReady() {
  if (!statSync(join(ROOT, 'package-lock.json'), { throwIfNoEntry: false })) {
    say('package-lock.json is missing: this is not a complete clone');
    process.exit(1);
  }
  if (isReady()) return;
  checkWritable();
  // Two terminals may want it at the same time; `npm ci` begins with deleting what the other one has just installed.
  await alone(async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}

module.exports = { isReady, prepare, refuse, say, ROOT };

if (require.main === module) void prepare();
