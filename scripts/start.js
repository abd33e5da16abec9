'use strict';

/** `npm start`: makes the clone ready if it is not, then becomes one member. Options follow after `--`. */
require('./nodeVersion');
const { join } = require('node:path');
require('./endWithParent');
const { refuseKeptOption } = require('./keptByNpm');
const { keepDebuggerShut } = require('./launcher');
const { prepare, ROOT } = require('./prepare');

async function main() {
  keepDebuggerShut();
  await prepare();
  refuseKeptOption('npm start');
  require(join(ROOT, 'dist', 'cairn.js')).main();
}

void main();
