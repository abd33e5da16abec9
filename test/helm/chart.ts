import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const ROOT = join(__dirname, '..', '..');
export const CHART = join(ROOT, 'helm', 'cairn');
const VALUES = join(__dirname, 'values');

interface HelmModule {
  readonly HELM_ENVIRONMENT: Readonly<Record<string, string>>;
  readonly findHelm: () => string | undefined;
  readonly runHelm: (helm: string, args: readonly string[]) => { ok: boolean; stdout: string; stderr: string };
}

const helmModule = jest.requireActual<HelmModule>('../../scripts/chart/helm.js');
const { findHelm, runHelm } = helmModule;
export const { HELM_ENVIRONMENT } = helmModule;

/** Any object of Kubernetes. What it is made of is looked at by path, and checked against the types by schema.ts. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Manifest = any;

/** The helm that is used, or undefined: then there is nothing to test here. */
export const helm = findHelm();

/** `describe` where there is helm; otherwise one skipped test whose name says so. */
export const describeWithHelm: jest.Describe = helm === undefined ? describe.skip : describe;

/** The oldest Kubernetes the chart is made for, and a new one. */
export const OLD = '1.20';
export const NEW = '1.35';

/** Names of the files in values/. */
export const valueSets: readonly string[] = readdirSync(VALUES)
  .map((name) => name.replace(/\.yaml$/, ''))
  .sort();

/** Every random token is the same one, so that renderings can be compared. */
const FIXED = ['--set', 'discovery.token=00112233445566778899aabbccddeeff'];

/** Runs helm; the options of the value set come last and win. */
export function callHelm(args: readonly string[]): { ok: boolean; stdout: string; stderr: string } {
  if (helm === undefined) throw new Error('there is no helm');
  return runHelm(helm, args);
}

const rendered = new Map<string, readonly Manifest[]>();

/** Renders a value set as `helm template` does, for a Kubernetes version. */
export function render(valueSet: string, version: string): readonly Manifest[] {
  const key = `${valueSet} ${version}`;
  const manifests = rendered.get(key) ?? renderAnew(valueSet, version);
  rendered.set(key, manifests);
  return manifests;
}

function renderAnew(valueSet: string, version: string): readonly Manifest[] {
  const file = join(VALUES, `${valueSet}.yaml`);
  const args = ['template', 'rel', CHART, '--namespace', 'apps', '--kube-version', version, ...FIXED, '--values', file];
  const { ok, stdout, stderr } = callHelm(args);
  if (!ok) throw new Error(`helm template with ${valueSet} fails: ${stderr}`);
  return manifestsOf(stdout);
}

export function manifestsOf(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(String(document.errors[0]));
    const manifest: Manifest = document.toJS();
    return manifest === null ? [] : [manifest];
  });
}

export function idOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

/** The one object of this kind whose name ends so. */
export function find(manifests: readonly Manifest[], kind: string, suffix = ''): Manifest {
  const found = manifests.filter((one) => one.kind === kind && one.metadata.name.endsWith(suffix));
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind}/*${suffix}`);
  return found[0];
}

/** The specs of all pods, with the object they are from. */
export function podsOf(manifests: readonly Manifest[]): readonly { owner: string; labels: Manifest; spec: Manifest }[] {
  return manifests.flatMap((one) => {
    const template = one.kind === 'Pod' ? one : (one.spec?.jobTemplate ?? one).spec?.template;
    return template?.spec?.containers === undefined
      ? []
      : [{ owner: idOf(one), labels: template.metadata.labels, spec: template.spec }];
  });
}

export function containersOf(spec: Manifest): readonly Manifest[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

export function readRoot(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
