'use strict';

// Does to a cluster of three real members what hostile and clumsy peers and clients do, one attack after the other, and says what
// held (docs/reliability.md).
//
//   node scripts/abuse.js [--seconds 120] [--only TEXT] [--seed N] [--memory-mb N] [--quiet] [--list]
//
// --only picks the attacks whose name has that text in it; --list says what there is; --memory-mb is a bound in place
// of those of the table (test/abuse/attack.ts). Exit code 1 if something did not hold; logs
// and data are kept then. Everything stays on 127.0.0.1.

const { parseArgs } = require('node:util');
const { numberOf, refuseWithoutCairn, runMain, startClock, tidyUp } = require('./realMembers');
const { ATTACKS } = require('../test/abuse/attacks.ts');
const { brokenText, table } = require('../test/abuse/report.ts');
const { runAbuse } = require('../test/abuse/run.ts');

async function main() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '120' },
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'memory-mb': { type: 'string' },
      quiet: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const attacks = ATTACKS.filter(({ name }) => name.includes(values.only));
  if (attacks.length === 0)
    throw new Error(`no attack has ${JSON.stringify(values.only)} in its name; --list says what there is`);
  if (values.list) {
    for (const { name, does } of attacks) process.stdout.write(`${name}: ${does}\n`);
    return;
  }
  refuseWithoutCairn();
  const seed = numberOf(values, 'seed', 0, 4_294_967_295);
  const { elapsed, say } = startClock(values.quiet);
  const outcome = await runAbuse({
    attacks,
    seed,
    seconds: numberOf(values, 'seconds', 1, 86_400),
    bounds: values['memory-mb'] === undefined ? {} : { memoryMb: numberOf(values, 'memory-mb', 1, 1_048_576) },
    say,
  });
  const isBad = outcome.rows.length === 0 || outcome.rows.some(({ broken }) => broken.length > 0);
  process.stdout.write(table(outcome.rows, outcome.notRun));
  process.stdout.write(brokenText(outcome.rows));
  process.stdout.write(`seed ${seed}, ${elapsed()} s, ${isBad ? 'something did not hold' : 'everything held'}\n`);
  await tidyUp(outcome, isBad);
}

runMain(main);
