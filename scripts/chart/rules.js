'use strict';

/** The groups of all files with alerts and recordings in deploy/prometheus, for a PrometheusRule. */
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

function prometheusRules(folder) {
  const names = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  return names.flatMap((name) => parse(readFileSync(join(folder, name), 'utf8')).groups ?? []);
}

module.exports = { prometheusRules };
