/** As much of a Kubernetes API server as Helm asks when a chart looks into the cluster (`lookup`): what kinds there are, and objects by name. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART, helm, HELM_ENVIRONMENT, idOf, manifestsOf, type Manifest } from './chart';

const NAMESPACE = 'apps';
const LIMIT_MS = 60_000;

/** The kinds that the chart looks for. */
const KINDS = [
  { path: '/api/v1', version: 'v1', resource: 'secrets', kind: 'Secret' },
  { path: '/api/v1', version: 'v1', resource: 'services', kind: 'Service' },
  { path: '/api/v1', version: 'v1', resource: 'pods', kind: 'Pod' },
  { path: '/api/v1', version: 'v1', resource: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' },
  { path: '/apis/apps/v1', version: 'apps/v1', resource: 'statefulsets', kind: 'StatefulSet' },
];

export class FakeCluster {
  private readonly objects = new Map<string, Manifest>();
  private readonly directory = mkdtempSync(join(tmpdir(), 'cairn-fake-cluster-'));
  private readonly server = createServer((request, response) => {
    const { status, body } = this.answer((request.url ?? '').replace(/\?.*/, ''));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.directory, { recursive: true });
  }

  /** What `helm install` or `upgrade` would send for these values, which look at what is here. */
  async render(values: object): Promise<readonly Manifest[]> {
    const file = join(this.directory, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const args = ['template', 'rel', CHART, '--namespace', NAMESPACE, '--values', file];
    return manifestsOf(await this.run([...args, '--dry-run=server', '--kube-apiserver', url]));
  }

  /** The same, and then it is here. Hooks are gone when they are done. */
  async apply(values: object): Promise<readonly Manifest[]> {
    const manifests = await this.render(values);
    const lasting = manifests.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined);
    for (const one of lasting) this.objects.set(idOf(one), one);
    return manifests;
  }

  /** As `helm uninstall` does. */
  uninstall(): void {
    for (const [id, { metadata }] of this.objects) {
      if (metadata.annotations?.['helm.sh/resource-policy'] !== 'keep') this.objects.delete(id);
    }
  }

  /** Somebody else made it. */
  add(manifest: Manifest): void {
    this.objects.set(idOf(manifest), manifest);
  }

  delete(id: string): void {
    if (!this.objects.delete(id)) throw new Error(`${id} is not there`);
  }

  private answer(path: string): { status: number; body: object } {
    const group = KINDS.filter((one) => one.path === path);
    if (group[0] !== undefined) {
      const resources = group.map(({ resource, kind }) => {
        return { name: resource, singularName: '', namespaced: true, kind, verbs: ['get'] };
      });
      const { version: groupVersion } = group[0];
      return { status: 200, body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources } };
    }
    const asked = KINDS.find((one) => path.startsWith(`${one.path}/namespaces/${NAMESPACE}/${one.resource}/`));
    const found = this.objects.get(`${asked?.kind ?? ''}/${path.replace(/.*\//, '')}`);
    if (found !== undefined) return { status: 200, body: found };
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    return { status: 404, body: { ...status, message: `${path} not found` } };
  }

  /** Not at once, as `callHelm` does: this process answers it. */
  private async run(args: readonly string[]): Promise<string> {
    if (helm === undefined) throw new Error('there is no helm');
    const env = { ...HELM_ENVIRONMENT, PATH: process.env['PATH'], HOME: this.directory, KUBECONFIG: '/dev/null' };
    const child = spawn(helm, args, { env, timeout: LIMIT_MS });
    let [said, complaint] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`helm fails: ${complaint}`);
    return said;
  }
}
