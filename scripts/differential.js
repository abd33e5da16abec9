'use strict';

// Sends the same random requests to Cairn and to a real etcd 3.4 and reports where the answers differ.
//
//   node scripts/differential.js [--seeds 200] [--steps 60] [--seed 1] [--against etcd]
//
// --against etcd compares etcd with itself: everything it reports is the comparison's own fault.

const { parseArgs } = require('node:util');
const { numberOf } = require('./realMembers');
const { whyMissing } = require('../test/support/serverProcess.ts');
const { Pair } = require('../test/differential/pair.ts');
const { findDifferences } = require('../test/differential/run.ts');

async function main() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      steps: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      against: { type: 'string', default: 'cairn' },
    },
  });
  const program = values.against === 'etcd' ? 'etcd' : 'cairn';
  for (const needed of ['etcd', program]) {
    const missing = whyMissing(needed);
    if (missing !== undefined) throw new Error(missing);
  }
  const plan = {
    firstSeed: numberOf(values, 'seed', 0, 4_294_967_295),
    seeds: numberOf(values, 'seeds', 1, 1_000_000),
    stepsPerSeed: numberOf(values, 'steps', 1, 10_000),
  };
  const pair = await Pair.start(program);
  try {
    const reports = await findDifferences(pair, plan, (seed) => {
      if ((seed - plan.firstSeed + 1) % 20 === 0) process.stderr.write(`${seed - plan.firstSeed + 1} sequences\n`);
    });
    for (const report of reports) process.stdout.write(`${report}\n\n`);
    process.stdout.write(
      `${plan.seeds} sequences of ${plan.stepsPerSeed} requests, ${reports.length} with differences\n`,
    );
    process.exitCode = reports.length === 0 ? 0 : 1;
  } finally {
    await pair.remove();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
