'use strict';

/** What the scripts share that put real members to the test: bounded numbers, lines with the time, and how they end. */
require('./run-typescript.js');
const { exitOnSignals } = require('./exitOnSignals');
const { whyNoCairn } = require('../test/cluster/clusterMember.ts');

/** Of a flag, within bounds; throws, naming the flag. */
function numberOf(values, flag, low, high) {
  const value = Number(values[flag]);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`--${flag} is a whole number from ${low} to ${high}`);
  }
  return value;
}

function refuseWithoutCairn() {
  const missing = whyNoCairn();
  if (missing !== undefined) throw new Error(missing);
}

/** Begins to count: `say` writes a line with the seconds since, unless it is to be quiet. */
function startClock(isQuiet) {
  const startMs = Date.now();
  const elapsed = () => ((Date.now() - startMs) / 1000).toFixed(1);
  const say = (line) => {
    if (!isQuiet) process.stderr.write(`${elapsed().padStart(7)}  ${line}\n`);
  };
  return { elapsed, say };
}

/** Logs and data stay if it went badly, which is exit code 1. */
async function tidyUp(outcome, isBad) {
  await outcome.tidy(isBad);
  if (isBad) process.stdout.write(`logs and data are kept in ${outcome.directory}\n`);
  process.exitCode = isBad ? 1 : 0;
}

/** The members are killed when this process exits, also by a signal. */
function runMain(main) {
  exitOnSignals();
  main().then(
    () => process.exit(),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
}

module.exports = { numberOf, refuseWithoutCairn, startClock, tidyUp, runMain };
