'use strict';

/**
 * Makes a fresh clone ready: installs packages and builds, each only if something changed since the last time.
 * Plain JavaScript on Node's own modules, because nothing else is there yet.
 */
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '..');
const STAMPS = join(ROOT, 'node_modules', '.cairn');

function say(text) {
  process.stderr.write(`cairn: ${text}\n`);
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

function isCurrent(step, key) {
  const stamp = join(STAMPS, step);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
}

function markCurrent(step, key) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, step), key);
}

/** Runs a command and shows its output; the process ends with the command's exit code if it fails. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) say(`${command} could not be started: ${error.message}`);
  if (status !== 0) {
    say(`\`${command} ${args.join(' ')}\` failed; what it printed above says why`);
    process.exit(status ?? 1);
  }
}

function canLoadRocksDb() {
  const { status } = spawnSync(process.execPath, ['-e', "require('rocksdb')"], { cwd: ROOT, stdio: 'ignore' });
  return status === 0;
}

function install() {
  const key = `${process.platform}-${process.arch} ${digest([join(ROOT, 'package.json'), join(ROOT, 'package-lock.json')])}`;
  if (isCurrent('install', key)) return;
  say('installing packages (once; about a minute)');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!canLoadRocksDb()) {
    say(
      `no ready-made RocksDB for ${process.platform}-${process.arch}: compiling it (once; several minutes, needs a C++ compiler)`,
    );
    // The package's own install script does nothing where there is no ready-made binary.
    run('npm', ['explore', 'rocksdb', '--', 'node-gyp', 'rebuild']);
  }
  markCurrent('install', key);
}

function build() {
  const key = digest([
    ...filesUnder(join(ROOT, 'src')),
    join(ROOT, 'tsconfig.json'),
    join(ROOT, 'tsconfig.build.json'),
    ...['bundle.js', 'launcher.js', 'warm.js'].map((name) => join(ROOT, 'scripts', name)),
  ]);
  if (isCurrent('build', key) && existsSync(join(ROOT, 'dist', 'cairn.js'))) return;
  say('building');
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  run(process.execPath, [join(ROOT, 'scripts', 'bundle.js')]);
  markCurrent('build', key);
}

function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    say(`Node.js ${process.versions.node} is too old; version 20.19 or newer is needed`);
    process.exit(1);
  }
  if (!statSync(join(ROOT, 'package-lock.json'), { throwIfNoEntry: false })) {
    say('package-lock.json is missing: this is not a complete clone');
    process.exit(1);
  }
  install();
  build();
}

module.exports = { prepare, say, ROOT };

if (require.main === module) prepare();
