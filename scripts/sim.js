'use strict';

/** npm run sim: see docs/simulation.md. */
require('./run-typescript');
const { BadArgument, main } = require('../test/simulation/cli');

main(process.argv.slice(2), __filename).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error instanceof BadArgument ? error.message : error.stack}\n`);
    process.exitCode = 1;
  },
);
