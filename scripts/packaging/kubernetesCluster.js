'use strict';

/** kubectl and helm in a namespace of its own, and a pod to call the members from. */
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { ROOT, run, until } = require('./docker');
const { loadProgram } = require('./kubernetesLoad');

const CHART = join('helm', 'cairn');
const CALL_LIMIT_MS = 6 * 60_000;
const LOAD_LIMIT_MS = 20 * 60_000;
const TOOLBOX = 'toolbox';

function splitImage(image) {
  const at = image.lastIndexOf(':');
  return at > image.lastIndexOf('/') ? [image.slice(0, at), image.slice(at + 1)] : [image, 'latest'];
}

/** One namespace of the cluster that KUBECONFIG names. */
class TestCluster {
  constructor(image, namespace) {
    this.image = image;
    this.namespace = namespace;
    this.values = [];
  }

  async call(program, args) {
    const { code, stdout, stderr } = await run(program, ['--namespace', this.namespace, ...args], {
      limitMs: CALL_LIMIT_MS,
    });
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed (${code ?? 'limit'}):\n${stdout}${stderr}`);
    return stdout.trim();
  }

  kubectl(...args) {
    return this.call('kubectl', args);
  }

  helm(...args) {
    return this.call(process.env.HELM ?? 'helm', args);
  }

  async json(...args) {
    return JSON.parse(await this.kubectl('get', ...args, '--output', 'json'));
  }

  /** `helm upgrade --install` with the image under test, what was set before, and these `NAME=VALUE`s. */
  async deploy(release, ...values) {
    this.values = [...this.values, ...values];
    const [repository, tag] = splitImage(this.image);
    const all = [`image.repository=${repository}`, `image.tag=${tag}`, ...this.values];
    const set = all.flatMap((value) => ['--set', value]);
    await this.helm('upgrade', '--install', release, CHART, '--wait', '--timeout', '5m', ...set);
  }

  /** A pod of the image that does nothing; everything that talks to members runs in it. */
  async startToolbox() {
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    const container = { name: TOOLBOX, image: this.image, imagePullPolicy: 'IfNotPresent', securityContext };
    const command = ['node', '-e', 'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1e9)'];
    const spec = { containers: [{ ...container, command }], automountServiceAccountToken: false };
    await this.kubectl(
      'run',
      TOOLBOX,
      `--image=${this.image}`,
      `--overrides=${JSON.stringify({ apiVersion: 'v1', spec })}`,
    );
    await this.kubectl('wait', `pod/${TOOLBOX}`, '--for=condition=Ready', '--timeout=120s');
  }

  /** Runs JavaScript there; `fetch` is what it is for. Resolves with what it returns. */
  async inside(code) {
    const program = `(async () => { ${code} })().then((value) => console.log(JSON.stringify(value ?? null)))`;
    return JSON.parse(await this.kubectl('exec', TOOLBOX, '--', 'node', '-e', program));
  }

  get(url, key) {
    const target = JSON.stringify(`${url}/v2/keys/${key}?quorum=true`);
    return this.inside(`return (await (await fetch(${target})).json()).node?.value`);
  }

  put(url, key, value) {
    const target = JSON.stringify(`${url}/v2/keys/${key}`);
    const body = JSON.stringify(`value=${value}`);
    const type = '{ "Content-Type": "application/x-www-form-urlencoded" }';
    return this.inside(`return (await fetch(${target}, { method: "PUT", body: ${body}, headers: ${type} })).status`);
  }

  members(url) {
    return this.inside(`return (await (await fetch("${url}/v2/members")).json()).members`);
  }

  /** Starts a client that writes and reads until `stop()`, which resolves with its report. */
  startLoad(url, name) {
    const args = [
      '--namespace',
      this.namespace,
      'exec',
      '--stdin',
      TOOLBOX,
      '--',
      'node',
      '-e',
      loadProgram(url, name),
    ];
    const child = spawn('kubectl', args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'], timeout: LOAD_LIMIT_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece));
    const ended = new Promise((resolve) => child.on('close', resolve));
    return {
      stop: async () => {
        child.stdin.end();
        await ended;
        const line = output.split('\n').find((one) => one.startsWith('{"written"'));
        if (line === undefined) throw new Error(`the load ended with: ${output}`);
        return JSON.parse(line);
      },
    };
  }

  /** Waits until as many pods of the StatefulSet are ready, all of its current version. */
  async untilReady(name, count) {
    await until(`${count} pods of ${name} are ready`, CALL_LIMIT_MS, async () => {
      const { status, metadata } = await this.json('statefulset', name);
      const { replicas, readyReplicas, observedGeneration, currentRevision, updateRevision } = status;
      const isCurrent = observedGeneration === metadata.generation && currentRevision === updateRevision;
      return isCurrent && replicas === count && readyReplicas === count;
    });
  }
}

module.exports = { TestCluster };
