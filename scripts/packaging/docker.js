'use strict';

/** The docker command, with a limit on every call. Whatever provides it: DOCKER_HOST and the like are passed on. */
const { execFile } = require('node:child_process');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const ROOT = join(__dirname, '..', '..');
const CALL_LIMIT_MS = 2 * 60_000;
const BUILD_LIMIT_MS = 30 * 60_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;
const POLL_MS = 200;

/** What the tests build and run. */
const IMAGE = 'cairn:test';

/**
 * Runs a program in the root of the repository and resolves with its exit code and output; `code` is undefined if it
 * could not be started or ran into the limit.
 */
function run(program, args, { limitMs = CALL_LIMIT_MS, env = {} } = {}) {
  return new Promise((resolve) => {
    const options = {
      cwd: ROOT,
      timeout: limitMs,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      env: { ...process.env, ...env },
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ code, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
    });
  });
}

/** Runs docker and resolves with its output; rejects, with all it said, if it fails. */
async function docker(args, options) {
  const { code, stdout, stderr } = await run('docker', args, options);
  if (code !== 0) throw new Error(`docker ${args.join(' ')} failed (${code ?? 'limit'}):\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Why containers cannot be run here, in a sentence; undefined if they can. */
async function whyNoDocker() {
  const { code } = await run('docker', ['version']);
  return code === 0 ? undefined : 'it needs a `docker` command that reaches a running engine';
}

/** The same for compose. */
async function whyNoCompose() {
  const noDocker = await whyNoDocker();
  if (noDocker !== undefined) return noDocker;
  const { code } = await run('docker', ['compose', 'version']);
  return code === 0 ? undefined : 'it needs `docker compose` (version 2)';
}

/** Builds the image; NODE_IMAGE in the environment names another base. A second build is a matter of a second. */
async function buildImage() {
  const base = process.env.NODE_IMAGE === undefined ? [] : ['--build-arg', `NODE_IMAGE=${process.env.NODE_IMAGE}`];
  await docker(['build', '--tag', IMAGE, ...base, '.'], { limitMs: BUILD_LIMIT_MS, env: { DOCKER_BUILDKIT: '1' } });
}

/** Polls until `isSo` resolves with true; rejects with `what` after `limitMs`. A rejection of `isSo` counts as false. */
async function until(what, limitMs, isSo) {
  const deadline = Date.now() + limitMs;
  let last;
  for (;;) {
    const answer = await isSo().catch((error) => {
      last = error;
      return false;
    });
    if (answer === true) return;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`, { cause: last });
    await sleep(POLL_MS);
  }
}

module.exports = { ROOT, IMAGE, run, docker, whyNoDocker, whyNoCompose, buildImage, until };
