'use strict';

// The process that makes the load, apart from the benchmark and the servers; bench/client/run.ts starts it.
require('../../scripts/run-typescript.js');
require('./process.ts');
