'use strict';

/**
 * Writes what in helm/cairn is made from something else: the schema of the values, the tables of its README, and the copies of
 * the dashboard and the rules, which a chart can only read from its own folder. Needs `npm run build` first.
 *
 *   node scripts/chart-files.js
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { stringify } = require('yaml');
const { withTables } = require('./chart/readme');
const { prometheusRules } = require('./chart/rules');
const { schemaOf } = require('./chart/schema');
const { readValues } = require('./chart/values');

const ROOT = join(__dirname, '..');
const CHART = join('helm', 'cairn');

/**
 * @param activeRows the table of options
 * @returns the files' paths from the root of the repository, with their contents
 */
function chartFiles(activeRows) {
  const read = (path) => readFileSync(join(ROOT, path), 'utf8');
  const rows = readValues(read(join(CHART, 'values.yaml')));
  return new Map([
    [join(CHART, 'values.schema.json'), `${JSON.stringify(schemaOf(rows, activeRows), null, 2)}\n`],
    [join(CHART, 'README.md'), withTables(read(join(CHART, 'README.md')), rows)],
    [join(CHART, 'files', 'dashboard.json'), read(join('deploy', 'grafana', 'cairn.json'))],
    [join(CHART, 'files', 'rules.yaml'), stringify({ groups: prometheusRules(join(ROOT, 'deploy', 'prometheus')) })],
  ]);
}

function main() {
  const table = join(ROOT, 'dist', 'config', 'options.js');
  if (!existsSync(table)) throw new Error('dist/ is not there; run `npm run build` first');
  for (const [path, content] of chartFiles(require(table).activeRows)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
  }
}

module.exports = { chartFiles };
if (require.main === module) {
  try {
    main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
