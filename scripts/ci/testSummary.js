'use strict';

/**
 * What several runs of jest say together. A file that was run again counts as it ended the last time, so that a test counts as
 * skipped only if it never ran.
 *
 *   node scripts/ci/testSummary.js skipped SUMMARY.json      prints the files in which something was skipped
 *   node scripts/ci/testSummary.js total SUMMARY.json...     prints "N passed, N failed, N skipped"
 */
const { readFileSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '..', '..');

/** Files with tests that were not run, as paths from the root. */
function skippedFiles(summary) {
  return summary.testResults
    .filter(({ assertionResults }) => assertionResults.some(({ status }) => status === 'pending'))
    .map(({ name }) => relative(ROOT, name))
    .sort();
}

/** Tests by how they ended, of the last run of each file. A file that cannot be run at all is one failure. */
function total(summaries) {
  const byFile = new Map(summaries.flatMap(({ testResults }) => testResults.map((result) => [result.name, result])));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of byFile.values()) {
    for (const assertion of assertionResults) counts[KINDS[assertion.status]]++;
    if (status === 'failed' && assertionResults.every((assertion) => assertion.status !== 'failed')) counts.failed++;
  }
  return counts;
}

const KINDS = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

module.exports = { skippedFiles, total };

function main([command, ...paths]) {
  const summaries = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')));
  if (command === 'skipped') {
    for (const file of summaries.flatMap(skippedFiles)) console.log(file);
    return;
  }
  const { passed, failed, skipped } = total(summaries);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}

if (require.main === module) main(process.argv.slice(2));
