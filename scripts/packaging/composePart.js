'use strict';

/** Runs deploy/compose.yaml: three members, one killed, one without its disk, all stopped and started; then with deploy/compose.tls.yaml. */
const assert = require('node:assert/strict');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const https = require('node:https');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { freePorts } = require('./ports');
const { IMAGE, ROOT, buildImage, docker, run, until, whyNoCompose } = require('./docker');
const { get, members, put } = require('./keys');

const [PLAIN, TLS] = ['compose.yaml', 'compose.tls.yaml'].map((file) => join(ROOT, 'deploy', file));
const NAMES = ['node1', 'node2', 'node3'];
const UP_LIMIT_MS = 3 * 60_000;
const CATCH_UP_LIMIT_MS = 60_000;

/** A deployment of its own: another name, the image under test, ports that nobody uses. */
async function createProject(files, more = {}) {
  const name = `cairn-test-${process.pid}-${files.length}`;
  const ports = await freePorts(NAMES.length);
  const env = { CAIRN_IMAGE: IMAGE, ...more };
  ports.forEach((port, at) => (env[`CAIRN_PORT${at + 1}`] = String(port)));
  const compose = (...args) =>
    docker(['compose', '--project-name', name, ...files.flatMap((file) => ['--file', file]), ...args], {
      env,
      limitMs: UP_LIMIT_MS,
    });
  return {
    name,
    compose,
    up: (...args) => compose('up', '--detach', '--no-build', '--wait', '--quiet-pull', ...args),
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    ports,
  };
}

function untilEach(urls, what, isSo) {
  return Promise.all(urls.map((url) => until(`${url} ${what}`, CATCH_UP_LIMIT_MS, () => isSo(url))));
}

/** Plain reads: each member answers from its own tree. */
function untilEachHas(urls, key, value) {
  return untilEach(urls, `has ${key}`, async (url) => (await get(url, key)) === value);
}

async function exitCodeOf(project, service) {
  const container = await project.compose('ps', '--all', '--quiet', service);
  return docker(['inspect', '--format', '{{.State.ExitCode}}', container]);
}

async function checkFormed({ compose, up, urls }) {
  await up();
  await compose('exec', '-T', 'node1', 'cairn', 'check', '--members', String(NAMES.length));
  const known = await members(urls[0]);
  assert.deepEqual(known.map(({ name }) => name).sort(), NAMES, 'the members of the cluster');
  await put(urls[0], 'a', 'all three');
  await untilEachHas(urls, 'a', 'all three');
}

async function checkKilled({ compose, up, urls }) {
  await compose('kill', 'node1');
  await until('two members take writes', CATCH_UP_LIMIT_MS, async () => {
    await put(urls[1], 'b', 'without node1');
    return true;
  });
  await up();
  await untilEachHas(urls, 'a', 'all three');
  await untilEachHas(urls, 'b', 'without node1');
}

/** A member whose disk is gone comes back by itself: the volume is removed, nothing else is done. */
async function checkDiskLost({ name, compose, up, urls }) {
  const before = await members(urls[0]);
  await compose('rm', '--stop', '--force', 'node2');
  await docker(['volume', 'rm', `${name}_node2`]);
  await put(urls[0], 'c', 'without node2');
  await up();
  await untilEachHas(urls, 'b', 'without node1');
  await untilEachHas(urls, 'c', 'without node2');
  const after = await members(urls[0]);
  assert.deepEqual(after.map(({ name: member }) => member).sort(), NAMES, 'the members after one lost its disk');
  const idOf = (list, member) => list.find((one) => one.name === member)?.id;
  assert.notEqual(idOf(after, 'node2'), idOf(before, 'node2'), 'a member without its data is a new member');
  assert.equal(idOf(after, 'node3'), idOf(before, 'node3'));
}

async function checkRestarted(project) {
  const { compose, up, urls } = project;
  await compose('stop');
  for (const service of ['discovery', ...NAMES]) {
    assert.equal(await exitCodeOf(project, service), '0', `${service} did not stop in order`);
  }
  await up();
  for (const [key, value] of [
    ['a', 'all three'],
    ['b', 'without node1'],
    ['c', 'without node2'],
  ]) {
    await untilEachHas(urls, key, value);
  }
}

