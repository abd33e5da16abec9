'use strict';

/**
 * npm run mutants: plants each bug of test/mutants/plantedBugs.ts into a copy of the program, and wants the test that is named
 * with it to fail, and to pass without it. `--only TEXT`: those with TEXT in their name. Ends with 1 if a bug was not found.
 */
const { spawn } = require('node:child_process');
const { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { once } = require('node:events');
const { availableParallelism, tmpdir } = require('node:os');
const { join } = require('node:path');
const { exitOnSignals } = require('./exitOnSignals');
const { prepare, ROOT } = require('./prepare');

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json', 'jest.config.js'];
const TEST_LIMIT_MS = 120_000;

const copies = [];
const running = new Set();

/** A copy to plant bugs in; the one that people work in is left alone. */
function makeCopy() {
  const copy = mkdtempSync(join(tmpdir(), 'cairn-mutants-'));
  copies.push(copy);
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
}

/** Runs jest in a copy, as the first of a group of processes that ends with it: its workers, and what the tests have started. */
async function runJest(args, copy, limitMs) {
  const child = spawn(process.execPath, [JEST, ...args], { cwd: copy, stdio: 'ignore', detached: true });
  running.add(child);
  const timer = setTimeout(() => killGroup(child), limitMs);
  await once(child, 'exit');
  clearTimeout(timer);
  killGroup(child);
  running.delete(child);
}

function killGroup({ pid }) {
  // It could not be started.
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function leaveNothing() {
  for (const child of running) killGroup(child);
  // What was killed may be writing still.
  for (const copy of copies) rmSync(copy, { recursive: true, force: true, maxRetries: 10 });
}

/** How the named test of each bug ended: 'passed', 'failed', or 'missing' if it did not run at all. */
async function outcomesOf(bugs, copy) {
  const names = bugs.map(({ killedBy }) => killedBy.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const files = [...new Set(bugs.map(({ test }) => test))];
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const named = `(${names.join('|')})$`;
  const args = ['--silent', '--json', `--outputFile=${report}`, '-t', named, '--runTestsByPath', ...files];
  await runJest(args, copy, TEST_LIMIT_MS * files.length);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return bugs.map(({ test, killedBy }) => {
    const { assertionResults } = testResults.find(({ name }) => name.endsWith(`/${test}`));
    const statuses = assertionResults
      .filter(({ fullName }) => fullName.endsWith(killedBy))
      .map(({ status }) => status)
      .filter((status) => status === 'passed' || status === 'failed');
    return statuses.length === 1 ? statuses[0] : 'missing';
  });
}

/** How the test of a bug ends once that is planted. */
async function outcomeWith(bug, copy) {
  const path = join(copy, bug.file);
  const sound = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    sound.replace(bug.text, () => bug.instead),
  );
  try {
    const [outcome] = await outcomesOf([bug], copy);
    return outcome;
  } finally {
    writeFileSync(path, sound);
  }
}

async function faultOf(before, bug, copy) {
  if (before !== 'passed') return `the test is ${before} without it`;
  const planted = await outcomeWith(bug, copy);
  return planted === 'failed' ? undefined : `the test is ${planted} with it`;
}

async function main(argv) {
  await prepare();
  require('./run-typescript');
  const { PLANTED_BUGS } = require('../test/mutants/plantedBugs');
  const only = argv.includes('--only') ? argv[argv.indexOf('--only') + 1] : '';
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(only));
  if (bugs.length === 0) throw new Error(`no bug has ${JSON.stringify(only)} in its name`);
  process.on('exit', leaveNothing);
  exitOnSignals();
  // Each lane has a copy of its own: one bug at a time is in it.
  const lanes = Math.min(availableParallelism(), bugs.length);
  while (copies.length < lanes) makeCopy();
  const before = await outcomesOf(bugs, copies[0]);
  const waiting = bugs.entries();
  let missed = 0;
  const plantInto = async (copy) => {
    for (const [at, bug] of waiting) {
      const fault = await faultOf(before[at], bug, copy);
      if (fault !== undefined) missed += 1;
      console.log(
        `${fault === undefined ? 'found ' : 'MISSED'}  ${bug.name}${fault === undefined ? '' : `: ${fault}`}`,
      );
      console.log(`        ${bug.test}: ${bug.killedBy}`);
    }
  };
  await Promise.all(copies.map(plantInto));
  process.exitCode = missed === 0 ? 0 : 1;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
