'use strict';

/**
 * Runs inside the build, in the finished file system and as its user: starts a member, writes, reads, restarts, reads
 * again, asks for its health, makes certificates. A library that is missing or a file that should not have been left out ends the build here.
 *
 *   node smoke.js DIRECTORY
 */
const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const CAIRN = '/usr/local/bin/cairn';
const CAIRNCTL = '/usr/local/bin/cairnctl';
const KEYS = 'http://127.0.0.1:2379/v2/keys';
const READY_WITHIN_MS = 60_000;

function isHealthy() {
  return spawnSync(CAIRN, ['healthcheck'], { stdio: 'ignore' }).status === 0;
}

/** Runs a member while `use` runs, then asks it to stop. */
async function withMember(dataDir, use) {
  const member = spawn(CAIRN, [`--data-dir=${dataDir}`, '--log-level=warn'], { stdio: 'inherit' });
  const ended = once(member, 'exit');
  try {
    for (const limit = Date.now() + READY_WITHIN_MS; !isHealthy(); await sleep(100)) {
      assert(member.exitCode === null && Date.now() < limit, 'the member did not become ready');
    }
    await use();
  } finally {
    member.kill('SIGTERM');
  }
  assert.deepEqual(await ended, [0, null], 'the member did not stop in order');
}

async function valueOf(response) {
  assert(response.ok, `the member answered with status ${response.status}`);
  return (await response.json()).node.value;
}

async function main(directory) {
  const dataDir = join(directory, 'data');
  await withMember(dataDir, async () => {
    const body = new URLSearchParams({ value: 'kept' });
    assert.equal(await valueOf(await fetch(`${KEYS}/smoke`, { method: 'PUT', body })), 'kept');
  });
  await withMember(dataDir, async () => {
    assert.equal(await valueOf(await fetch(`${KEYS}/smoke?quorum=true`)), 'kept');
    const { stdout } = spawnSync(CAIRNCTL, ['--no-sync', 'get', '/smoke'], { encoding: 'utf8' });
    assert.equal(stdout, 'kept\n', 'cairnctl does not read it');
  });
  // What makes certificates is loaded only then.
  const certs = spawnSync(CAIRN, ['certs', '--directory', join(directory, 'certs')], { encoding: 'utf8' });
  assert.equal(certs.status, 0, `no certificate could be made: ${certs.stderr}`);
  assert.equal(isHealthy(), false, 'a member that stopped counts as healthy');
  console.log(`started, written to, stopped, started and read on Node.js ${process.version}, ${process.arch}`);
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
