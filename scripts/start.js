'use strict';

/** `npm start`: makes the clone ready if it is not, then becomes one member. Options follow after `--`. */
const { join } = require('node:path');
const { prepare, ROOT } = require('./prepare');

prepare();
const { load, run } = require(join(ROOT, 'dist', 'cairn.js'));
run(load());
