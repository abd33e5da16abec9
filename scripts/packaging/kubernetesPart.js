'use strict';

/** Installs the chart in a cluster: pods and disks go, it is scaled, upgraded under load, removed and installed again. */
const assert = require('node:assert/strict');
const { randomBytes } = require('node:crypto');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { ROOT, run, until } = require('./docker');
const { TestCluster } = require('./kubernetesCluster');

const RELEASE = 'try';
const NAME = 'try-cairn';
const URL = `http://${NAME}:2379`;
const BACK_LIMIT_MS = 3 * 60_000;

async function whyNot() {
  if (process.env.CAIRN_IMAGE === undefined) {
    return 'it needs CAIRN_IMAGE, the name of an image that the nodes of the cluster have or can pull';
  }
  const { code } = await run('kubectl', ['get', '--raw', '/readyz']);
  if (code !== 0) return 'it needs a `kubectl` command that reaches a cluster';
  const helm = await run(process.env.HELM ?? 'helm', ['version']);
  return helm.code === 0 ? undefined : 'it needs a `helm` command (version 3.8 or newer)';
}

async function namesOf(cluster) {
  return (await cluster.members(URL)).map(({ name }) => name).sort();
}

function podNames(count) {
  return Array.from({ length: count }, (_, ordinal) => `${NAME}-${ordinal}`);
}

async function expectMembers(cluster, count) {
  assert.deepEqual(await namesOf(cluster), podNames(count), 'the members of the cluster');
}

/** Runs a step while a client writes and reads; nobody may lose a write, and nobody may notice unless `mayFail`. */
async function underLoad(cluster, name, step, { mayFail = false } = {}) {
  const load = cluster.startLoad(URL, name);
  let report;
  try {
    await step();
  } finally {
    report = await load.stop();
  }
  const { written, read, retried, failed, lost, longestGapMs } = report;
  assert.deepEqual(lost, [], `writes that were acknowledged and are gone (${name})`);
  assert.ok(written > 100, `the client of ${name} wrote only ${written} keys`);
  if (!mayFail) assert.deepEqual(failed, [], `requests that failed twice (${name})`);
  const failures = mayFail ? `, ${failed.length} failed twice` : ', none failed twice';
  return `${written} writes and ${read} reads, ${retried} asked again${failures}, longest pause ${longestGapMs} ms`;
}

async function install(cluster) {
  await cluster.deploy(RELEASE);
  await cluster.startToolbox();
  await expectMembers(cluster, 3);
  await cluster.put(URL, 'kept', 'yes');
}

async function helmTest(cluster) {
  const said = await cluster.helm('test', RELEASE, '--logs');
  for (const step of ['health', 'members', 'put', 'get', 'watch', 'compare', 'delete', 'metrics'])
    assert.match(said, new RegExp(`ok ${step} `), 'what `helm test` says');
}

async function leaderPod(cluster) {
  return cluster.inside(`return (await (await fetch("${URL}/v2/members/leader")).json()).name`);
}

async function deletePod(cluster, pod, ...how) {
  const before = (await cluster.json('pod', pod)).metadata.uid;
  await cluster.kubectl('delete', 'pod', pod, ...how);
  await until(`another ${pod} is ready`, BACK_LIMIT_MS, async () => {
    const { metadata, status } = await cluster.json('pod', pod);
    const ready = status.conditions.find(({ type }) => type === 'Ready');
    return metadata.uid !== before && ready?.status === 'True';
  });
}

/** In order: the leader hands over, and clients notice nothing. */
function deleteLeader(cluster) {
  return underLoad(cluster, 'leader-deleted', async () => deletePod(cluster, await leaderPod(cluster)));
}

/** Without a grace period: requests in between may fail. */
function killLeader(cluster) {
  const kill = async () => deletePod(cluster, await leaderPod(cluster), '--grace-period=0', '--force');
  return underLoad(cluster, 'leader-killed', kill, { mayFail: true });
}

async function loseDisk(cluster) {
  const pod = `${NAME}-1`;
  const idOf = async () => (await cluster.members(URL)).find(({ name }) => name === pod)?.id;
  const before = await idOf();
  const report = await underLoad(cluster, 'disk-lost', async () => {
    await cluster.kubectl('delete', 'pvc', `data-${pod}`, '--wait=false');
    await deletePod(cluster, pod);
  });
  await expectMembers(cluster, 3);
  assert.notEqual(await idOf(), before, 'a member without its data is a new member');
  const own = `http://${pod}.${NAME}-headless:2379`;
  assert.equal(await cluster.inside(`return (await (await fetch("${own}/v2/keys/kept")).json()).node?.value`), 'yes');
  return report;
}

function scale(cluster, count) {
  return async () => {
    const report = await underLoad(cluster, `scaled-to-${count}`, async () => {
      await cluster.deploy(RELEASE, `replicaCount=${count}`);
      await cluster.untilReady(NAME, count);
      await until(`there are ${count} members`, BACK_LIMIT_MS, async () => (await namesOf(cluster)).length === count);
    });
    await expectMembers(cluster, count);
    await helmTest(cluster);
    return report;
  };
}

/** A change of every pod, one after the other. */
function upgrade(cluster) {
  return underLoad(cluster, 'upgraded', async () => {
    await cluster.deploy(RELEASE, `podAnnotations.changed=${process.pid}x`);
    await cluster.untilReady(NAME, 3);
  });
}

