import { join } from 'node:path';
import { parse } from 'yaml';
import { callHelm, CHART, describeWithHelm, idOf, manifestsOf, NEW, readRoot, ROOT } from './chart';

const { overrides } = parse(readRoot('helm/cairn/values.yaml')) as { overrides: Readonly<Record<string, object>> };

/** Sets that together have an object of each kind. */
const SETS = [
  'default',
  'backup-volume',
  'auth',
  'tls-chart',
  'tls-cert-manager',
  'service-monitor',
  'pod-monitor',
  'rules-and-dashboard',
];

function overridden(valueSet: string): readonly (readonly [string, unknown])[] {
  const changes = Object.keys(overrides).flatMap((name) => [
    '--set',
    `overrides.${name}.metadata.annotations.by=${name}`,
  ]);
  const values = join(ROOT, 'test/helm/values', `${valueSet}.yaml`);
  const { ok, stdout, stderr } = callHelm([
    'template',
    'rel',
    CHART,
    '--kube-version',
    NEW,
    '--values',
    values,
    ...changes,
  ]);
  if (!ok) throw new Error(stderr);
  return manifestsOf(stdout).map((manifest) => [idOf(manifest), manifest.metadata.annotations?.by] as const);
}

describeWithHelm('overrides', () => {
  const all = SETS.flatMap(overridden);

  it('reach every object of the chart', () => {
    expect(all.filter(([, by]) => by === undefined)).toEqual([]);
  });

  it('are each for an object that there is', () => {
    expect([...new Set(all.map(([, by]) => String(by)))].sort()).toEqual(Object.keys(overrides).sort());
  });
});
