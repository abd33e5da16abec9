import { callHelm, CHART, describeWithHelm, find, manifestsOf, readRoot, type Manifest } from './chart';

const ALL = [
  'metrics.serviceMonitor.enabled=true',
  'metrics.prometheusRule.enabled=true',
  'metrics.dashboard.enabled=true',
];
const UNSCRAPED = ALL.slice(1);

function release(namespace: string, name: string, set: readonly string[]): readonly Manifest[] {
  const { ok, stdout, stderr } = callHelm([
    ...['template', name, CHART, '--namespace', namespace, '--show-only', 'templates/monitoring.yaml'],
    ...set.flatMap((one) => ['--set', one]),
  ]);
  if (!ok) throw new Error(stderr);
  return manifestsOf(stdout);
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly definition?: string; readonly query: unknown }[] };
}

function dashboardOf(manifests: readonly Manifest[]): Dashboard {
  const [text] = Object.values(find(manifests, 'ConfigMap').data as Record<string, string>);
  return JSON.parse(text ?? '') as Dashboard;
}

/** What stands between braces in the rules and in the dashboard. */
function matchersOf(manifests: readonly Manifest[]): { rules: readonly string[]; dashboard: readonly string[] } {
  const groups = find(manifests, 'PrometheusRule').spec.groups as { rules: { expr: string }[] }[];
  const { panels, templating } = dashboardOf(manifests);
  const asked = panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));
  const offered = templating.list.flatMap(({ definition }) => definition ?? []);
  return {
    rules: between(groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))),
    dashboard: between([...asked, ...offered]),
  };
}

function between(expressions: readonly string[]): readonly string[] {
  expect(expressions.length).toBeGreaterThan(20);
  return expressions.flatMap((expression) => {
    const found = [...expression.matchAll(/\{([^}]*)\}/g)].map(([, matchers]) => matchers ?? '');
    expect({ expression, found: found.length > 0 }).toEqual({ expression, found: true });
    return found;
  });
}

describeWithHelm('the rules and the dashboard of a release', () => {
  it('look at the members that its own monitor finds, and at no other release of its name', () => {
    const own = 'job="etcd-rel-cairn", namespace="apps"';
    const { rules, dashboard } = matchersOf(release('apps', 'rel', ALL));
    expect(rules.filter((matchers) => !matchers.startsWith(own))).toEqual([]);
    expect(dashboard.filter((matchers) => !matchers.startsWith(own))).toEqual([]);
    const { query } = dashboardOf(release('apps', 'rel', ALL)).templating.list[1] ?? {};
    expect(query).toMatchObject({ query: `label_values(etcd_server_has_leader{${own}}, job)` });
  });

  it('look at every etcd where something else scrapes, which may label in its own way', () => {
    const { rules, dashboard } = matchersOf(release('apps', 'rel', UNSCRAPED));
    expect(rules.filter((matchers) => !matchers.startsWith('job=~".*etcd.*"'))).toEqual([]);
    expect(new Set(dashboard)).toEqual(new Set(['job="$job"', 'job=~".*etcd.*"']));
  });

  it('look at what the values name', () => {
    const { rules, dashboard } = matchersOf(
      release('apps', 'rel', [...ALL, String.raw`metrics.selector=job="x"\,site="eu"`]),
    );
    expect(rules.concat(dashboard).filter((matchers) => !matchers.startsWith('job="x",site="eu"'))).toEqual([]);
  });

  it('can be in one Grafana with those of others: uid and title are its own', () => {
    const dashboards = [
      release('apps', 'rel', ALL),
      release('other', 'rel', ALL),
      release('apps', 'two', ALL),
      release('n'.repeat(63), 'r'.repeat(53), ALL),
    ].map(dashboardOf);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(4);
    expect(new Set(dashboards.map(({ title }) => title)).size).toBe(4);
    expect(dashboards[0]?.title).toBe('Cairn: apps/rel-cairn');
    for (const { uid } of dashboards) expect(uid).toMatch(/^[\w-]{1,40}$/);
  });

  it('without Helm they look at the job that the monitor beside them gives', () => {
    const manifests = manifestsOf(readRoot('deploy/kubernetes/monitoring.yaml'));
    const { rules, dashboard } = matchersOf(manifests);
    expect(rules.concat(dashboard).filter((matchers) => !matchers.startsWith('job="etcd-cairn"'))).toEqual([]);
    expect(dashboardOf(manifests).title).toBe('Cairn');
    expect(find(manifests, 'ServiceMonitor').spec.endpoints[0].relabelings).toEqual([
      { targetLabel: 'job', replacement: 'etcd-cairn' },
    ]);
  });
});