async function withoutDiscovery(cluster) {
  const before = await cluster.json('secret', `${NAME}-bootstrap`);
  await cluster.deploy(RELEASE, 'discovery.enabled=false');
  await deletePod(cluster, `${NAME}-2`);
  await expectMembers(cluster, 3);
  await cluster.deploy(RELEASE, 'discovery.enabled=true');
  const after = await cluster.json('secret', `${NAME}-bootstrap`);
  assert.deepEqual(after.data, before.data, 'the token and the size are kept');
}

async function restartAll(cluster) {
  await cluster.kubectl('delete', 'pod', ...podNames(3), '--grace-period=0', '--force');
  await cluster.untilReady(NAME, 3);
  await until('the cluster has its data', BACK_LIMIT_MS, async () => (await cluster.get(URL, 'kept')) === 'yes');
}

async function uninstall(cluster) {
  await cluster.helm('uninstall', RELEASE);
  await until('the pods are gone', BACK_LIMIT_MS, async () => {
    const { items } = await cluster.json('pods', '--selector', 'app.kubernetes.io/component=member');
    return items.length === 0;
  });
}

async function reinstall(cluster) {
  await uninstall(cluster);
  await cluster.deploy(RELEASE);
  await expectMembers(cluster, 3);
  assert.equal(await cluster.get(URL, 'kept'), 'yes', 'a key from before `helm uninstall`');
}

/** The manifests for people without Helm, with the image under test. */
function applyPlain(cluster, file) {
  return async () => {
    const text = readFileSync(join(ROOT, 'deploy', 'kubernetes', file), 'utf8');
    const knowsPolicy = (await cluster.kubectl('api-versions')).split('\n').includes('policy/v1');
    const suited = knowsPolicy ? text : text.replace('policy/v1\n', 'policy/v1beta1\n');
    const path = join(mkdtempSync(join(tmpdir(), 'manifests-')), file);
    writeFileSync(path, suited.replaceAll(/image: cairn:\S+/g, `image: ${cluster.image}`));
    try {
      // As the file says: cairn.yaml waits for a Secret that is made where it is used.
      const secret = /kubectl (create secret generic .*)/.exec(text);
      const token = randomBytes(16).toString('hex');
      if (secret !== null) await cluster.kubectl(...secret[1].replace('$(openssl rand -hex 16)', token).split(' '));
      await cluster.kubectl('apply', '--filename', path);
      await cluster.untilReady('cairn', 3);
      const members = await cluster.members('http://cairn:2379');
      assert.deepEqual(members.map(({ name }) => name).sort(), ['cairn-0', 'cairn-1', 'cairn-2']);
      await cluster.kubectl('delete', '--filename', path, '--timeout=120s');
      await cluster.kubectl('delete', 'pvc', '--all', '--timeout=120s');
    } finally {
      rmSync(dirname(path), { recursive: true });
    }
  };
}

async function timed(say, what, step) {
  const began = performance.now();
  const detail = await step();
  say(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s${detail === undefined ? '' : ` (${detail})`}`);
}

async function steps(cluster, say) {
  await timed(say, 'installed, three members', () => install(cluster));
  await timed(say, '`helm test`', () => helmTest(cluster));
  await timed(say, 'the pod of the leader deleted', () => deleteLeader(cluster));
  await timed(say, 'the pod of the leader deleted by force', () => killLeader(cluster));
  await timed(say, 'a pod deleted with its volume', () => loseDisk(cluster));
  await timed(say, 'scaled from 3 to 5', scale(cluster, 5));
  await timed(say, 'scaled from 5 to 3', scale(cluster, 3));
  await timed(say, 'scaled from 3 to 5, onto the old volumes', scale(cluster, 5));
  await timed(say, 'scaled from 5 to 3', scale(cluster, 3));
  await timed(say, '`helm upgrade` that restarts every pod', () => upgrade(cluster));
  await timed(say, 'a pod restarted without the discovery service', () => withoutDiscovery(cluster));
  await timed(say, 'all pods killed at once', () => restartAll(cluster));
  await timed(say, 'uninstalled and installed again', () => reinstall(cluster));
  await timed(say, 'uninstalled', () => uninstall(cluster));
  await timed(say, 'deploy/kubernetes/cairn.yaml applied and deleted', applyPlain(cluster, 'cairn.yaml'));
  await timed(say, 'deploy/kubernetes/cairn-static.yaml applied and deleted', applyPlain(cluster, 'cairn-static.yaml'));
}

async function runAll(say) {
  const namespace = `cairn-test-${process.pid}`;
  const cluster = new TestCluster(process.env.CAIRN_IMAGE, namespace);
  await cluster.kubectl('create', 'namespace', namespace);
  try {
    await steps(cluster, say);
  } catch (error) {
    const seen = await Promise.all([
      cluster.kubectl('get', 'pods,pvc', '--output=wide').catch(String),
      cluster.kubectl('logs', '--selector=app.kubernetes.io/component=member', '--tail=40', '--prefix').catch(String),
    ]);
    throw new Error(`${error.message}\n${seen.join('\n')}`, { cause: error });
  } finally {
    await cluster.kubectl('delete', 'namespace', namespace, '--timeout=120s');
  }
}

module.exports = {
  name: 'kubernetes',
  summary: 'the chart is installed in a cluster; pods and disks go, it is scaled, upgraded and removed',
  whyNot,
  run: runAll,
};
