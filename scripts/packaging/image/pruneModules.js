'use strict';

/**
 * Takes out of an installed node_modules what no running program reads: other platforms' binaries, those for a libc that Debian
 * does not have, C++ sources, what the compiler left behind, type declarations, source maps and manuals. Licences stay.
 *
 *   node pruneModules.js node_modules
 */
const { readdirSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** Under a package's folder; what its published files hold for those who build it. */
const ROCKSDB_SOURCES = ['deps', '.circleci', 'binding.cc', 'binding.gyp', 'download_prebuilds'];
const UNREAD = /\.(d\.[cm]?ts|[cm]?ts|map|md|markdown)$|\.musl\.node$|^(\.bin|\.package-lock\.json|\.github)$/;
const LICENCE = /^(licen[cs]e|copying|notice)/i;

function removeUnread(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (UNREAD.test(entry.name) && !LICENCE.test(entry.name)) rmSync(path, { recursive: true });
    else if (entry.isDirectory()) removeUnread(path);
  }
}

/** Leaves one binary: the one that was compiled here, else the ready-made one for this platform. */
function removeOtherBinaries(base, compiledName) {
  const compiled = join('build', 'Release', compiledName);
  const hasCompiled = statSync(join(base, compiled), { throwIfNoEntry: false }) !== undefined;
  const wanted = hasCompiled ? compiled : join('prebuilds', `${process.platform}-${process.arch}`);
  for (const root of ['build', 'prebuilds']) keepOnly(base, root, wanted);
}

function keepOnly(base, path, wanted) {
  if (path === wanted || statSync(join(base, path), { throwIfNoEntry: false }) === undefined) return;
  if (!wanted.startsWith(join(path, '/'))) {
    rmSync(join(base, path), { recursive: true });
    return;
  }
  for (const name of readdirSync(join(base, path))) keepOnly(base, join(path, name), wanted);
}

function main(modules) {
  const rocksdb = join(modules, 'rocksdb');
  for (const name of ROCKSDB_SOURCES) rmSync(join(rocksdb, name), { recursive: true, force: true });
  removeOtherBinaries(rocksdb, 'leveldown.node');
  removeOtherBinaries(join(modules, 'bcrypt'), 'bcrypt_lib.node');
  removeUnread(modules);
}

main(process.argv[2] ?? 'node_modules');
