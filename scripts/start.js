'use strict';

/** `npm start`: makes the clone ready if it is not, then becomes one member. Options follow after `--`. */
require('./nodeVersion');
const { join } = require('node:path');
require('./endWithParent');
const { prepare, ROOT } = require('./prepare');

async function main() {
  await prepare();
  const { load, run } = require(join(ROOT, 'dist', 'cairn.js'));
  run(load());
}

void main();
