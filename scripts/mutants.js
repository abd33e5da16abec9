'use strict';

/**
 * npm run mutants: plants each bug of test/mutants/plantedBugs.ts into a copy of the program, and wants the test that is named
 * with it to fail, and to pass without it. `--only TEXT`: those with TEXT in their name. Ends with 1 if a bug was not found.
 */
const { spawnSync } = require('node:child_process');
const { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { prepare, ROOT } = require('./prepare');

const COPIED = ['src', 'test', 'package.json', 'tsconfig.json', 'jest.config.js'];
const TEST_LIMIT_MS = 120_000;

/** A copy to plant bugs in; the one that people work in is left alone. */
function makeCopy() {
  const copy = mkdtempSync(join(tmpdir(), 'cairn-mutants-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** How the named test of a bug ended: 'passed', 'failed', or 'missing' if it did not run at all. */
function outcomeOf({ test, killedBy }, copy) {
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const name = `${killedBy.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const args = [jest, '--silent', '--json', `--outputFile=${report}`, '-t', name, '--runTestsByPath', test];
  spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: TEST_LIMIT_MS, killSignal: 'SIGKILL' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const statuses = results.map(({ status }) => status).filter((status) => status === 'passed' || status === 'failed');
  return statuses.length === 1 ? statuses[0] : 'missing';
}

function hunt(bug, copy) {
  const path = join(copy, bug.file);
  const sound = readFileSync(path, 'utf8');
  const before = outcomeOf(bug, copy);
  if (before !== 'passed') return `the test is ${before} without it`;
  writeFileSync(
    path,
    sound.replace(bug.text, () => bug.instead),
  );
  try {
    const planted = outcomeOf(bug, copy);
    return planted === 'failed' ? undefined : `the test is ${planted} with it`;
  } finally {
    writeFileSync(path, sound);
  }
}

async function main(argv) {
  await prepare();
  require('./run-typescript');
  const { PLANTED_BUGS } = require('../test/mutants/plantedBugs');
  const only = argv.includes('--only') ? argv[argv.indexOf('--only') + 1] : '';
  const copy = makeCopy();
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  let missed = 0;
  for (const bug of PLANTED_BUGS.filter(({ name }) => name.includes(only))) {
    const fault = hunt(bug, copy);
    if (fault !== undefined) missed += 1;
    console.log(`${fault === undefined ? 'found ' : 'MISSED'}  ${bug.name}${fault === undefined ? '' : `: ${fault}`}`);
    console.log(`        ${bug.test}: ${bug.killedBy}`);
  }
  process.exitCode = missed === 0 ? 0 : 1;
}

void main(process.argv.slice(2));