/** The cluster does not need what it was formed with. */
async function checkWithoutDiscovery({ compose, urls }) {
  await compose('stop', 'discovery');
  await compose('restart', 'node3');
  await until(
    'node3 is back',
    CATCH_UP_LIMIT_MS,
    async () => (await get(urls[2], 'a', { quorum: true })) === 'all three',
  );
}

async function timed(say, what, step) {
  const began = performance.now();
  await step();
  say(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** What a client with the files that `cp` gets is answered over https; rejects where the handshake fails. */
function askOverTls(port, files) {
  return new Promise((resolve, reject) => {
    const asked = https.get(
      { host: '127.0.0.1', port, path: '/v2/keys/cairn-check', agent: false, ...files },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      },
    );
    asked.on('error', reject).setTimeout(CATCH_UP_LIMIT_MS, () => asked.destroy(new Error('no answer')));
  });
}

/** Certificates are made at the first start, kept at the next ones, and demanded of clients. */
async function checkTls({ compose, up, ports }) {
  await up();
  await compose('exec', '-T', 'node1', 'cairn', 'check', '--members', String(NAMES.length));
  const directory = mkdtempSync(join(tmpdir(), 'cairn-compose-tls-'));
  try {
    const file = async (name) => {
      await compose('cp', `node1:/run/tls/certs/${name}`, directory);
      return readFileSync(join(directory, name));
    };
    const [ca, cert, key] = [await file('ca.crt'), await file('client.crt'), await file('client.key')];
    for (const port of ports) {
      // An answer or "Key not found": it may be asked.
      assert.ok([200, 404].includes(await askOverTls(port, { ca, cert, key })), 'a client with a certificate');
      await assert.rejects(askOverTls(port, { ca }), 'a client without a certificate is served');
    }
    await compose('down');
    await up();
    assert.deepEqual(await file('ca.crt'), ca, 'another CA at the second start');
    await compose('exec', '-T', 'node2', 'cairn', 'check', '--members', String(NAMES.length));
    await assert.rejects(compose('exec', '-T', 'node1', 'cairn', 'healthcheck', '--url', 'http://127.0.0.1:2379'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs the steps in a project, and takes everything away that is of it. */
async function inProject(project, steps) {
  try {
    await steps(project);
  } catch (error) {
    const logs = await project.compose('logs', '--no-color', '--tail=80').catch(String);
    throw new Error(`${error.message}\nthe logs:\n${logs}`, { cause: error });
  } finally {
    await project.compose('down', '--volumes', '--timeout=10');
  }
  const left = await run('docker', ['volume', 'ls', '--quiet', '--filter', `name=${project.name}_`]);
  assert.equal(left.stdout, '', '`down --volumes` left volumes behind');
}

async function checkAll(say) {
  await timed(say, 'image built', buildImage);
  await inProject(await createProject([PLAIN]), async (project) => {
    await timed(say, 'three members formed a cluster by discovery, all have a key', () => checkFormed(project));
    await timed(say, 'one killed, written to, started again', () => checkKilled(project));
    await timed(say, 'one lost its volume and took its place again', () => checkDiskLost(project));
    await timed(say, 'all stopped in order and started again, all keys are there', () => checkRestarted(project));
    await timed(say, 'a member restarted without the discovery service', () => checkWithoutDiscovery(project));
  });
  const demanding = { CAIRN_CLIENT_CERT_AUTH: 'true' };
  await inProject(await createProject([PLAIN, TLS], demanding), async (project) => {
    await timed(say, 'TLS everywhere, with certificates made at the first start and kept', () => checkTls(project));
  });
}

module.exports = {
  name: 'compose',
  summary:
    'deploy/compose.yaml is run, and its members are killed, emptied and restarted; deploy/compose.tls.yaml is run beside it',
  whyNot: whyNoCompose,
  run: checkAll,
};
