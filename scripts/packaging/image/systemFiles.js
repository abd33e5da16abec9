'use strict';

/**
 * Collects what Node.js and the addons need of the system into a folder that becomes the root of the image: shared
 * libraries, with the records by which scanners know their versions, their licences, and the names of two users.
 * Runs in an official image of Node.js on Debian 12 or newer, as root.
 *
 *   node systemFiles.js /root-of-the-image /opt/cairn/node_modules
 */
const { execFileSync } = require('node:child_process');
const { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

/** Of no use to people on the host: numbers from 1000 up are theirs, and a process that breaks out would have their rights. */
const USER = 65532;

/** Where the commands of the image look for it: there is no /usr/bin/env. */
const NODE = '/usr/local/bin/node';

/** Older ones load what looks host names up (libnss_*) when it is needed: no list of libraries has that. */
const GLIBC_MIN = [2, 34];

/**
 * Why this base is none for the image, in a sentence; undefined if it is one.
 *
 * @param glibc its version, undefined where there is another C library
 */
function whyUnfit(node, glibc) {
  const wanted = 'build on an official image of Node.js on Debian 12 or newer (NODE_IMAGE)';
  if (node !== NODE) return `node is ${node} in this base, and has to be ${NODE}: ${wanted}`;
  if (glibc === undefined) return `this base has no glibc: ${wanted}`;
  const [major, minor] = glibc.split('.').map(Number);
  const isOld = major < GLIBC_MIN[0] || (major === GLIBC_MIN[0] && minor < GLIBC_MIN[1]);
  return isOld ? `glibc is ${glibc} in this base, and has to be ${GLIBC_MIN.join('.')} or newer: ${wanted}` : undefined;
}

function addonsUnder(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.node'))
    .map((name) => join(folder, name));
}

/** The paths of the shared libraries of a program, the loader among them. */
function librariesOf(program) {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  const missing = lines.find((line) => line.includes('not found'));
  if (missing !== undefined)
    throw new Error(`${program} needs a library that this image does not have: ${missing.trim()}`);
  return lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function copy(path, root) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(path, join(root, path));
}

/** The Debian package a file came with; it may be recorded with or without /usr, which are the same place. */
function packageOf(library) {
  const owners = execFileSync('dpkg-query', ['-S', `*/${basename(library)}`], { encoding: 'utf8' });
  const owner = /^([a-z0-9][a-z0-9.+-]+)(:[a-z0-9]+)?: \//m.exec(owners)?.[1];
  if (owner === undefined) throw new Error(`no Debian package holds ${library}`);
  return owner;
}

/** One file a package, as scanners look for where there is no package manager. */
function recordPackage(name, root) {
  const record = execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
  mkdirSync(join(root, 'var/lib/dpkg/status.d'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status.d', name), record);
  const licence = `/usr/share/doc/${name}/copyright`;
  if (existsSync(licence)) copy(licence, root);
}

function writeUsers(root) {
  mkdirSync(join(root, 'etc'), { recursive: true });
  const users = [`root:x:0:0:root:/:/nonexistent`, `cairn:x:${USER}:${USER}:cairn:/var/lib/cairn:/nonexistent`];
  writeFileSync(join(root, 'etc/passwd'), `${users.join('\n')}\n`);
  writeFileSync(join(root, 'etc/group'), `root:x:0:\ncairn:x:${USER}:\n`);
}

function main(root, modules) {
  const programs = [process.execPath, ...addonsUnder(modules)];
  const libraries = new Set(programs.flatMap(librariesOf));
  for (const path of [process.execPath, ...libraries, '/etc/os-release', '/etc/debian_version']) copy(path, root);
  for (const name of new Set([...libraries].map(packageOf))) recordPackage(name, root);
  writeUsers(root);
}

module.exports = { whyUnfit };

if (require.main === module) {
  const reason = whyUnfit(process.execPath, process.report.getReport().header.glibcVersionRuntime);
  if (reason === undefined) {
    main(process.argv[2], process.argv[3]);
  } else {
    process.stderr.write(`cairn: ${reason}\n`);
    process.exitCode = 1;
  }
}
