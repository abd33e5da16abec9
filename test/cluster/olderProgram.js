'use strict';

/** The version before that of newerProgram.js: it reads feature level 1. */
const { join } = require('node:path');

require(join(__dirname, '..', '..', 'dist', 'machine', 'features.js')).FEATURE_LEVEL = 1;
require('./newerProgram');
