'use strict';

// Mistreats a cluster of real members while clients use it, and judges what they saw (docs/reliability.md).
//
//   node scripts/chaos.js [--seconds 60] [--members 3] [--seed N] [--clients 8] [--only TEXT] [--quiet]
//
// --only picks the faults whose name has that text in it.
//
// Exit code 1 on any violation; logs and data are kept then. Everything stays on 127.0.0.1.

const { parseArgs } = require('node:util');
const { numberOf, refuseWithoutCairn, runMain, startClock, tidyUp } = require('./realMembers');
const { table, violationsText } = require('../test/cluster/chaos/report.ts');
const { runChaos } = require('../test/cluster/chaos/run.ts');

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
  refuseWithoutCairn();
  const { say } = startClock(values.quiet);
  const outcome = await runChaos({
    seconds: numberOf(values, 'seconds', 1, 86_400),
    members: numberOf(values, 'members', 3, 5),
    seed: numberOf(values, 'seed', 0, 4_294_967_295),
    clients: numberOf(values, 'clients', 1, 64),
    only: values.only,
    say,
  });
  const isBad = outcome.record.violations.length > 0;
  process.stdout.write(table(outcome.record, outcome.facts));
  process.stdout.write(violationsText(outcome.record));
  await tidyUp(outcome, isBad);
}

runMain(main);
