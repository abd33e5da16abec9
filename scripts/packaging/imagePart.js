'use strict';

/** Builds the image and runs single containers of it, as strictly confined as the compose file and the chart do. */
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { IMAGE, ROOT, buildImage, docker, run, until, whyNoDocker } = require('./docker');
const { get, put } = require('./keys');

const CONFINED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
const HEALTHY_WITHIN_MS = 60_000;
const SIZE_MAX_MB = 200;

/** Checks look at docker's own verdict often; the image's interval suits a server that runs for months. */
const EAGER = ['--health-interval=1s'];

/** Starts a container and hands its name to `use`; it and its anonymous volume are gone afterwards. */
async function withContainer(name, options, args, use) {
  const container = `cairn-test-${process.pid}-${name}`;
  await docker(['run', '--detach', '--name', container, ...CONFINED, ...EAGER, ...options, IMAGE, ...args]);
  try {
    await use(container);
  } catch (error) {
    const { stdout, stderr } = await run('docker', ['logs', container]);
    throw new Error(`${name}: ${error.message}\nits log:\n${stdout}${stderr}`, { cause: error });
  } finally {
    await docker(['rm', '--force', '--volumes', container]);
  }
}

function inspect(container, format) {
  return docker(['inspect', '--format', format, container]);
}

async function untilHealthy(container) {
  let state;
  await until(`${container} is healthy`, HEALTHY_WITHIN_MS, async () => {
    const [status, health] = (await inspect(container, '{{.State.Status}} {{.State.Health.Status}}')).split(' ');
    state = status;
    return status !== 'running' || health === 'healthy';
  });
  assert.equal(state, 'running', 'the container ended');
}

async function clientUrl(container) {
  return `http://${await docker(['port', container, '2379/tcp'])}`;
}

/** Stops a container as an orchestrator does and checks that it ended by itself. */
async function stopInOrder(container) {
  const began = Date.now();
  await docker(['stop', '--time=20', container]);
  assert.equal(await inspect(container, '{{.State.ExitCode}}'), '0', 'SIGTERM did not end the member in order');
  return Date.now() - began;
}

async function checkManifest(say) {
  const [image] = JSON.parse(await docker(['image', 'inspect', IMAGE]));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.equal(image.Config.Labels['org.opencontainers.image.version'], version);
  assert.match(image.Config.User, /^[1-9]\d*:[1-9]\d*$/, 'the user has to be a number that is not root');
  const megabytes = Math.round(image.Size / 1e6);
  say(`${IMAGE} has ${megabytes} MB on ${image.Architecture}`);
  assert(megabytes <= SIZE_MAX_MB, `an image of more than ${SIZE_MAX_MB} MB holds something it should not`);
  const shell = await run('docker', ['run', '--rm', '--entrypoint=/bin/sh', IMAGE, '-c', 'true']);
  assert.notEqual(shell.code, 0, 'there is a shell in the image');
  assert.match(
    await docker(['run', '--rm', ...CONFINED, IMAGE, '--version']),
    new RegExp(`^Cairn Version: ${version}$`, 'm'),
  );
}

function checkOneMember(say) {
  return withContainer('one', ['--publish=127.0.0.1::2379'], [], async (container) => {
    await untilHealthy(container);
    await put(await clientUrl(container), 'kept', 'after a crash');
    await docker(['kill', container]);
    await docker(['start', container]);
    await untilHealthy(container);
    assert.equal(await get(await clientUrl(container), 'kept', { quorum: true }), 'after a crash');
    say(
      `a member that was killed has its data; asked to stop, it ended with 0 after ${await stopInOrder(container)} ms`,
    );
  });
}

/** The health check follows the variable, so that another port needs no other check. */
function checkOtherPort() {
  return withContainer('port', ['--env=ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:4001'], [], untilHealthy);
}

/** Kubernetes hands volumes over as root's, open to a group (fsGroup); the data directory below is private all the same. */
async function checkGroupVolume() {
  const volume = `cairn-test-${process.pid}-group`;
  const mount = `--volume=${volume}:/var/lib/cairn`;
  const group =
    "const fs = require('node:fs'); fs.chownSync(process.argv[1], 0, 65532); fs.chmodSync(process.argv[1], 0o2775)";
  await docker(['volume', 'create', volume]);
  try {
    await docker(['run', '--rm', '--user=0', '--entrypoint=node', mount, IMAGE, '-e', group, '/var/lib/cairn']);
    await withContainer('volume', [mount], [], untilHealthy);
  } finally {
    await docker(['volume', 'rm', volume]);
  }
}

/** A process with number 1 gets no signal that it does not ask for: waiting for the others must not make it deaf. */
function checkStopWhileWaiting() {
  const discovery = '--discovery=http://127.0.0.1:1/9d3a6f5e0c414b7b8f2e1d5a7c60b284';
  return withContainer('waiting', [], [discovery], async (container) => {
    await until('it waits for the discovery service', HEALTHY_WITHIN_MS, async () => {
      const { stdout, stderr } = await run('docker', ['logs', container]);
      return `${stdout}${stderr}`.includes('127.0.0.1:1');
    });
    await stopInOrder(container);
  });
}

async function checkAll(say) {
  await buildImage();
  await checkManifest(say);
  await checkOneMember(say);
  await checkOtherPort();
  await checkGroupVolume();
  await checkStopWhileWaiting();
  say('another port and a volume of a group: healthy; stopped in order while it waits for others');
}

module.exports = {
  name: 'image',
  summary: 'the image is built and run by itself',
  whyNot: whyNoDocker,
  run: checkAll,
};
