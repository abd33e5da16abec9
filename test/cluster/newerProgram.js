'use strict';

/** The next version of olderProgram.js: it reads feature level 2. */
const { join } = require('node:path');

require(join(__dirname, '..', '..', 'dist', 'machine', 'features.js')).FEATURE_LEVEL = 2;
require('./olderProgram');
