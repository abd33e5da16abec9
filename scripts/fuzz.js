'use strict';

/** npm run fuzz: see test/fuzz/README.md. */
require('./run-typescript');
const { main } = require('../test/fuzz/cli');

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
