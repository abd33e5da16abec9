/** docs/metrics.md, made from the table of metrics; scripts/metrics-docs.js writes it. */
import { introduction } from './docsIntroduction';
import type { Row } from './row';
import { runtimeRegistry } from './runtime';
import { families, type Family } from './table';
import { proxyRows } from './table/proxy';

export async function generateMetricsDocs(): Promise<string> {
  return [
    '# Metrics',
    '',
    '<!-- Written by scripts/metrics-docs.js from src/metrics; change it there. -->',
    '',
    ...introduction,
    ...families.flatMap(familySection),
    ...proxySection(),
    ...(await runtimeSection()),
    ...bucketSection(),
  ].join('\n');
}

const WHEN: Readonly<Record<Family['shown'], readonly string[]>> = {
  always: [],
  extensive: ['Not shown with `--metrics=basic`.', ''],
  legacyNames: ['Shown with `--metrics-legacy-names`.', ''],
};

function familySection({ title, shown, rows }: Family): string[] {
  return [
    `## ${title}`,
    '',
    ...WHEN[shown],
    ...table(['Metric', 'Type', 'Labels', 'Meaning', 'From'], rows.map(cells)),
  ];
}

function proxySection(): string[] {
  return [
    '## Of a proxy',
    '',
    'On its `--listen-metrics-urls` only, and with those of Node.js below: on its client URLs `/metrics` is that of a member.',
    '',
    ...table(['Metric', 'Type', 'Labels', 'Meaning', 'From'], proxyRows.map(cells)),
  ];
}

function cells({ name, type, labels, help, source }: Omit<Row, 'read' | 'buckets'>): readonly string[] {
  return [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help, source];
}

async function runtimeSection(): Promise<string[]> {
  const metrics = await runtimeRegistry().getMetricsAsJSON();
  return [
    '## Node.js',
    '',
    'Counted by prom-client, under its names. Some exist on Linux only.',
    '',
    ...table(
      ['Metric', 'Meaning'],
      metrics.map(({ name, help }) => [`\`${name}\``, help.replace(/\.$/, '')]),
    ),
  ];
}

function bucketSection(): string[] {
  const byBuckets = new Map<string, string[]>();
  for (const row of families.flatMap(({ rows }) => rows)) {
    if (row.type !== 'histogram') continue;
    const bounds = row.buckets.join(', ');
    byBuckets.set(bounds, [...(byBuckets.get(bounds) ?? []), `\`${row.name}\``]);
  }
  return [
    '## Buckets',
    '',
    'Upper bounds of the histograms, in seconds. Histograms with a name of etcd have the buckets of etcd.',
    '',
    ...table(
      ['Buckets', 'Metrics'],
      [...byBuckets].map(([bounds, names]) => [bounds, names.join(', ')]),
    ),
  ];
}

/** A Markdown table and an empty line. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''];
}
