'use strict';

/**
 * What several runs of jest say together. A file that was run again counts as it ended the last time, so that a test counts as
 * skipped only if it never ran.
 *
 *   node scripts/ci/testSummary.js skipped SUMMARY.json      prints the files in which something was skipped
 *   node scripts/ci/testSummary.js total SUMMARY.json...     prints "N passed, N failed, N skipped"; exit code 1 if one failed, or was
 *                                                            skipped that need not be
 */
const { readFileSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '..', '..');

/**
 * Of what CI's machines do not have: Docker. Programs are installed by .ci/run, and it runs as root on Linux for x64, where it may mount: so that
 * nothing is left out by accident.
 */
const MAY_BE_SKIPPED = ['test/terminal/container.test.ts'];

/** Files with tests that were not run, as paths from the root. */
function skippedFiles(summary) {
  return summary.testResults
    .filter(({ assertionResults }) => assertionResults.some(({ status }) => status === 'pending'))
    .map(({ name }) => relative(ROOT, name))
    .sort();
}

/** Tests by how they ended, of the last run of each file. A file that cannot be run at all is one failure. */
function total(summaries) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of lastRuns(summaries)) {
    for (const assertion of assertionResults) counts[KINDS[assertion.status]]++;
    if (status === 'failed' && assertionResults.every((assertion) => assertion.status !== 'failed')) counts.failed++;
  }
  return counts;
}

/** What has to be mended before the whole counts as passed, a line each. */
function faults(summaries) {
  const { passed, failed } = total(summaries);
  const skipped = skippedFiles({ testResults: lastRuns(summaries) }).filter((file) => !MAY_BE_SKIPPED.includes(file));
  return [
    ...(passed === 0 ? ['no test passed'] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...skipped.map((file) => `skipped, wholly or in part: ${file}`),
  ];
}

function lastRuns(summaries) {
  return [
    ...new Map(summaries.flatMap(({ testResults }) => testResults.map((result) => [result.name, result]))).values(),
  ];
}

const KINDS = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

module.exports = { skippedFiles, total, faults };

function main([command, ...paths]) {
  const summaries = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')));
  if (command === 'skipped') {
    for (const file of summaries.flatMap(skippedFiles)) console.log(file);
    return;
  }
  const { passed, failed, skipped } = total(summaries);
  const found = faults(summaries);
  for (const fault of found) console.log(fault);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (found.length > 0) process.exitCode = 1;
}

if (require.main === module) main(process.argv.slice(2));
