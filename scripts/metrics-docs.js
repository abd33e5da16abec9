'use strict';

// Rewrites docs/metrics.md from the table of metrics. Needs `npm run build` first.

const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { generateMetricsDocs } = require('../dist/metrics/docs.js');

void generateMetricsDocs().then((text) => {
  writeFileSync(join(__dirname, '..', 'docs', 'metrics.md'), text);
});
