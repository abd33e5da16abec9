'use strict';

/** The `helm` command: of the variable HELM, on the PATH, or where scripts/fetch-helm.js puts it. */
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const CACHED = join(ROOT, '.cache', 'helm', 'helm');
const CALL_LIMIT_MS = 60_000;
/** helm is done before it is worth its while to collect garbage, which takes a sixth of the time. */
const HELM_ENVIRONMENT = { GOGC: 'off' };

/** Path or name of a helm that runs; undefined if there is none. */
function findHelm() {
  const candidates = process.env.HELM === undefined ? ['helm', CACHED] : [process.env.HELM];
  return candidates.find((path) => spawnSync(path, ['version', '--short'], { timeout: CALL_LIMIT_MS }).status === 0);
}

/** Runs helm in the root of the repository. @returns { ok, stdout, stderr } */
function runHelm(helm, args) {
  const { status, stdout, stderr, error } = spawnSync(helm, args, {
    cwd: ROOT,
    env: { ...process.env, ...HELM_ENVIRONMENT },
    encoding: 'utf8',
    timeout: CALL_LIMIT_MS,
  });
  return { ok: status === 0, stdout: stdout ?? '', stderr: error === undefined ? stderr : error.message };
}

module.exports = { CACHED, HELM_ENVIRONMENT, findHelm, runHelm };
