'use strict';

/**
 * Writes deploy/kubernetes: the chart, rendered for people without Helm. Needs helm (see scripts/chart/helm.js).
 *
 *   node scripts/chart-manifests.js
 */
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { parseAllDocuments, stringify } = require('yaml');
const { findHelm, runHelm } = require('./chart/helm');

const ROOT = join(__dirname, '..');
const FOLDER = join('deploy', 'kubernetes');

/** The chart wants one. It gets into no file: whoever applies them makes a token of his own. */
const TOKEN = '0'.repeat(32);

/** What each file says about itself, and the values it is made with. */
const FILES = [
  {
    name: 'cairn.yaml',
    about:
      'Three members that find each other through a small discovery service of their own. They wait for a Secret with its token:\n' +
      '#   kubectl create secret generic cairn-bootstrap --from-literal=token=$(openssl rand -hex 16)',
    values: ['discovery.token=' + TOKEN, 'bootstrap.size=3'],
    isWanted: ({ kind }) => kind !== 'Secret',
  },
  {
    name: 'cairn-static.yaml',
    about: 'Three members that know each other from a list: no discovery service.',
    values: ['bootstrap.mode=static'],
    isWanted: () => true,
  },
  {
    name: 'monitoring.yaml',
    about: 'For the Prometheus operator, beside one of the others.',
    values: [
      'metrics.serviceMonitor.enabled=true',
      'metrics.prometheusRule.enabled=true',
      'metrics.dashboard.enabled=true',
      // Their namespace is not known here.
      'metrics.selector=job="etcd-cairn"',
    ],
    isWanted: ({ kind }) => ['ServiceMonitor', 'PrometheusRule', 'ConfigMap'].includes(kind),
  },
];

/** @returns the files' paths from the root of the repository, with their contents */
function manifests(helm) {
  return new Map(FILES.map((file) => [join(FOLDER, file.name), render(helm, file)]));
}

function render(helm, { name, about, values, isWanted }) {
  const set = values.flatMap((value) => ['--set', value]);
  const args = [
    'template',
    'cairn',
    join('helm', 'cairn'),
    '--no-hooks',
    '--skip-tests',
    '--kube-version',
    '1.21',
    ...set,
  ];
  const { ok, stdout, stderr } = runHelm(helm, args);
  if (!ok) throw new Error(`helm cannot render ${name}: ${stderr}`);
  // The dashboard has the release in its title.
  const objects = parseAllDocuments(stdout.replace('"Cairn: default/cairn"', '"Cairn"'))
    .map((document) => document.toJS())
    .filter((object) => object !== null && isWanted(object))
    .map(withoutHelm);
  const head = `# ${about}\n# Made by scripts/chart-manifests.js from helm/cairn; see docs/kubernetes.md.\n`;
  return head + objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join('');
}

/** Nobody manages these with Helm, and the namespace is the one they are applied to. */
function withoutHelm(object) {
  const { 'helm.sh/chart': _, 'app.kubernetes.io/managed-by': __, ...labels } = object.metadata.labels;
  const spec = { ...object.spec };
  delete spec.namespaceSelector;
  return { ...object, metadata: { ...object.metadata, labels }, ...(object.spec === undefined ? {} : { spec }) };
}

module.exports = { manifests };
if (require.main === module) {
  const helm = findHelm();
  if (helm === undefined) {
    console.error('helm is not there: install it, name it in the variable HELM, or run `node scripts/fetch-helm.js`');
    process.exitCode = 1;
  } else {
    for (const [path, content] of manifests(helm)) {
      mkdirSync(dirname(join(ROOT, path)), { recursive: true });
      writeFileSync(join(ROOT, path), content);
    }
  }
}
