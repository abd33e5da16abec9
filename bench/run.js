'use strict';

// `npm run bench`: the same load against Cairn and against a real etcd 3.4. Needs `npm run build` first.
//
//   node bench/run.js [--rows put,get,...] [--rounds N] [--seconds N] [--quick] [--node LINE] [--json FILE] [--write-docs]
//   node bench/run.js --from FILE [--write-docs]      shows or writes down an earlier run

require('../scripts/run-typescript.js');
require('./main.ts');
