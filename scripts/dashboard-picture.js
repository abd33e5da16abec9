'use strict';

// Draws docs/pictures/dashboard.svg from real numbers: three members under load, a real Prometheus that scrapes them, and
// every expression of deploy/grafana/cairn.json. One member is paused for a while in the middle. Needs `npm run build` and
// Prometheus (Debian: prometheus).
//
//   node scripts/dashboard-picture.js [SECONDS]

require('./run-typescript');
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Cluster } = require('../test/cluster/cluster.ts');
const { sleep } = require('../test/cluster/waiting.ts');
const { drawDashboard } = require('../test/metrics/dashboardPicture.ts');
const { panels } = require('../test/metrics/expressions.ts');
const { Load } = require('../test/metrics/load.ts');
const { PrometheusProcess } = require('../test/metrics/prometheusProcess.ts');

const INTERVAL_MS = 1000;
const POINTS = 90;

async function main(seconds) {
  const cluster = await Cluster.start({ heartbeatIntervalMs: 100, electionTimeoutMs: 1000 });
  const names = new Map(cluster.members.map(({ clientPort, name }) => [`127.0.0.1:${clientPort}`, name]));
  for (const member of cluster.members) names.set(await member.id(), member.name);
  const prometheus = await PrometheusProcess.start({
    targets: cluster.members.map(({ clientPort }) => `127.0.0.1:${clientPort}`),
    rules: [],
    directory: join(cluster.directory, 'prometheus'),
    intervalMs: INTERVAL_MS,
  });
  const load = new Load(cluster, 5);
  try {
    await sleep(seconds * 450);
    const paused = await cluster.leader();
    paused.signal('SIGSTOP');
    await sleep(seconds * 100);
    paused.signal('SIGCONT');
    await sleep(seconds * 450);
    const title = `A Cairn cluster of three, ${seconds} seconds: the leader is paused for ${seconds / 10} seconds and comes back`;
    const picture = drawDashboard(await measure(prometheus, seconds, names), title);
    const file = join(__dirname, '..', 'docs', 'pictures', 'dashboard.svg');
    mkdirSync(join(__dirname, '..', 'docs', 'pictures'), { recursive: true });
    writeFileSync(file, picture);
    console.log(`${file}: ${picture.length} bytes`);
  } finally {
    await load.stop();
    await prometheus.stop();
    await cluster.end();
  }
}

/** The numbers of every panel; addresses and ids become the names of members. */
async function measure(prometheus, seconds, names) {
  const drawn = [];
  for (const panel of panels('10s')) {
    const series = [];
    for (const { expr, legend } of panel.queries) {
      for (const result of await prometheus.range(expr, seconds, POINTS)) {
        const name = legend.replace(/\{\{(\w+)\}\}/g, (_, label) => {
          const text = result.metric[label] ?? '';
          return names.get(text) ?? text;
        });
        series.push({ name, result });
      }
    }
    drawn.push({ panel, series });
  }
  return drawn;
}

main(Number(process.argv[2] ?? 120)).then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
