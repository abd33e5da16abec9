'use strict';

/** npm run sim: see docs/simulation.md. */
require('./run-typescript');
const { main } = require('../test/simulation/cli');

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
