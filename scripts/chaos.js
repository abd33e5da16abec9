'use strict';

// Mistreats a cluster of real members while clients use it, and judges what they saw (docs/reliability.md).
//
//   node scripts/chaos.js [--seconds 60] [--members 3] [--seed N] [--clients 8] [--only TEXT] [--quiet]
//
// --only picks the faults whose name has that text in it.
//
// Exit code 1 on any violation; logs and data are kept then. Everything stays on 127.0.0.1.

const { parseArgs } = require('node:util');
require('./run-typescript.js');
const { whyNoCairn } = require('../test/cluster/clusterMember.ts');
const { table, violationsText } = require('../test/cluster/chaos/report.ts');
const { runChaos } = require('../test/cluster/chaos/run.ts');

/** A number within bounds; throws, naming the flag. */
function number(values, flag, low, high) {
  const value = Number(values[flag]);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`--${flag} is a whole number from ${low} to ${high}`);
  }
  return value;
}

async function main() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      members: { type: 'string', default: '3' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      clients: { type: 'string', default: '8' },
      only: { type: 'string', default: '' },
      quiet: { type: 'boolean', default: false },
    },
  });
  const missing = whyNoCairn();
  if (missing !== undefined) throw new Error(missing);
  const startMs = Date.now();
  const outcome = await runChaos({
    seconds: number(values, 'seconds', 1, 86_400),
    members: number(values, 'members', 3, 5),
    seed: number(values, 'seed', 0, 4_294_967_295),
    clients: number(values, 'clients', 1, 64),
    only: values.only,
    say: (line) => {
      if (!values.quiet) process.stderr.write(`${((Date.now() - startMs) / 1000).toFixed(1).padStart(7)}  ${line}\n`);
    },
  });
  const isBad = outcome.record.violations.length > 0;
  process.stdout.write(table(outcome.record, outcome.facts));
  process.stdout.write(violationsText(outcome.record));
  await outcome.tidy(isBad);
  if (isBad) process.stdout.write(`logs and data are kept in ${outcome.directory}\n`);
  process.exitCode = isBad ? 1 : 0;
}

// The members are killed when this process exits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
